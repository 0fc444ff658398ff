"""P1 settled and refunded, as the tests of refunds need it."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import Payable
from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.domain.refunds import RefundOrder, Target, TargetKind, plan_refund
from chalicelib.domain.reversals import Refund, RefundState, Reversal
from chalicelib.domain.taking_back import next_reversal_number
from tests.domain.builders import NOON, a_credit, a_payable, a_payment, a_quote, p1_quote

A = Target(TargetKind.DOCUMENT, PayableId("A"))
K2 = a_credit("K2", 90_000)
LATER = NOON + timedelta(days=3)


def p1(**changes: object) -> Payment:
    return a_payment(
        p1_quote(), **{"status": PaymentStatus.SETTLED, "stage": Stage.DONE, **changes}
    )


def with_surplus() -> Payment:
    """$1,000 to A and $200 on account, without a fee."""
    quote = a_quote((a_payable("A", 100_000),), surplus_cents=20_000)
    return a_payment(quote, status=PaymentStatus.SETTLED, stage=Stage.DONE)


def surplus_open(payment: Payment, cents: int) -> tuple[Payable, ...]:
    return (a_credit(payment.number, cents, voucher_id=payment.number, is_on_account=True),)


def a_refund(plan: Reversal, state: RefundState = RefundState.PENDING, **changes: object) -> Refund:
    known: dict[str, object] = {
        "refund_id": plan.number,
        "state": state,
        "reversal": plan,
        "requested_at": NOON,
        "requested_by": "Dana",
        "reason": "Returned goods",
        "taken_at": NOON,
    }
    return Refund(**{**known, **changes})  # type: ignore[arg-type]


def refunded(payment: Payment, cents: int, target: Target, *credits_open: Payable) -> Payment:
    number = next_reversal_number(payment)
    plan = plan_refund(payment, RefundOrder(cents, target), credits_open, number=number)
    return replace(payment, refunds=(*payment.refunds, a_refund(plan)))
