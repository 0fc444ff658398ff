"""Naming what the controls act on, and how they refuse over HTTP."""

import pytest
import requests

from sandbox.world.stripe.errors import ControlRefused
from tests.sandbox.builders import ACCOUNT, Processor
from tests.sandbox.conftest import Served


def test_a_payment_is_named_by_its_number_or_its_intent(processor: Processor) -> None:
    first = processor.carded(number="DP-100501")
    second = processor.carded(number="DP-100502")

    by_number = processor.world.open_dispute("DP-100501")
    by_intent = processor.world.open_dispute(second.id)

    assert (by_number["payment_intent"], by_intent["payment_intent"]) == (first.id, second.id)


def test_the_account_is_named_where_there_is_more_than_one(processor: Processor) -> None:
    processor.world.seed_account("acct_other")

    with pytest.raises(ControlRefused) as refused:
        processor.world.add_balance_row("fee", -1)
    row = processor.world.add_balance_row("fee", -1, account=ACCOUNT)

    assert f"{ACCOUNT}, acct_other" in str(refused.value)
    assert row["id"] in processor.world.desk.books[ACCOUNT].objects


def test_what_is_not_there_is_refused(processor: Processor) -> None:
    paid = processor.carded()
    waiting = processor.api.payment_intents.create(
        {"amount": 900, "currency": "usd"}, processor.options()
    )

    for refused in (
        lambda: processor.world.open_dispute("DP-1"),
        lambda: processor.world.open_dispute(waiting.id),
        lambda: processor.world.decide_dispute(paid.id, "won"),
        lambda: processor.world.fail_refund(paid.id),
        lambda: processor.world.fail_refund(paid.id, "because"),
        lambda: processor.world.fail_payout("po_nobody"),
        lambda: processor.world.hide_row("po_nobody"),
    ):
        with pytest.raises(ControlRefused):
            refused()


def test_nothing_the_controls_answer_shows_the_simulators_notes(processor: Processor) -> None:
    paid = processor.debited()
    processor.advance(days=1)
    processor.world.return_payment(paid.id, "R01")
    processor.advance(days=1)
    dispute = processor.api.disputes.list(None, processor.options()).data[0].to_dict()
    processor.world.fail_payout(processor.payouts()[0].id)
    sent = [webhook.payload for webhook in processor.basket.drain()]

    assert "_payout" not in dispute["balance_transactions"][0]
    assert not any('"_payout"' in payload for payload in sent)


@pytest.mark.parametrize(
    ("control", "wanted"),
    [
        ("_return", {"payment": "DP-1", "code": "R01"}),
        ("_return", {"surprise": 1}),
        ("_dispute", {"payment": "DP-1", "outcome": "won"}),
        ("_refund_fails", {"payment": "DP-1"}),
        ("_payouts", {}),
        ("_payouts", {"fails": "po_nobody"}),
        ("_balance", {"category": "fee", "amount_cents": -1}),
        ("_script", {"next_refund": {"reason": "because"}}),
        ("_script", {"next_payout": {"surprise": 1}}),
    ],
)
def test_a_control_that_cannot_happen_answers_400_and_a_sentence(
    served: Served, control: str, wanted: dict[str, object]
) -> None:
    answer = requests.post(f"{served.url}/stripe/{control}", json=wanted, timeout=10)

    assert answer.status_code == 400
    assert answer.json()["error"]
