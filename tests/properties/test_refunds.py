"""Whatever is refunded in whatever order: never more than was charged, and the books balance."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.ids import PayableId
from chalicelib.domain.ledger import LedgerAccount, balance, is_balanced, settled_entry
from chalicelib.domain.ledger_reversals import reversal_entry
from chalicelib.domain.payables import Payable
from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.domain.refunds import (
    RefundOrder,
    plan_money,
    plan_refund,
    refundable_cents,
    rooms,
)
from chalicelib.domain.refunds_failed import take_again
from chalicelib.domain.reversals import Refund, RefundState, Reversal
from chalicelib.domain.taking_back import (
    event_claims,
    next_reversal_number,
    standing_credits,
    standing_fee_cents,
    standing_lines,
    standing_surplus_cents,
)
from tests.domain.builders import NOON, a_credit, a_payment
from tests.properties.test_quotes import priced

SETTLED = {"status": PaymentStatus.SETTLED, "stage": Stage.DONE}


def credits_of(payment: Payment, used_cents: int) -> tuple[Payable, ...]:
    """Its own surplus as far as nobody used it, and another open credit."""
    own = max(0, standing_surplus_cents(payment) - used_cents)
    number = payment.number
    return (
        a_credit(number, own, voucher_id=number, is_on_account=True),
        a_credit("K-OPEN", 7_777),
    )


def with_refund(payment: Payment, plan: Reversal) -> Payment:
    refund = Refund(
        refund_id=plan.number, state=RefundState.PENDING, reversal=plan, requested_at=NOON,
        requested_by="Dana", reason="…", taken_at=NOON,
    )  # fmt: skip
    return replace(payment, refunds=(*payment.refunds, refund))


def taken_off(claims: Iterable[Claim], state: ClaimState) -> Counter[PayableId]:
    """What the claims of a state move, per payable."""
    sums: Counter[PayableId] = Counter()
    for claim in claims:
        for effect in claim.effects if claim.state is state else ():
            sums[effect.payable_id] += effect.amount_cents
    return sums


@st.composite
def refunded(draw: st.DrawFn) -> Payment:
    """A payment after up to six refunds, of all of a target or of part of it, or made elsewhere."""
    quote, _ = draw(priced())
    payment = a_payment(quote, **SETTLED)
    used_cents = draw(st.sampled_from([0, 0, 5_000]))
    for _ in range(draw(st.integers(1, 6))):
        known = credits_of(payment, used_cents)
        offered = rooms(payment, known)
        if not offered:
            break
        number = next_reversal_number(payment)
        if draw(st.integers(0, 4)) == 0:
            money = draw(st.integers(1, payment.charged_cents - payment.refunded_cents))
            plan = plan_money(payment, money, known, number=number)
        else:
            room = draw(st.sampled_from(offered))
            cents = draw(st.just(room.most_cents) | st.integers(1, room.most_cents))
            plan = plan_refund(payment, RefundOrder(cents, room.target), known, number=number)
        payment = with_refund(payment, plan)
    return payment


@given(refunded())
@settings(max_examples=300)
def test_never_more_than_was_charged_goes_back(payment: Payment) -> None:
    assert payment.refunded_cents <= payment.charged_cents
    assert refundable_cents(payment) >= 0
    assert standing_fee_cents(payment) >= 0
    assert standing_surplus_cents(payment) >= 0
    for line in standing_lines(payment):
        assert min(line.cash_cents, line.credit_cents, line.discount_cents) >= 0


@given(refunded())
@settings(max_examples=300)
def test_entries_are_balanced_and_take_what_is_sent_out_of_clearing(payment: Payment) -> None:
    for refund in payment.refunds:
        lines = reversal_entry(payment, refund.reversal, source_id="re")
        assert is_balanced(lines)
        clearing = balance(lines).get(LedgerAccount.CLEARING, 0)
        assert clearing == -refund.reversal.money_cents < 0


@given(refunded())
@settings(max_examples=300)
def test_the_fee_shares_of_all_refunds_add_up_to_the_fee(payment: Payment) -> None:
    shares = sum(refund.reversal.fee_income_cents for refund in payment.refunds)

    assert shares <= payment.fee_cents
    if not refundable_cents(payment) and payment.refunded_cents:
        assert shares == payment.fee_cents
        assert payment.refunded_cents == payment.charged_cents


@given(refunded())
@settings(max_examples=300)
def test_a_payment_refunded_in_full_by_undoing_it_is_as_if_it_never_was(payment: Payment) -> None:
    plans = [refund.reversal for refund in payment.refunds]
    is_whole = plans and payment.refunded_cents == payment.charged_cents
    if not is_whole or any(plan.consumed or plan.loss_cents for plan in plans):
        return
    entries = [line for plan in plans for line in reversal_entry(payment, plan, source_id="re")]

    assert standing_lines(payment) == ()
    assert standing_credits(payment) == ()
    assert not any(balance((*settled_entry(payment), *entries)).values())


@given(refunded(), st.data())
@settings(max_examples=300)
def test_a_refund_that_fails_is_taken_again_and_never_twice(
    payment: Payment, data: st.DataObject
) -> None:
    refund = data.draw(st.sampled_from(payment.refunds or [None]))
    if refund is None:
        return
    failed = replace(refund, state=RefundState.FAILED, failed_at=NOON + timedelta(days=3))
    given_back = refund.reversal
    most = taken_off(event_claims(payment, given_back, "r"), ClaimState.REVERSED)
    is_untouched = data.draw(st.booleans())
    left = {
        name: cents if is_untouched else data.draw(st.integers(0, cents))
        for name, cents in most.items()
    }

    taken = take_again(payment, failed, left)

    after = taken.payment
    assert is_balanced(taken.entry(failed))
    assert taken.again.money_cents == given_back.money_cents
    assert after.charged_cents == (
        after.allocations_cents + after.surplus_cents - after.credits_cents
        - after.discount_cents + after.fee_cents
    )  # fmt: skip
    again = taken_off(taken.claims("f"), ClaimState.APPLIED)
    assert all(cents <= left[name] for name, cents in again.items())
    if is_untouched:
        assert again == most
        assert after.lines == payment.lines
    for line in standing_lines(after):
        assert min(line.cash_cents, line.credit_cents, line.discount_cents) >= 0
