"""When a payment can't be refunded, why, and when an administrator must say yes."""

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.domain.refund_refusals import ACH_REFUND_WINDOW, needs_approval, why_not_refund
from chalicelib.domain.reversals import Dispute, DisputePhase, RefundState, Reversal
from tests.domain.builders import NOON
from tests.domain.refunding import A, a_refund, p1, refunded


def waiting(state: RefundState) -> Payment:
    return p1(refunds=(a_refund(Reversal("R1"), state),))


def in_phase(phase: DisputePhase) -> Payment:
    dispute = Dispute("du_1", phase, "fraudulent", 140_200, NOON)
    return p1(status=PaymentStatus.DISPUTED, dispute=dispute)


@pytest.mark.parametrize(
    ("payment", "at", "words"),
    [
        (p1(status=PaymentStatus.PENDING, stage=Stage.SUBMITTED), NOON, "Freeze it"),
        (p1(status=PaymentStatus.PENDING, stage=Stage.PROCESSING), NOON, "Hold its posting"),
        (p1(status=PaymentStatus.FROZEN), NOON, "Terminate it instead"),
        (p1(status=PaymentStatus.TERMINATED), NOON, "Nothing was charged"),
        (p1(status=PaymentStatus.FAILED), NOON, "Nothing was charged"),
        (p1(status=PaymentStatus.RETURNED), NOON, "owes the documents again"),
        (p1(status=PaymentStatus.REFUNDED), NOON, "All of it has been refunded"),
        (in_phase(DisputePhase.WITHDRAWN), NOON, "Answer the dispute"),
        (in_phase(DisputePhase.LOST), NOON, "the money already"),
        (p1(charged_cents=0, fee_cents=0), NOON, "Open the credits again in the ERP"),
        (waiting(RefundState.REQUESTED), NOON, "Approve or decline"),
        (waiting(RefundState.SENDING), NOON, "Look again in a few minutes"),
        (p1(), NOON + ACH_REFUND_WINDOW + timedelta(seconds=1), "Pay the customer another way"),
        (p1(), NOON + ACH_REFUND_WINDOW, ""),
        (in_phase(DisputePhase.INQUIRY), NOON, ""),
        (in_phase(DisputePhase.WON), NOON, ""),
        (waiting(RefundState.DECLINED), NOON, ""),
        (waiting(RefundState.FAILED), NOON, ""),
    ],
)
def test_a_payment_that_cannot_be_refunded_says_why_and_what_to_do_instead(
    payment: Payment, at: datetime, words: str
) -> None:
    sentence = why_not_refund(payment, at)

    assert words in sentence
    assert bool(sentence) is bool(words)


@pytest.mark.parametrize(
    ("amount_cents", "limit_cents", "is_admin", "needed"),
    [
        (70_000, 0, False, False),
        (70_000, 70_000, False, False),
        (70_001, 70_000, False, True),
        (70_001, 70_000, True, False),
    ],
)
def test_a_refund_above_the_limit_needs_an_administrator(
    amount_cents: int, limit_cents: int, is_admin: bool, needed: bool
) -> None:
    asked = needs_approval(p1(), amount_cents, limit_cents=limit_cents, is_admin=is_admin)

    assert asked is needed


def test_a_large_refund_cut_into_small_ones_needs_an_administrator_too() -> None:
    payment = refunded(p1(), 40_000, A)

    assert needs_approval(payment, 40_000, limit_cents=70_000, is_admin=False)
