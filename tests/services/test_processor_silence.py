"""R8 of reliability.md: the processor does not answer, its webhooks come late or never."""

import itertools
import json
import os
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payment_notices import ACH_LIMIT
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.payments import Stage as Step
from chalicelib.entrypoints.schedules import sweep
from chalicelib.entrypoints.telemetry import metrics, observed
from chalicelib.services.receive_webhook import receive_stripe
from chalicelib.services.watch_payments import Watch, watch_payments
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.payments import get_payment
from tests.crash.road import DAY, Road, add_card, an_invoice, build_road
from tests.figures import Figures, figures
from tests.stage import Stage, stage

__all__ = ["figures", "stage"]
SUITE, CENTS, DAYS = "R8 silent processor", 100_000, 13
UNDECIDED = (Step.SUBMITTED, Step.SENDING, Step.PROCESSING)
# How often and how the request to charge goes unanswered.
SILENCES: dict[str, list[dict[str, Any]]] = {
    "answers": [],
    "lost before charging": [{"timeout": "before"}],
    "lost after charging": [{"timeout": "after"}],
    "both, twice each": [{"timeout": "before"}, {"timeout": "after"}] * 2,
    "never answers": [{"timeout": "before"}] * 200,
}
WEBHOOKS = {"at once": 0, "three days late": 3, "never": 99}
BANKS: dict[str, dict[str, Any]] = {
    "pays": {},
    "refuses": {"next_payment": {"failure_code": "R01"}},
    "says nothing for a month": {"settings": {"ach_days": 30}},
}
ENDS = {
    "pays": PaymentStatus.SETTLED,
    "refuses": PaymentStatus.FAILED,
    "says nothing for a month": PaymentStatus.PENDING,
}
EVERY = list(itertools.product(SILENCES, WEBHOOKS, BANKS))
EACH = int(os.environ.get("SILENCES_EACH", "4"))  # 1 takes every combination.


def live(road: Road, payment: Payment, *, late_days: int) -> list[str]:
    """Thirteen days with the janitor at work; what went past its limit unflagged."""
    missed: list[str] = []
    hooks: list[tuple[Any, Any]] = []
    pauses = [timedelta(minutes=6), timedelta(hours=1), *[DAY] * DAYS]
    for pause in pauses:
        road.machine.run_ready()
        road.clock.advance(pause)
        now = road.clock.now()
        hooks += [(now + timedelta(days=late_days), hook) for hook in road.basket.drain()]
        for _, hook in [due for due in hooks if due[0] <= now]:
            body = hook.payload.encode()
            receive_stripe(road.world, endpoint=hook.endpoint, body=body, signature=hook.signature)
        hooks = [due for due in hooks if due[0] > now]
        road.work_queue()
        watch = watch_payments(road.world)
        road.machine.run_ready()
        missed += unflagged(road, payment, watch)
    return missed


def stored(road: Road, payment: Payment) -> Payment:
    return get_payment(road.dealer.dealer_id, road.account.account_id, payment.payment_id)


def unflagged(road: Road, payment: Payment, watch: Watch) -> list[str]:
    """The payment, if it is pending past its limit and this sweep did not say so."""
    known = stored(road, payment)
    since = known.sent_at or known.submitted_at
    limit = DAY if known.method.kind == "card" else ACH_LIMIT
    is_past = known.stage in UNDECIDED and road.clock.now() - since >= limit
    return [f"{road.clock.now()}"] if is_past and payment.payment_id not in watch.overdue else []


@pytest.mark.parametrize(("silence", "webhooks", "bank"), EVERY[::EACH])
def test_nothing_stays_pending_past_its_limit_without_a_flag(
    stage: Stage, figures: Figures, silence: str, webhooks: str, bank: str
) -> None:
    road = build_road(stage, (an_invoice("INV-1", CENTS),))
    road.stripe.script.apply(BANKS[bank])
    for fault in SILENCES[silence]:
        road.stripe.script.apply({"next_request": {**fault, "path": "/v1/payment_intents"}})
    payment = road.submit(road.quote(INV_1=None))

    missed = live(road, payment, late_days=WEBHOOKS[webhooks])

    ended, paid = stored(road, payment).status, paid_cents(road)
    clearing = trial_balance(road.dealer.dealer_id).get(LedgerAccount.CLEARING, 0)
    figures.add(
        SUITE, crashes=bool(SILENCES[silence]), double=max(0, len(road.intents()) - 1),
        lost=len(missed), wrong_cents=abs(paid - clearing),
    )  # fmt: skip
    never = silence == "never answers"
    assert missed == []
    assert ended is (PaymentStatus.FAILED if never else ENDS[bank])
    assert clearing == paid
    assert len(road.intents()) == (0 if never else 1)


def paid_cents(road: Road) -> int:
    return sum(intent["amount"] for intent in road.intents() if intent["status"] == "succeeded")


def test_a_card_whose_payer_never_came_back_is_not_pending_a_day_later(
    stage: Stage, figures: Figures
) -> None:
    road = build_road(stage, (an_invoice("INV-1", CENTS),))
    card = add_card(road, "visa_3ds")
    payment = road.submit(road.quote(method=card, INV_1=None), method=card)

    missed = live(road, payment, late_days=99)

    figures.add(SUITE, lost=len(missed))
    assert missed == []
    assert stored(road, payment).status is PaymentStatus.FAILED
    assert road.state().account.totals.in_flight_cents == 0


def test_a_payment_past_its_limit_raises_the_metric_of_the_alarm_at_every_sweep(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    road = build_road(stage, (an_invoice("INV-1", CENTS),))
    road.stripe.script.apply(BANKS["says nothing for a month"])
    road.submit(road.quote(INV_1=None))
    road.machine.run_ready()
    counted = []

    for days in (5, 6, 1):
        road.clock.advance(days * DAY)
        metrics.clear_metrics()
        capsys.readouterr()
        observed(sweep)(road.world)
        lines = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
        counted.append(sum(json.loads(lines[-1])["payments_for_a_person"]))

    # Other tests' payments may be due at the same table; this one adds to them once it is late.
    assert counted[0] < counted[1]
    assert counted[2] > 0
