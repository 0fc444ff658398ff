"""Card disputes at the simulated processor: inquiries, chargebacks and how they end."""

import pytest
import stripe

from sandbox.world.stripe.errors import ControlRefused
from tests.sandbox.builders import Processor

CHARGED, FEE = 140_200, 1_500


def dispute_of(processor: Processor, paid: stripe.PaymentIntent) -> stripe.Dispute:
    [found] = processor.api.disputes.list({"payment_intent": paid.id}, processor.options()).data
    return processor.api.disputes.retrieve(found.id, None, processor.options())


def test_an_inquiry_asks_and_moves_no_money(processor: Processor) -> None:
    paid = processor.carded()
    processor.events()

    processor.world.open_dispute(paid.id, "inquiry")

    dispute = dispute_of(processor, paid)
    assert (dispute.status, dispute.amount) == ("warning_needs_response", CHARGED)
    assert (dispute.balance_transactions, processor.rows(dispute.id)) == ([], [])
    assert processor.charge(paid).disputed
    assert processor.events() == ["charge.dispute.created"]


def test_a_chargeback_takes_the_money_and_a_fee(processor: Processor) -> None:
    paid = processor.carded()
    processor.events()

    processor.world.open_dispute("DP-100482", reason="product_not_received")

    dispute = dispute_of(processor, paid)
    [row] = dispute.balance_transactions
    assert dispute.id.startswith("du_")
    assert (dispute.status, dispute.reason, dispute.network_reason_code) == (
        "needs_response", "product_not_received", "13.1",
    )  # fmt: skip
    assert (dispute.charge, dispute.payment_intent) == (paid.latest_charge.id, paid.id)
    assert (row.type, row.reporting_category, row.source) == ("adjustment", "dispute", dispute.id)
    assert (row.amount, row.fee, row.net) == (-CHARGED, FEE, -CHARGED - FEE)
    assert processor.events() == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_a_won_dispute_gives_the_money_back_but_not_the_fee(processor: Processor) -> None:
    paid = processor.carded()
    processor.world.open_dispute(paid.id)
    processor.world.decide_dispute(paid.id, "under_review")
    processor.events()

    processor.world.decide_dispute(paid.id, "won")

    dispute = dispute_of(processor, paid)
    assert dispute.status == "won"
    assert [row.reporting_category for row in dispute.balance_transactions] == [
        "dispute", "dispute_reversal",
    ]  # fmt: skip
    assert processor.rows(dispute.id)[1] == ("adjustment", "dispute_reversal", CHARGED, 0)
    assert processor.events() == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]


def test_a_lost_dispute_moves_nothing_more(processor: Processor) -> None:
    paid = processor.carded()
    processor.world.open_dispute(paid.id)
    processor.events()

    processor.world.decide_dispute(paid.id, "lost")

    dispute = dispute_of(processor, paid)
    assert (dispute.status, len(dispute.balance_transactions)) == ("lost", 1)
    assert processor.events() == ["charge.dispute.closed"]


def test_an_inquiry_can_end_without_money(processor: Processor) -> None:
    paid = processor.carded()
    processor.world.open_dispute(paid.id, "inquiry")
    processor.world.decide_dispute(paid.id, "under_review")

    processor.world.decide_dispute(paid.id, "closed")

    dispute = dispute_of(processor, paid)
    assert (dispute.status, processor.rows(dispute.id)) == ("warning_closed", [])
    assert processor.events()[-2:] == ["charge.dispute.updated", "charge.dispute.closed"]


def test_an_inquiry_can_escalate_to_a_chargeback(processor: Processor) -> None:
    paid = processor.carded()
    asked = processor.world.open_dispute(paid.id, "inquiry")
    processor.events()

    processor.world.open_dispute(paid.id, "chargeback")

    dispute = dispute_of(processor, paid)
    assert (dispute.id, dispute.status) == (asked["id"], "needs_response")
    assert dispute.payment_method_details.card.case_type == "chargeback"
    assert processor.rows(dispute.id) == [("adjustment", "dispute", -CHARGED, FEE)]
    assert processor.events() == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]


def test_a_part_of_a_payment_can_be_disputed(processor: Processor) -> None:
    paid = processor.carded()

    processor.world.open_dispute(paid.id, amount_cents=30_000)

    dispute = dispute_of(processor, paid)
    assert dispute.amount == 30_000
    assert processor.rows(dispute.id) == [("adjustment", "dispute", -30_000, FEE)]


def test_a_charged_back_payment_cannot_be_refunded(processor: Processor) -> None:
    paid = processor.carded()
    processor.world.open_dispute(paid.id, amount_cents=30_000)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        processor.refund(paid, 100)

    assert refused.value.code == "charge_disputed"


def test_a_full_refund_ends_an_inquiry(processor: Processor) -> None:
    paid = processor.carded()
    processor.world.open_dispute(paid.id, "inquiry")

    processor.refund(paid)

    assert dispute_of(processor, paid).status == "warning_closed"
    assert processor.events()[-1] == "charge.dispute.closed"


def test_a_won_dispute_leaves_the_payment_refundable(processor: Processor) -> None:
    paid = processor.carded()
    processor.world.open_dispute(paid.id)
    processor.world.decide_dispute(paid.id, "won")

    refund = processor.refund(paid)

    assert refund.status == "succeeded"


@pytest.mark.parametrize(
    ("kind", "outcome"), [("inquiry", "won"), ("inquiry", "lost"), ("chargeback", "closed")]
)
def test_a_dispute_only_ends_as_it_can(processor: Processor, kind: str, outcome: str) -> None:
    paid = processor.carded()
    processor.world.open_dispute(paid.id, kind)

    with pytest.raises(ControlRefused):
        processor.world.decide_dispute(paid.id, outcome)


@pytest.mark.parametrize(
    "wanted",
    [{"kind": "complaint"}, {"reason": "debit_not_authorized"}, {"amount_cents": CHARGED + 1},
     {"amount_cents": 0}],
)  # fmt: skip
def test_a_dispute_that_cannot_be_is_refused(
    processor: Processor, wanted: dict[str, object]
) -> None:
    paid = processor.carded()

    with pytest.raises(ControlRefused):
        processor.world.open_dispute(paid.id, **wanted)  # type: ignore[arg-type]

    assert not processor.charge(paid).disputed


def test_money_that_was_refunded_or_is_disputed_cannot_be_disputed(processor: Processor) -> None:
    refunded, disputed = processor.carded(), processor.carded()
    processor.refund(refunded)
    processor.world.open_dispute(disputed.id)

    for paid in (refunded, disputed, processor.debited()):
        with pytest.raises(ControlRefused):
            processor.world.open_dispute(paid.id)
