"""Stripe Connect, direct charges: every call names the dealer's connected account."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import stripe

from chalicelib.domain.ids import MethodId
from chalicelib.domain.payments import Authorization, Method
from chalicelib.domain.settlements import BalanceTransaction
from chalicelib.gateways.processor import (
    AddedCard,
    Intent,
    Payout,
    ProcessorRefused,
    ProcessorUnreachable,
)
from chalicelib.gateways.stripe_asking import PAGE, asked, each
from chalicelib.gateways.stripe_listings import StripeListings
from chalicelib.gateways.stripe_money_back import StripeMoneyBack
from chalicelib.gateways.stripe_shapes import (
    FUNDS,
    card_method,
    id_of,
    intent_of,
    payout_of,
    reference_of,
    setup_params,
    transaction_of,
)

CONNECT_SECONDS, ANSWER_SECONDS = (
    2.0,
    8.0,
)  # API Gateway gives up at 29; Stripe's own default is 80.
FIND_LIMIT = 500  # Intents of one customer looked through for one payment.


class StripeProcessor(StripeMoneyBack, StripeListings):
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
        customer = asked(
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
        bank = asked(
            self._client.customers.payment_sources.create,
            customer,
            {"source": bank_token},
            {"stripe_account": acct, "idempotency_key": f"{key}-source"},
        )
        method = asked(
            self._client.payment_methods.retrieve, bank.id, None, {"stripe_account": acct}
        )
        setup = asked(
            self._client.setup_intents.create,
            setup_params(customer, bank.id, authorization),
            {"stripe_account": acct, "idempotency_key": f"{key}-mandate"},
        )
        account = method.us_bank_account
        return Method(
            method_id=MethodId(bank.id),
            kind="ach",
            label=(account.bank_name if account else None) or "Bank account",
            last4=(account.last4 if account else None) or "",
            customer=customer,
            mandate=id_of(setup.mandate),
        )

    def card_page(
        self, acct: str, *, customer: str, company: str, back_url: str, cancel_url: str, key: str
    ) -> str:
        """A Checkout visit in setup mode; https://docs.stripe.com/api/checkout/sessions/create."""
        params: stripe.params.checkout.SessionCreateParams = {
            "mode": "setup",
            "customer": customer,
            "allowed_payment_method_types": ["card"],
            "client_reference_id": company,
            "success_url": back_url + "{CHECKOUT_SESSION_ID}",
            "cancel_url": cancel_url,
        }
        options: stripe.RequestOptions = {"stripe_account": acct, "idempotency_key": key}
        visit = asked(self._client.checkout.sessions.create, params, options)
        return visit.url or cancel_url

    def added_card(self, acct: str, visit_id: str) -> AddedCard:
        """The visit and the card its setup intent saved; the funding is the card's own."""
        visit = asked(
            self._client.checkout.sessions.retrieve,
            visit_id,
            {"expand": ["setup_intent.payment_method"]},
            {"stripe_account": acct},
        )
        setup = visit.setup_intent
        saved = None if setup is None or isinstance(setup, str) else setup.payment_method
        method = None
        customer = id_of(visit.customer)
        # A card detached since is not added again by a page from the browser's history.
        if isinstance(saved, stripe.PaymentMethod) and id_of(saved.customer) == customer:
            method = card_method(saved, customer=customer)
        return AddedCard(company=visit.client_reference_id or "", method=method)

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
        return_url: str = "",
    ) -> Intent:
        """Create and confirm: an ACH debit off session, a card with its payer present.

        https://docs.stripe.com/api/payment_intents/create
        """
        is_card = method.kind == "card"
        params: stripe.params.PaymentIntentCreateParams = {
            "amount": amount_cents,
            "currency": currency.lower(),
            "customer": method.customer,
            "payment_method": method.method_id,
            "allowed_payment_method_types": ["card" if is_card else "us_bank_account"],
            "confirm": True,
            "off_session": not is_card,
            "description": number,
            "metadata": {"payment": payment_reference, "number": number},
            "expand": [FUNDS],
        }
        if method.mandate:
            params["mandate"] = method.mandate
        if is_card:
            params["return_url"] = return_url
        options: stripe.RequestOptions = {"stripe_account": acct, "idempotency_key": key}
        return intent_of(asked(_or_declined, self._client.payment_intents.create, params, options))

    def cancel_intent(self, acct: str, intent_id: str) -> Intent:
        """The intent, canceled if it still could be."""
        with suppress(ProcessorRefused):  # It has moved on: what it is now decides.
            asked(self._client.payment_intents.cancel, intent_id, None, {"stripe_account": acct})
        return self.get_intent(acct, intent_id)

    def get_intent(self, acct: str, intent_id: str) -> Intent:
        """The intent as it is now."""
        params: stripe.params.PaymentIntentRetrieveParams = {"expand": [FUNDS]}
        options: stripe.RequestOptions = {"stripe_account": acct}
        return intent_of(asked(self._client.payment_intents.retrieve, intent_id, params, options))

    def find_intent(self, acct: str, *, customer: str, payment_reference: str) -> Intent | None:
        """The customer's intent that carries our reference, newest 500 looked through."""
        found = asked(
            self._client.payment_intents.list,
            {"customer": customer, "limit": PAGE, "expand": [f"data.{FUNDS}"]},
            {"stripe_account": acct},
        )
        for place, intent in enumerate(each(found.auto_paging_iter())):
            if place >= FIND_LIMIT:
                raise ProcessorUnreachable("too many intents to look through")
            if reference_of(intent) == payment_reference:
                return intent_of(intent)
        return None

    def get_payout(self, acct: str, payout_id: str) -> Payout:
        """The payout as it is now."""
        return payout_of(
            asked(self._client.payouts.retrieve, payout_id, None, {"stripe_account": acct})
        )

    def balance_transactions(self, acct: str, payout_id: str) -> Iterator[BalanceTransaction]:
        """What the payout is made of, all pages; the payout's own row is not part of that."""
        found = asked(
            self._client.balance_transactions.list,
            {"payout": payout_id, "limit": PAGE, "expand": ["data.source"]},
            {"stripe_account": acct},
        )
        for row in each(found.auto_paging_iter()):
            if row.type != "payout":
                yield transaction_of(row)

    def detach(self, acct: str, method_id: MethodId) -> None:
        """Forget a saved method; its mandates end with it."""
        asked(self._client.payment_methods.detach, method_id, None, {"stripe_account": acct})


def _or_declined(
    create: Callable[..., stripe.PaymentIntent],
    params: stripe.params.PaymentIntentCreateParams,
    options: stripe.RequestOptions,
) -> stripe.PaymentIntent:
    """The intent, also where Stripe answers a declined card as an error that carries it."""
    try:
        return create(params, options)
    except stripe.CardError as declined:
        intent = declined.error.payment_intent if declined.error else None
        if intent is None:
            raise
        return intent
