"""Webhooks: only what is provably the vendor's is queued, only what matches has an effect."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import WebhookRefused
from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.processor import ProcessorUnreachable
from chalicelib.services.receive_webhook import receive_stripe
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.payments import get_payment, list_events
from chalicelib.storage.unmatched_events import find_unmatched
from sandbox.world import keys
from sandbox.world.stripe.deliveries import SignedWebhook, sign
from tests.services.settling import SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay
from tests.storage.ledgers import counted

SUCCEEDED = "payment_intent.succeeded"
SECRET = keys.STRIPE_CONNECT_WEBHOOK_SECRET


def paid(world: SettlingWorld) -> Payment:
    """P1 submitted and sent to the processor, whose webhooks wait."""
    open_dealer(world)
    open_account(world)
    return pay(world, link_bank(world), "A", "B")


def success(world: SettlingWorld) -> SignedWebhook:
    """The webhook that says the payment succeeded; all others are thrown away."""
    world.advance(days=5)
    webhooks = world.basket.drain()
    return next(hook for hook in webhooks if json.loads(hook.payload)["type"] == SUCCEEDED)


def resigned(hook: SignedWebhook, *, at: datetime | None = None, **changes: Any) -> SignedWebhook:
    """The same webhook with other content, properly signed."""
    event = json.loads(hook.payload)
    inner = changes.pop("inner", {})
    event.update(changes)
    event["data"]["object"].update(inner)
    payload = json.dumps(event)
    stamp = int((at or wall_now()).timestamp())
    return SignedWebhook(hook.endpoint, payload, sign(payload, secret=SECRET, timestamp=stamp))


def stage_of(world: SettlingWorld, payment: Payment) -> Stage:
    return get_payment(world.dealer_id, payment.account_id, payment.payment_id).stage


def test_accepting_an_event_costs_one_message_and_no_request_to_the_table(
    settling: SettlingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(settling)
    hook = success(settling)

    with counted(monkeypatch) as requests:
        settling.accept(hook)

    assert requests == []
    assert len(settling.queues.events) == 1


def test_a_genuine_event_funds_the_payment(settling: SettlingWorld) -> None:
    payment = paid(settling)

    settling.accept(success(settling))
    words = settling.work()

    assert words == ["handled"]
    assert stage_of(settling, payment) is Stage.FUNDED


def test_the_queued_message_carries_ids_only(settling: SettlingWorld) -> None:
    payment = paid(settling)

    settling.accept(success(settling))

    (message,) = settling.queues.events
    assert set(message) == {
        "source", "endpoint", "account", "event_id", "event_type", "object_id", "livemode", "seal",
    }  # fmt: skip
    assert str(payment.charged_cents) not in json.dumps({**message, "seal": ""})


FORGERIES: dict[str, Callable[[SignedWebhook], SignedWebhook]] = {
    "missing": lambda hook: SignedWebhook(hook.endpoint, hook.payload, ""),
    "malformed": lambda hook: SignedWebhook(hook.endpoint, hook.payload, "v1=abc"),
    "unicode digits": lambda hook: SignedWebhook(
        hook.endpoint, hook.payload, hook.signature.replace("t=1", "t=١", 1)
    ),
    "altered body": lambda hook: SignedWebhook(
        hook.endpoint, hook.payload.replace('"succeeded"', '"processing"'), hook.signature
    ),
    "the other endpoint's secret": lambda hook: SignedWebhook(
        "account", hook.payload, hook.signature
    ),
    "unknown endpoint": lambda hook: SignedWebhook("other", hook.payload, hook.signature),
    "old": lambda hook: resigned(hook, at=wall_now() - timedelta(seconds=310)),
    "future": lambda hook: resigned(hook, at=wall_now() + timedelta(seconds=310)),
    "without its account": lambda hook: resigned(hook, account=""),
    "not an event": lambda hook: resigned(hook, type=None),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_event_is_refused_and_queues_nothing(
    settling: SettlingWorld, forgery: str
) -> None:
    payment = paid(settling)
    forged = FORGERIES[forgery](success(settling))

    with pytest.raises(WebhookRefused):
        settling.accept(forged)

    assert settling.queues.events == []
    assert stage_of(settling, payment) is Stage.PROCESSING


@pytest.mark.parametrize("seconds", [-290, 290])
def test_a_clock_that_differs_a_little_is_tolerated(settling: SettlingWorld, seconds: int) -> None:
    paid(settling)
    hook = resigned(success(settling), at=wall_now() + timedelta(seconds=seconds))

    assert settling.accept(hook) == "queued"


def test_without_a_secret_everything_is_refused(settling: SettlingWorld) -> None:
    paid(settling)
    hook = success(settling)
    settling.secrets.changed["stripe_connect_webhook_secrets"] = ("",)

    with pytest.raises(WebhookRefused):
        settling.accept(hook)


def test_while_a_secret_is_rotated_both_are_accepted(settling: SettlingWorld) -> None:
    paid(settling)
    hook = success(settling)
    settling.secrets.changed["stripe_connect_webhook_secrets"] = ("whsec_new", SECRET)

    assert settling.accept(hook) == "queued"


def test_a_live_event_is_not_for_a_sandbox(settling: SettlingWorld) -> None:
    paid(settling)

    word = settling.accept(resigned(success(settling), livemode=True))

    assert (word, settling.queues.events) == ("other_mode", [])


def test_a_replayed_event_has_its_effect_once(settling: SettlingWorld) -> None:
    payment = paid(settling)
    hook = success(settling)

    for _ in range(3):
        settling.accept(hook)
    settling.work()

    names = [event.name for event in list_events(settling.dealer_id, payment.payment_id)]
    assert names.count("funded") == 1
    assert sum(trial_balance(settling.dealer_id).values()) == 0


MISMATCHES: dict[str, dict[str, Any]] = {
    "amount": {"inner": {"amount": 1}},
    "currency": {"inner": {"currency": "cad"}},
    "object": {"inner": {"id": "pi_of_nobody"}},
    "account": {"account": "acct_of_nobody"},
}


@pytest.mark.parametrize("what", MISMATCHES)
def test_a_signed_event_with_another_fact_is_quarantined(
    settling: SettlingWorld, what: str
) -> None:
    payment = paid(settling)
    hook = success(settling)

    settling.accept(resigned(hook, **MISMATCHES[what]))
    words = settling.work()

    kept = find_unmatched(json.loads(hook.payload)["id"])
    assert words == ["quarantined"]
    assert kept is not None
    assert kept.reason
    assert stage_of(settling, payment) is Stage.PROCESSING


def test_another_dealers_event_about_our_payment_is_quarantined(settling: SettlingWorld) -> None:
    payment = paid(settling)
    other = f"{settling.acct}b"
    settling.stripe.seed_account(other)
    open_dealer(settling, dealer_id=f"{settling.dealer_id}-b", processor_account=other)

    settling.accept(resigned(success(settling), account=other))

    assert settling.work() == ["quarantined"]
    assert stage_of(settling, payment) is Stage.PROCESSING


def test_an_event_of_a_type_nobody_knows_is_kept_and_acknowledged(settling: SettlingWorld) -> None:
    paid(settling)
    hook = resigned(success(settling), type="review.opened")

    settling.accept(hook)

    kept = find_unmatched(json.loads(hook.payload)["id"])
    assert (settling.work(), kept) == (["recorded"], None)
    assert find_unmatched(json.loads(hook.payload)["id"]) is not None


def test_events_in_reverse_order_end_alike(settling: SettlingWorld) -> None:
    payment = paid(settling)
    settling.advance(days=5)

    for hook in reversed(settling.basket.drain()):
        settling.accept(hook)
    words = settling.work()

    assert set(words) <= {"handled", "acknowledged"}
    assert stage_of(settling, payment) is Stage.FUNDED
    stored = get_payment(settling.dealer_id, payment.account_id, payment.payment_id)
    assert stored.status is PaymentStatus.PENDING  # Applying is the workflow's step.


def test_a_body_of_a_megabyte_is_refused_unread(settling: SettlingWorld) -> None:
    with pytest.raises(WebhookRefused):
        receive_stripe(settling, endpoint="connect", body=b" " * 1_000_000, signature="t=1,v1=a")


def test_a_processor_that_does_not_answer_makes_the_queue_deliver_again(
    settling: SettlingWorld,
) -> None:
    payment = paid(settling)
    settling.accept(success(settling))
    (message,) = settling.queues.events
    settling.stripe.script.apply({"next_request": {"timeout": "before", "method": "GET"}})

    with pytest.raises(ProcessorUnreachable):
        settling.work()
    settling.queues.events = [message]
    words = settling.work()

    assert words == ["handled"]
    assert stage_of(settling, payment) is Stage.FUNDED
