"""The sweep: three jobs in one run, none of which may keep the others from theirs."""

import json
from datetime import timedelta

import pytest

from chalicelib.domain.ids import PaymentId
from chalicelib.entrypoints.schedules import sweep
from chalicelib.entrypoints.telemetry import metrics, observed
from chalicelib.services.expire_invitations import expire_invitations
from chalicelib.services.invite_customer import invite_customer
from chalicelib.services.watch_payments import Watch
from tests.stage import Stage, stage

__all__ = ["stage"]
SIXTEEN_MINUTES = timedelta(minutes=16)
PLACE = "chalicelib.entrypoints.schedules"


@pytest.mark.parametrize("broken", ["watch_payments", "watch_settlements", "expire_invitations"])
def test_a_sweep_that_fails_keeps_no_other_from_its_work(
    stage: Stage, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def working(name: str) -> object:
        done.append(name)
        if name == broken:
            raise ValueError("nobody foresaw this")
        return Watch() if name == "watch_payments" else 0

    for name in ("watch_payments", "watch_settlements", "expire_invitations"):
        monkeypatch.setattr(f"{PLACE}.{name}", lambda _, name=name: working(name))
    with pytest.raises(ExceptionGroup):
        sweep(stage)

    assert sorted(done) == ["expire_invitations", "watch_payments", "watch_settlements"]


def test_payments_a_person_must_look_at_are_counted_for_the_alarm(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Watch(overdue=[PaymentId("1")], suspicious=[PaymentId("2")], broken=[PaymentId("3")])
    monkeypatch.setattr(f"{PLACE}.watch_payments", lambda _: found)
    monkeypatch.setattr(f"{PLACE}.watch_settlements", lambda _: 0)
    monkeypatch.setattr(f"{PLACE}.expire_invitations", lambda _: 0)
    metrics.clear_metrics()

    observed(sweep)(stage)

    said = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [line["payments_for_a_person"] for line in said] == [[3.0]]


def test_one_invitation_that_cannot_be_handled_keeps_the_sweep_from_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealer = stage.dealer()
    broken, sound = (
        invite_customer(
            stage,
            dealer.dealer_id,
            account_id=stage.account(dealer).account_id,
            operator="Kim Lee",
        )
        for _ in range(2)
    )
    stage.queues.mails.clear()
    stage.clock.at += SIXTEEN_MINUTES

    def queueing(_: object, invitation: object) -> None:
        if invitation.invitation_id == broken.invitation_id:  # type: ignore[attr-defined]
            raise ValueError("nobody foresaw this")
        handled.append(invitation.invitation_id)  # type: ignore[attr-defined]

    handled: list[str] = []
    place = "chalicelib.services.expire_invitations.queue_invitation_mail"
    monkeypatch.setattr(place, queueing)
    with pytest.raises(ExceptionGroup):
        expire_invitations(stage)

    assert sound.invitation_id in handled
