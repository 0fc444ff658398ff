"""Whatever took a payment back in part: what stands of it is what its claims say is paid."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.ids import PayableId
from chalicelib.domain.payments import Payment
from chalicelib.domain.rebuilding import rebuilt_claims, taken
from chalicelib.domain.refunds import EVERYTHING, Target, TargetKind, refundable_cents
from chalicelib.domain.refunds_failed import take_again
from chalicelib.domain.reversals import Dispute, DisputePhase, RefundState
from chalicelib.domain.taking_back import (
    next_reversal_number,
    standing_credits,
    standing_fee_cents,
    standing_lines,
    take_back_all,
    take_back_part,
)
from tests.domain.builders import NOON
from tests.domain.refunding import LATER, A, p1, refunded

B = Target(TargetKind.DOCUMENT, PayableId("B"))
DOCUMENTS = "A", "B"


@given(
    cents=st.integers(1, 137_200),
    target=st.sampled_from([EVERYTHING, A, B]),
    disputed=st.integers(1, 140_200),
    open_share=st.integers(0, 100),
)
def test_what_stands_after_a_dispute_and_a_failed_refund_is_what_the_claims_take(
    cents: int, target: Target, disputed: int, open_share: int
) -> None:
    payment = p1()
    most = {EVERYTHING: refundable_cents(payment), A: 88_200, B: 49_000}[target]
    payment = refunded(payment, min(cents, most), target)
    payment = lost(payment, disputed)
    owed = taken(rebuilt_claims(payment))
    room = {
        PayableId(name): (whole - owed.get((PayableId(name), False), 0)) * open_share // 100
        for name, whole in (("A", 100_000), ("B", 50_000))
    }
    failed = replace(payment.refunds[0], state=RefundState.FAILED, failed_at=LATER)

    payment = take_again(payment, failed, {**room, PayableId("K"): 10_000}).payment

    claimed = taken(rebuilt_claims(payment))
    standing = {line.payable_id: line.owed_again_cents for line in standing_lines(payment)}
    assert {name: claimed.get((PayableId(name), False), 0) for name in DOCUMENTS} == {
        name: standing.get(PayableId(name), 0) for name in DOCUMENTS
    }
    assert all(line.cash_cents >= 0 for line in standing_lines(payment))
    assert sum(use.amount_cents for use in standing_credits(payment)) == claimed.get(
        (PayableId("K"), False), 0
    )
    assert 0 <= standing_fee_cents(payment) <= payment.fee_cents


def lost(payment: Payment, disputed: int) -> Payment:
    """The bank keeps so much, decided before the refund fails."""
    number = next_reversal_number(payment)
    reversal = take_back_all(payment, number=number, money_cents=disputed)
    if reversal.loss_cents < 0:
        reversal = take_back_part(payment, number=number, money_cents=disputed)
    closed = NOON + timedelta(days=1)
    dispute = Dispute("du_1", DisputePhase.LOST, "fraudulent", disputed, NOON)
    dispute = replace(dispute, withdrawn_at=NOON, closed_at=closed, reversal=reversal)
    return replace(payment, dispute=dispute)
