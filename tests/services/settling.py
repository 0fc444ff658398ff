"""A world for settlement tests: real adapters and services, simulated companies, local database."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.serving import make_server

from chalicelib.config import Config
from chalicelib.domain.ids import AccountId, CompanyId, DealerId, SettlementId
from chalicelib.domain.settlements import PostingCategory
from chalicelib.gateways.plaid_bank_link import PlaidBankLink
from chalicelib.gateways.secrets import SecretValues
from chalicelib.gateways.spruce_erp import SpruceErp
from chalicelib.gateways.stripe_processor import StripeProcessor
from chalicelib.services.await_posting import await_posting
from chalicelib.services.handle_event import handle_event
from chalicelib.services.mark_posted import mark_posted
from chalicelib.services.post_settlement import post_category
from chalicelib.services.prove_settlement import prove_settlement
from chalicelib.services.receive_webhook import receive_stripe
from sandbox.world import keys
from sandbox.world.clock import SandboxClock
from sandbox.world.plaid.http import plaid_routes
from sandbox.world.plaid.world import PlaidWorld
from sandbox.world.spruce.http import spruce_routes
from sandbox.world.spruce.world import SpruceWorld
from sandbox.world.stripe.deliveries import SignedWebhook, WebhookBasket
from sandbox.world.stripe.inprocess import BASE, InProcessStripe
from sandbox.world.stripe.world import StripeWorld
from tests.own_part import forget_others

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
POLL_SECONDS = 0.02
COMPANY = CompanyId("01COMPANY")
ACCOUNT = AccountId("C-1001")


class StandInSecrets:
    """Demo values; tests change single ones."""

    def __init__(self) -> None:
        self.changed: dict[str, Any] = {}
        self.erp_keys: dict[str, str] = {}

    def values(self) -> SecretValues:
        known: dict[str, Any] = {
            "quote_key": "demo-quote-key-demo-quote-key-00",
            "stripe_secret_key": keys.STRIPE_SECRET_KEY,
            "stripe_account_webhook_secrets": (keys.STRIPE_ACCOUNT_WEBHOOK_SECRET,),
            "stripe_connect_webhook_secrets": (keys.STRIPE_CONNECT_WEBHOOK_SECRET,),
            "plaid_client_id": keys.PLAID_CLIENT_ID,
            "plaid_secret": keys.PLAID_SECRET,
            "erp_keys": self.erp_keys,
        }
        return SecretValues(**{**known, **self.changed})


class KeptQueues:
    """Queues whose messages a test takes out itself."""

    def __init__(self) -> None:
        self.mails: list[dict[str, str]] = []
        self.events: list[dict[str, Any]] = []

    def send_mail(self, mail: str, dealer: str, **ids: str) -> None:
        self.mails.append({"mail": mail, "dealer": dealer, **ids})

    def send_event(self, event: dict[str, str | bool]) -> None:
        # Over JSON and back, as SQS would carry it.
        self.events.append(json.loads(json.dumps(event)))


class KeptWorkflows:
    """Remembers what was started and completed; `ended` names executions that are over."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.completed: list[tuple[str, dict[str, str]]] = []
        self.ended: set[str] = set()

    def start_payment(self, *, dealer: str, account: str, payment: str, run: int) -> bool:
        return self._start(f"{payment}-{run}")

    def start_settlement(self, *, dealer: str, settlement: str, run: int) -> bool:
        return self._start(f"{settlement}-{run}")

    def complete(self, token: str, outcome: dict[str, str]) -> None:
        self.completed.append((token, outcome))

    def _start(self, name: str) -> bool:
        if name in self.ended:
            return False
        if name not in self.started:
            self.started.append(name)
        return True


class OpenVault:
    """Reversible, bound to its context like the real one."""

    def encrypt(self, plaintext: str, context: dict[str, str]) -> bytes:
        return json.dumps([plaintext[::-1], context], sort_keys=True).encode()

    def decrypt(self, ciphertext: bytes, context: dict[str, str]) -> str:
        reversed_text, bound_to = json.loads(ciphertext)
        assert bound_to == context
        return str(reversed_text)[::-1]


@dataclass
class SettlingWorld:
    """One dealer's world; everything simulated stands still until the clock is advanced."""

    dealer_id: DealerId
    acct: str
    url: str
    clock: SandboxClock
    stripe: StripeWorld
    plaid: PlaidWorld
    spruce: SpruceWorld
    basket: WebhookBasket
    plaid_hooks: list[tuple[bytes, str]]
    config: Config
    processor: Any
    bank_link: Any
    erp: Any
    secrets: StandInSecrets = field(default_factory=StandInSecrets)
    queues: KeptQueues = field(default_factory=KeptQueues)
    workflows: KeptWorkflows = field(default_factory=KeptWorkflows)
    vault: OpenVault = field(default_factory=OpenVault)
    files: Any = None
    mailer: Any = None

    def advance(self, **step: int) -> None:
        """Move business time; the simulated companies do what falls due."""
        self.clock.advance(timedelta(**step))

    def accept(self, webhook: SignedWebhook) -> str:
        """Deliver one webhook to the product."""
        return receive_stripe(
            self,
            endpoint=webhook.endpoint,
            body=webhook.payload.encode(),
            signature=webhook.signature,
        )

    def deliver(self) -> list[str]:
        """Deliver every webhook that waits, then work the queue off; the worker's words."""
        for webhook in self.basket.drain():
            self.accept(webhook)
        return self.work()

    def work(self) -> list[str]:
        """Work the events queue off."""
        events, self.queues.events = self.queues.events, []
        return [handle_event(self, event) for event in events]

    def run_settlement(self, settlement_id: SettlementId, token: str = "token-1") -> str:  # noqa: S107
        """What the settlement machine does from Prove on, up to waiting or the end."""
        proof = prove_settlement(self, self.dealer_id, settlement_id=settlement_id)
        if proof["outcome"] == "auto":
            return self.run_postings(settlement_id)
        waited = await_posting(self, self.dealer_id, settlement_id=settlement_id, token=token)
        return waited["outcome"]

    def run_postings(self, settlement_id: SettlementId) -> str:
        """The four posting states, then MarkPosted or back to waiting."""
        done = [
            post_category(self, self.dealer_id, settlement_id=settlement_id, category=category)
            for category in PostingCategory
        ]
        if any(step["outcome"] != "posted" for step in done):
            return "waiting"
        return mark_posted(self, self.dealer_id, settlement_id=settlement_id)["outcome"]


@contextmanager
def served(plaid: PlaidWorld, spruce: SpruceWorld) -> Iterator[str]:
    """The bank link and the ERP over HTTP on a free port; their address."""
    app = Flask("companies")
    app.register_blueprint(plaid_routes(plaid))
    app.register_blueprint(spruce_routes(spruce))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def settling_world() -> Iterator[SettlingWorld]:
    """A fresh world with a dealer of its own; everything simulated stands still."""
    forget_others()
    clock = SandboxClock(START, running=False)
    basket, hooks, secrets = WebhookBasket(), [], StandInSecrets()
    dealer_id = DealerId(f"ridge-{uuid4().hex[:8]}")
    acct = f"acct_{uuid4().hex[:12]}"
    secrets.erp_keys[dealer_id] = keys.SPRUCE_KEY
    stripe = StripeWorld(clock, basket, seed=uuid4().hex, pause=lambda _: None)
    stripe.seed_account(acct)
    plaid = PlaidWorld(
        public_url="http://bank.invalid",
        mint=stripe.mint_bank_token,
        hook=lambda _, body, token: hooks.append((body, token)),
    )
    spruce = SpruceWorld(clock)
    transport = InProcessStripe(stripe)
    with served(plaid, spruce) as url:
        yield SettlingWorld(
            dealer_id=dealer_id, acct=acct, url=url, clock=clock,
            stripe=stripe, plaid=plaid, spruce=spruce, basket=basket, plaid_hooks=hooks,
            config=_config(url),
            processor=StripeProcessor(keys.STRIPE_SECRET_KEY, BASE, http_client=transport),
            bank_link=PlaidBankLink(secrets, f"{url}/plaid", "https://pay.example/webhooks/plaid"),
            erp=SpruceErp(secrets),
            secrets=secrets,
        )  # fmt: skip


def _config(url: str) -> Config:
    texts = dict.fromkeys(Config.__annotations__, "")
    known = {"portal_url": "https://pay.example", "livemode": False, "form_action_hosts": ()}
    return Config(**{**texts, **known, "plaid_host": f"{url}/plaid"})  # type: ignore[arg-type]
