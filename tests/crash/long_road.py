"""The road on to what comes later: refunds, returns, disputes, deposits, Spruce. Crashes anywhere.

Whoever delivers (the processor, SQS) does so until it is taken; one dealer is alone in the world.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from chalicelib.domain.ids import SettlementId
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import PostingCategory, Settlement
from chalicelib.gateways.secrets import SecretValues
from chalicelib.gateways.spruce_erp import SpruceErp
from chalicelib.services import settle_without_cash
from chalicelib.services.await_posting import await_posting
from chalicelib.services.handle_event import handle_event
from chalicelib.services.list_payments import list_own_payments
from chalicelib.services.mark_posted import mark_posted
from chalicelib.services.post_settlement import post_category
from chalicelib.services.prove_settlement import prove_settlement
from chalicelib.services.watch_later import watch_later
from chalicelib.services.watch_payments import watch_payments
from chalicelib.services.watch_settlements import watch_settlements
from chalicelib.storage.settlements import list_settlements
from sandbox.world import keys
from sandbox.world.spruce.postings import ErpRefusal
from sandbox.world.spruce.world import SpruceWorld
from tests.crash.faults import Faults
from tests.crash.machine import Crash
from tests.crash.owing import Owing
from tests.crash.paying import TROUBLE
from tests.crash.road import ACCT, Road, RoadSecrets, build_road
from tests.faults.works import MOST_TRIES, Posting, Works
from tests.stage import Stage

AGENT, BOOKS = "https://agent.example/spruce", "dealer"
_KINDS = {PayableKind.INVOICE: "invoice", PayableKind.DEBIT: "debit"}


@dataclass
class Answer:
    """What the ERP's adapter reads of an answer."""

    status: int
    data: bytes


@dataclass
class AgentPool:
    """Spruce's agent without sockets, where urllib3's pool would be."""

    spruce: SpruceWorld
    faults: Faults

    def request(self, method: str, url: str, *, body: bytes | None = None, **_: Any) -> Answer:
        """One request; the line may drop before, or after it was taken."""
        path = url.removeprefix(f"{AGENT}/").replace("%3A", ":")
        answer: Answer = self.faults.point("spruce", lambda: self._answer(method, path, body))
        return answer

    def _answer(self, method: str, path: str, body: bytes | None) -> Answer:
        kind, _, name = path.partition("/")
        try:
            if method == "POST":
                status, found = self.spruce.post(BOOKS, msgspec.json.decode(body or b""))
                return Answer(status, msgspec.json.encode(found))
            ask = self.spruce.find_posting if kind == "postings" else self.spruce.get_document
            return Answer(200, msgspec.json.encode(ask(BOOKS, name)))
        except ErpRefusal as refusal:
            return Answer(refusal.status, msgspec.json.encode(refusal.body))


@dataclass
class BothMachines(Works):
    """Both state machines, their steps called directly; a crash in one is a Lambda's."""

    road: Any = None

    def start_settlement(self, *, dealer: str, settlement: str, run: int) -> bool:
        start = super().start_settlement
        names = {"dealer": dealer, "settlement": settlement, "run": run}
        started: bool = self.point("start", lambda: start(**names))
        return started

    def _step(self, posting: Posting, step: str, **more: str) -> str:
        for _ in range(MOST_TRIES):
            with suppress(Crash, Exception):
                return str(self.road.settlement_step(posting.body, step, **more)["outcome"])
        return ""


@dataclass
class LongSecrets(RoadSecrets):
    """The sandbox's own keys and that of the dealer's Spruce."""

    dealer_id: str

    def values(self) -> SecretValues:
        return replace(super().values(), erp_keys={self.dealer_id: keys.SPRUCE_KEY})


@dataclass
class LongRoad(Road):
    """A road with Spruce at its end and everything that can be swept."""

    spruce: SpruceWorld = field(kw_only=True)

    def settlement_step(self, body: dict[str, str], step: str, **more: str) -> dict[str, str]:
        """As entrypoints/steps.py does."""
        dealer_id: Any = body["dealer"]
        where: Any = {"settlement_id": SettlementId(body["settlement"])}
        match step:
            case "prove":
                return prove_settlement(self.world, dealer_id, **where)
            case "post":
                category = PostingCategory(more["category"])
                return post_category(self.world, dealer_id, **where, category=category)
            case "mark_posted":
                return mark_posted(self.world, dealer_id, **where)
            case _:
                return await_posting(self.world, dealer_id, **where, token=more["token"])

    def work_queue(self) -> None:
        """Handle queued events of every kind; one that fails stays for another delivery."""
        events = self.world.queues.events
        for event in list(events):
            with suppress(*TROUBLE):
                handle_event(self.world, event)
                events.remove(event)

    def sweep(self) -> None:
        """The schedule of every five minutes."""
        for watch in (watch_payments, watch_later, watch_settlements):
            with suppress(*TROUBLE):
                watch(self.world)

    def midnight(self) -> None:
        """What moved without cash becomes the day's settlement."""
        with suppress(*TROUBLE, ExceptionGroup):
            settle_without_cash.settle_without_cash(self.world)

    def intents(self) -> list[dict[str, Any]]:
        return self.book.of_kind("payment_intent")

    @property
    def book(self) -> Any:
        """The dealer's book at the processor."""
        return self.stripe.desk.open_book(self.dealer.processor_account)

    def payments(self) -> list[Payment]:
        """The account's payments, newest first."""
        account_id = self.account.account_id
        found, _ = list_own_payments(self.world, self.dealer.dealer_id, account_id=account_id)
        return list(found)

    def settlements(self) -> list[Settlement]:
        """The dealer's settlements, newest first."""
        return list(list_settlements(self.dealer.dealer_id)[0])


def build_long_road(stage: Stage, owing: Owing, *, seed: int, **settings: Any) -> LongRoad:
    """A dealer alone in the world, with its Spruce; one account that owes what it owes."""
    road = build_road(
        stage, owing.payables, seed=seed, statement=owing.statement, erp_url=AGENT,
        **owing.settings, **settings,
    )  # fmt: skip
    del road.stripe.desk.books[ACCT]  # Its other name: every deposit would be made twice.
    spruce = SpruceWorld(road.clock)
    spruce.seed_documents(BOOKS, [_document(item) for item in owing.payables])
    machines = BothMachines(road.faults.point)
    secrets = LongSecrets(road.dealer.dealer_id)
    erp = SpruceErp(secrets)  # type: ignore[arg-type]
    erp._pool = AgentPool(spruce, road.faults)  # type: ignore[assignment]
    world = replace(road.world, workflows=machines, erp=erp, secrets=secrets)
    known = {**vars(road), "world": world, "machine": machines}
    long = LongRoad(**known, spruce=spruce)
    machines.road, machines.step = long, long.run_step
    return long


def _document(item: Any) -> dict[str, Any]:
    return {
        "document": item.payable_id, "customer": "C", "kind": _KINDS.get(item.kind, "credit"),
        "open_cents": item.open_cents,
    }  # fmt: skip
