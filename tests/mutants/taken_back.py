"""Planted money bugs in what comes after a payment: returns, refunds, disputes, reversed postings.

Each is one wrong line, which long histories of its theme must notice.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.domain import refunds, taking_back
from chalicelib.domain.claims import ClaimState
from chalicelib.domain.payments import Payment
from chalicelib.domain.refunds_failed import TakenAgain
from chalicelib.domain.reversals import Reversal
from chalicelib.gateways.stripe_money_back import StripeMoneyBack
from chalicelib.services import (
    record_dispute,
    record_refund,
    record_return,
    reverse_posting,
    take_back,
)
from tests.crash.accidents import CHAINS, DISPUTES, REFUNDS, RETURNS, Theme
from tests.mutants.mutants import Mutant


def _taking(patch: pytest.MonkeyPatch, wrongly: Callable[[Payment, Reversal], Reversal]) -> None:
    """Whatever the bank takes back is changed by `wrongly`; its money stays what the bank took."""
    real = take_back.take_back_all

    def taken(payment: Payment, *, money_cents: int, **named: Any) -> Reversal:
        right = real(payment, money_cents=money_cents, **named)
        wrong = wrongly(payment, right)
        return replace(wrong, loss_cents=wrong.loss_cents + money_cents - wrong.money_cents)

    patch.setattr(take_back, "take_back_all", taken)


def return_keeps_the_fee(patch: pytest.MonkeyPatch) -> None:
    _taking(patch, lambda _, right: replace(right, fee_income_cents=0))


def return_keeps_the_discount(patch: pytest.MonkeyPatch) -> None:
    def kept(_: Payment, right: Reversal) -> Reversal:
        return replace(right, lines=tuple(replace(it, discount_cents=0) for it in right.lines))

    _taking(patch, kept)


def return_keeps_the_credits(patch: pytest.MonkeyPatch) -> None:
    def kept(_: Payment, right: Reversal) -> Reversal:
        lines = tuple(replace(it, credit_cents=0) for it in right.lines)
        return replace(right, lines=lines, credits=())

    _taking(patch, kept)


def return_after_a_refund_counted_twice(patch: pytest.MonkeyPatch) -> None:
    def forgetful(payment: Payment, right: Reversal) -> Reversal:
        unrefunded = replace(payment, refunds=())
        return replace(right, lines=taking_back.standing_lines(unrefunded), loss_cents=0)

    _taking(patch, forgetful)


def loss_not_booked(patch: pytest.MonkeyPatch) -> None:
    real = take_back.take_back_all
    patch.setattr(
        take_back, "take_back_all", lambda *a, **named: replace(real(*a, **named), loss_cents=0)
    )


def return_reopens_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(record_return, "event_claims", lambda *_: ())


def return_reopens_twice(patch: pytest.MonkeyPatch) -> None:
    real = record_return.event_claims

    def twice(payment: Payment, reversal: Reversal, event: str) -> Any:
        made = real(payment, reversal, event)
        again = [replace(claim, event=f"{claim.event}-again") for claim in made]
        return (*made, *(it for it in again if it.state is ClaimState.REVERSED))

    patch.setattr(record_return, "event_claims", twice)


def return_not_entered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(record_return, "reversal_entry", lambda *_, **__: ())


def fee_not_refunded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refunds, "fee_share_cents", lambda *_: 0)


def discount_kept_by_a_full_refund(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refunds, "completed", lambda _, plan: plan)


def refund_sent_again_after_a_lost_reply(patch: pytest.MonkeyPatch) -> None:
    real = StripeMoneyBack.refund

    def fresh(self: Any, *args: Any, key: str, **named: Any) -> Any:
        return real(self, *args, key=f"{key}-{uuid4()}", **named)

    patch.setattr(StripeMoneyBack, "refund", fresh)


def failed_refund_not_taken_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TakenAgain, "entry", lambda *_: ())
    patch.setattr(TakenAgain, "claims", lambda *_: ())


def refund_entered_but_not_owed_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(record_refund, "event_claims", lambda *_: ())


def won_dispute_not_put_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(record_dispute, "won_entry", lambda *_, **__: ())


def lost_dispute_out_of_clearing(patch: pytest.MonkeyPatch) -> None:
    real = record_dispute.reversal_entry

    def twice(*args: Any, out_of: Any, **named: Any) -> Any:
        return real(*args, **named)

    patch.setattr(record_dispute, "reversal_entry", twice)


def reversal_of_a_posting_not_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reverse_posting, "send_once", lambda *_: None)


# Where counting begins, to save time: seeds whose histories have much happening in them. From any
# other a mutant is caught as well, the rarest after a dozen histories.
LIVELY = {RETURNS.kinds: 5, CHAINS.kinds: 5, REFUNDS.kinds: 13, DISPUTES.kinds: 6}

TAKEN_BACK: tuple[tuple[Mutant, Theme], ...] = (
    (return_keeps_the_fee, RETURNS),
    (return_keeps_the_discount, RETURNS),
    (return_keeps_the_credits, RETURNS),
    (return_after_a_refund_counted_twice, CHAINS),
    (loss_not_booked, CHAINS),
    (return_reopens_nothing, RETURNS),
    (return_reopens_twice, RETURNS),
    (return_not_entered, RETURNS),
    (fee_not_refunded, REFUNDS),
    (discount_kept_by_a_full_refund, REFUNDS),
    (refund_sent_again_after_a_lost_reply, REFUNDS),
    (failed_refund_not_taken_again, REFUNDS),
    (refund_entered_but_not_owed_again, REFUNDS),
    (won_dispute_not_put_back, DISPUTES),
    (lost_dispute_out_of_clearing, DISPUTES),
    (reversal_of_a_posting_not_sent, RETURNS),
)
