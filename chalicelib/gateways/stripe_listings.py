"""Stripe's lists by time, for comparing (docs.stripe.com/api/pagination)."""

from collections.abc import Iterator
from datetime import datetime

import stripe

from chalicelib.domain.settlements import BalanceTransaction
from chalicelib.gateways.processor import Intent, Payout
from chalicelib.gateways.stripe_asking import PAGE, asked, each
from chalicelib.gateways.stripe_shapes import intent_of, payout_of, transaction_of


class StripeListings:
    """The part of the Processor that lists what there is; mixed into the adapter."""

    _client: stripe.V1Services

    def list_payouts(self, acct: str, *, since: datetime) -> Iterator[Payout]:
        """Payouts created at or after `since`, newest first, all pages."""
        found = asked(
            self._client.payouts.list,
            {"created": {"gte": _seconds(since)}, "limit": PAGE},
            {"stripe_account": acct},
        )
        return (payout_of(payout) for payout in each(found.auto_paging_iter()))

    def list_intents(self, acct: str, *, since: datetime, until: datetime) -> Iterator[Intent]:
        """Intents created from `since` to before `until`, newest first, all pages."""
        found = asked(
            self._client.payment_intents.list,
            {"created": {"gte": _seconds(since), "lt": _seconds(until)}, "limit": PAGE},
            {"stripe_account": acct},
        )
        return (intent_of(intent) for intent in each(found.auto_paging_iter()))

    def list_movements(
        self, acct: str, *, since: datetime, until: datetime
    ) -> Iterator[BalanceTransaction]:
        """Balance transactions created from `since` to before `until`, payouts included."""
        found = asked(
            self._client.balance_transactions.list,
            {
                "created": {"gte": _seconds(since), "lt": _seconds(until)},
                "limit": PAGE,
                "expand": ["data.source"],
            },
            {"stripe_account": acct},
        )
        return (transaction_of(row) for row in each(found.auto_paging_iter()))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
