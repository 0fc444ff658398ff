"""One simulated processor with a demo dealer, driven through the real stripe library."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe

from sandbox.world.clock import SandboxClock
from sandbox.world.stripe.deliveries import WebhookBasket
from sandbox.world.stripe.desk import BankToken
from sandbox.world.stripe.inprocess import in_process_client
from sandbox.world.stripe.world import StripeWorld

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ACCOUNT = "acct_demo_lumber"
ACCEPTANCE = {
    "customer_acceptance": {
        "type": "online",
        "online": {"ip_address": "203.0.113.7", "user_agent": "Demo browser"},
    }
}


def bank_token(**changed: str) -> BankToken:
    """A demo company's checking account."""
    facts = {
        "bank_name": "FIRST DEMO",
        "routing_number": "021000021",
        "last4": "6789",
        "account_type": "checking",
        "holder_name": "Demo Builder LLC",
    } | changed
    return BankToken(**facts)


@dataclass
class Processor:
    """A world that stands still at START until advanced."""

    clock: SandboxClock = field(default_factory=lambda: SandboxClock(START, running=False))
    basket: WebhookBasket = field(default_factory=WebhookBasket)
    made: StripeWorld | None = None

    def __post_init__(self) -> None:
        self.world = self.made or StripeWorld(self.clock, self.basket, pause=lambda _: None)
        self.world.seed_account(ACCOUNT)
        self.client = in_process_client(self.world)
        self.api = self.client.v1

    def options(self, key: str | None = None, account: str = ACCOUNT) -> dict[str, Any]:
        """Request options for the demo dealer's account."""
        return {"stripe_account": account} | ({"idempotency_key": key} if key else {})

    def customer(self) -> str:
        return self.api.customers.create({"name": "Demo Builder LLC"}, self.options()).id

    def bank(self, customer: str) -> str:
        source = {"source": self.world.mint_bank_token(bank_token())}
        return self.api.customers.payment_sources.create(customer, source, self.options()).id

    def card(self, customer: str, name: str = "pm_card_visa") -> str:
        return self.api.payment_methods.attach(name, {"customer": customer}, self.options()).id

    def mandate(self, customer: str, method: str) -> stripe.SetupIntent:
        return self.api.setup_intents.create(
            {
                "customer": customer,
                "payment_method": method,
                "confirm": True,
                "allowed_payment_method_types": ["us_bank_account"],
                "mandate_data": ACCEPTANCE,
            },
            self.options(),
        )

    def linked(self) -> tuple[str, str]:
        """A customer with a bank account that has a mandate."""
        customer = self.customer()
        method = self.bank(customer)
        self.mandate(customer, method)
        return customer, method

    def visit(self, customer: str) -> stripe.checkout.Session:
        """A visit to the page where a card is added."""
        return self.api.checkout.sessions.create(
            {
                "mode": "setup",
                "customer": customer,
                "allowed_payment_method_types": ["card"],
                "success_url": "https://pay.example/back?visit={CHECKOUT_SESSION_ID}",
                "cancel_url": "https://pay.example/cancel",
            },
            self.options(),
        )

    def pay(
        self,
        customer: str,
        method: str,
        amount_cents: int = 140_200,
        key: str | None = None,
        *,
        off_session: bool = True,
        number: str = "DP-100482",
    ) -> stripe.PaymentIntent:
        return self.api.payment_intents.create(
            {
                "amount": amount_cents,
                "currency": "usd",
                "customer": customer,
                "confirm": True,
                "payment_method": method,
                "off_session": off_session,
                "return_url": "https://pay.example/returned",
                "metadata": {"payment": "demo-1", "number": number},
                "allowed_payment_method_types": ["us_bank_account", "card"],
            },
            self.options(key),
        )

    def debited(self, amount_cents: int = 140_200, **how: Any) -> stripe.PaymentIntent:
        """An ACH payment that has succeeded."""
        made = self.pay(*self.linked(), amount_cents, **how)
        self.advance(days=4)
        return self.intent(made.id)

    def carded(self, amount_cents: int = 140_200, **how: Any) -> stripe.PaymentIntent:
        """A card payment, which succeeds at once."""
        customer = self.customer()
        return self.intent(self.pay(customer, self.card(customer), amount_cents, **how).id)

    def refund(self, intent: stripe.PaymentIntent, cents: int | None = None) -> stripe.Refund:
        wanted = {"payment_intent": intent.id} | ({"amount": cents} if cents else {})
        return self.api.refunds.create(wanted, self.options())

    def charge(self, intent: stripe.PaymentIntent) -> stripe.Charge:
        return self.intent(intent.id).latest_charge

    def rows(self, source: str) -> list[tuple[str, str, int, int]]:
        """Type, reporting category, amount and fee of an object's movements, oldest first."""
        found = self.api.balance_transactions.list({"source": source}, self.options()).data
        return [(row.type, row.reporting_category, row.amount, row.fee) for row in reversed(found)]

    def payouts(self) -> list[stripe.Payout]:
        """Every payout, oldest first."""
        return self.api.payouts.list({"limit": 100}, self.options()).data[::-1]

    def rows_of(self, payout: stripe.Payout) -> list[stripe.BalanceTransaction]:
        """The movements a payout lists, its own row left out."""
        found = self.api.balance_transactions.list(
            {"payout": payout.id, "limit": 100}, self.options()
        )
        return [row for row in found.auto_paging_iter() if row.type != "payout"]

    def events(self) -> list[str]:
        """Types of the webhooks sent since the last look."""
        return [webhook.event()["type"] for webhook in self.basket.drain()]

    def intent(self, intent_id: str) -> stripe.PaymentIntent:
        return self.api.payment_intents.retrieve(
            intent_id, {"expand": ["latest_charge.balance_transaction"]}, self.options()
        )

    def advance(self, **step: int) -> None:
        self.clock.advance(timedelta(**step))
