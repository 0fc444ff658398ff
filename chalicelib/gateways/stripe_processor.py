"""Stripe Connect, direct charges: every call names the dealer's connected account."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

import stripe

from chalicelib.domain.ids import MethodId
from chalicelib.domain.payments import Authorization, Method
from chalicelib.domain.settlements import BalanceTransaction
from chalicelib.gateways.processor import (
    Intent,
    Payout,
    ProcessorRefused,
    ProcessorUnreachable,
)

CONNECT_SECONDS, ANSWER_SECONDS = (
    2.0,
    8.0,
)  # API Gateway gives up at 29; Stripe's own default is 80.
PAGE = 100
FIND_LIMIT = 500  # Intents of one customer looked through for one payment.
USER_AGENT = "Drypowder payments portal"
REFUSED_SENTENCE = "The payment processor refused this bank account. Nothing was charged."
_STATES = {
    "processing": "processing",
    "succeeded": "succeeded",
    "canceled": "canceled",
    # A confirmed debit that failed returns to waiting for another method; we never confirm twice.
    "requires_payment_method": "failed",
}
P = ParamSpec("P")
R = TypeVar("R")


class StripeProcessor:
    """The Processor on the real library; `api_base` "" is Stripe itself."""

    def __init__(
        self, secret_key: str, api_base: str = "", *, http_client: stripe.HTTPClient | None = None
    ) -> None:
        transport = http_client or stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS))
        if api_base:
            self._client = stripe.StripeClient(
                secret_key, http_client=transport, base_addresses={"api": api_base}
            ).v1
        else:
            self._client = stripe.StripeClient(secret_key, http_client=transport).v1

    def ensure_customer(self, acct: str, *, key: str, name: str, email: str) -> str:
        """The customer on the connected account; Stripe keeps `key` for at least a day."""
        customer = _asked(
            self._client.customers.create,
            {"name": name, "email": email},
            {"stripe_account": acct, "idempotency_key": key},
        )
        return customer.id

    def attach_bank(
        self, acct: str, *, customer: str, bank_token: str, authorization: Authorization, key: str
    ) -> Method:
        """Attach the bank account behind a one-time token, then take the mandate for it.

        A repeat with the same `key` is the same request, so a lost reply costs nothing.
        https://docs.stripe.com/payments/ach-direct-debit (mandates, customer acceptance)
        """
        bank = _asked(
            self._client.customers.payment_sources.create,
            customer,
            {"source": bank_token},
            {"stripe_account": acct, "idempotency_key": f"{key}-source"},
        )
        method = _asked(
            self._client.payment_methods.retrieve, bank.id, None, {"stripe_account": acct}
        )
        setup = _asked(
            self._client.setup_intents.create,
            _setup_params(customer, bank.id, authorization),
            {"stripe_account": acct, "idempotency_key": f"{key}-mandate"},
        )
        account = method.us_bank_account
        return Method(
            method_id=MethodId(bank.id),
            kind="ach",
            label=(account.bank_name if account else None) or "Bank account",
            last4=(account.last4 if account else None) or "",
            customer=customer,
            mandate=_id(setup.mandate),
        )

    def charge(
        self,
        acct: str,
        *,
        method: Method,
        amount_cents: int,
        currency: str,
        payment_reference: str,
        number: str,
        key: str,
    ) -> Intent:
        """Create and confirm an ACH debit, off session.

        https://docs.stripe.com/api/payment_intents/create
        """
        params: stripe.params.PaymentIntentCreateParams = {
            "amount": amount_cents,
            "currency": currency.lower(),
            "customer": method.customer,
            "payment_method": method.method_id,
            "allowed_payment_method_types": ["us_bank_account"],
            "confirm": True,
            "off_session": True,
            "description": number,
            "metadata": {"payment": payment_reference, "number": number},
        }
        if method.mandate:
            params["mandate"] = method.mandate
        return _intent(
            _asked(
                self._client.payment_intents.create,
                params,
                {"stripe_account": acct, "idempotency_key": key},
            )
        )

    def get_intent(self, acct: str, intent_id: str) -> Intent:
        """The intent as it is now."""
        return _intent(
            _asked(self._client.payment_intents.retrieve, intent_id, None, {"stripe_account": acct})
        )

    def find_intent(self, acct: str, *, customer: str, payment_reference: str) -> Intent | None:
        """The customer's intent that carries our reference, newest 500 looked through."""
        found = _asked(
            self._client.payment_intents.list,
            {"customer": customer, "limit": PAGE},
            {"stripe_account": acct},
        )
        for place, intent in enumerate(_each(found.auto_paging_iter())):
            if place >= FIND_LIMIT:
                raise ProcessorUnreachable("too many intents to look through")
            if _meta(intent) == payment_reference:
                return _intent(intent)
        return None

    def get_payout(self, acct: str, payout_id: str) -> Payout:
        """The payout as it is now."""
        payout = _asked(self._client.payouts.retrieve, payout_id, None, {"stripe_account": acct})
        return Payout(
            payout_id=payout.id,
            amount_cents=payout.amount,
            currency=payout.currency.upper(),
            state=payout.status,
            automatic=payout.automatic,
            created_at=_moment(payout.created),
            arrives_at=_moment(payout.arrival_date),
        )

    def balance_transactions(self, acct: str, payout_id: str) -> Iterator[BalanceTransaction]:
        """What the payout is made of, all pages; the payout's own row is not part of that."""
        found = _asked(
            self._client.balance_transactions.list,
            {"payout": payout_id, "limit": PAGE, "expand": ["data.source"]},
            {"stripe_account": acct},
        )
        for row in _each(found.auto_paging_iter()):
            if row.type != "payout":
                yield _transaction(row)

    def detach(self, acct: str, method_id: MethodId) -> None:
        """Forget a saved method; its mandates end with it."""
        _asked(self._client.payment_methods.detach, method_id, None, {"stripe_account": acct})


def _asked(call: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """The one table from Stripe's errors to ours. Whatever is not a definite no is unknown."""
    try:
        return call(*args, **named)
    except stripe.CardError as error:
        raise ProcessorRefused(_code(error), REFUSED_SENTENCE) from error
    except stripe.InvalidRequestError as error:
        if error.http_status in (400, 402, 404):
            raise ProcessorRefused(_code(error), REFUSED_SENTENCE) from error
        raise ProcessorUnreachable(_code(error)) from error
    except stripe.StripeError as error:
        raise ProcessorUnreachable(type(error).__name__) from error


def _each(rows: Iterator[R]) -> Iterator[R]:
    """Rows over all pages, later pages' errors translated too."""
    while True:
        row = _asked(next, rows, None)
        if row is None:
            return
        yield row


def _setup_params(
    customer: str, bank: str, authorization: Authorization
) -> stripe.params.SetupIntentCreateParams:
    return {
        "customer": customer,
        "payment_method": bank,
        "allowed_payment_method_types": ["us_bank_account"],
        "usage": "off_session",
        "confirm": True,
        "mandate_data": {
            "customer_acceptance": {
                "type": "online",
                "accepted_at": int(authorization.accepted_at.timestamp()),
                "online": {"ip_address": authorization.address, "user_agent": USER_AGENT},
            }
        },
    }


def _intent(intent: stripe.PaymentIntent) -> Intent:
    problem = intent.last_payment_error
    # Optional fields are absent, not None, so reading them as attributes raises.
    code = getattr(problem, "decline_code", None) or getattr(problem, "code", None) or ""
    return Intent(
        intent_id=intent.id,
        state=_STATES.get(intent.status, "processing"),
        amount_cents=intent.amount,
        currency=intent.currency.upper(),
        failure_code=code,
        created_at=_moment(intent.created),
        payment_reference=_meta(intent),
    )


def _meta(intent: stripe.PaymentIntent) -> str:
    # Since release 15 metadata is an object, and `items` on it would be a metadata key.
    return str(intent.metadata.to_dict().get("payment", "")) if intent.metadata else ""


def _transaction(row: stripe.BalanceTransaction) -> BalanceTransaction:
    source = row.source
    behind = getattr(source, "payment_intent", None) if source is not None else None
    return BalanceTransaction(
        transaction_id=row.id,
        category=row.reporting_category,
        amount_cents=row.amount,
        fee_cents=row.fee,
        net_cents=row.net,
        currency=row.currency.upper(),
        source_id=_id(source),
        intent_id=_id(behind),
        created_at=_moment(row.created),
    )


def _id(thing: object) -> str:
    """The id of an expanded object, or the id itself."""
    if thing is None or isinstance(thing, str):
        return thing or ""
    return str(getattr(thing, "id", ""))


def _code(error: stripe.StripeError) -> str:
    decline = getattr(error, "decline_code", None)
    return str(decline or error.code or "refused")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
