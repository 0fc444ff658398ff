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

    def __post_init__(self) -> None:
        self.world = StripeWorld(self.clock, self.basket, pause=lambda _: None)
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
                "metadata": {"payment": "demo-1"},
                "allowed_payment_method_types": ["us_bank_account", "card"],
            },
            self.options(key),
        )

    def intent(self, intent_id: str) -> stripe.PaymentIntent:
        return self.api.payment_intents.retrieve(
            intent_id, {"expand": ["latest_charge.balance_transaction"]}, self.options()
        )

    def advance(self, **step: int) -> None:
        self.clock.advance(timedelta(**step))
