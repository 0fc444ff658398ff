"""What the use cases of refunds share: which credits are open, what is held, what people read."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.receipt_words import BALANCE
from chalicelib.domain.reversals import Refund, Reversal
from chalicelib.domain.taking_back import event_claims
from chalicelib.services.taking_back_words import amount_words, notice_of
from chalicelib.storage.accounts import AccountState


def mark_of(refund: Refund, name: str = "refund") -> str:
    """The mark of one of its events, for ever: "refund_failed#<id>"."""
    return f"{name}#{refund.refund_id}"


def claim_name(refund: Refund, what: str = "") -> str:
    """The event its claims are stored under: "refund-<id>-failed"."""
    return f"refund-{refund.refund_id}-{what}" if what else f"refund-{refund.refund_id}"


def open_credits(state: AccountState, *, besides: Collection[str] = ()) -> tuple[Payable, ...]:
    """The account's credits with what is available of each; claims of `besides` left out."""
    claims = [claim for claim in state.claims if claim.event not in besides]
    owed = owed_on(state.payables, claims, state.account)
    return tuple(
        replace(item, open_cents=owed[item.payable_id].available_cents)
        for item in state.payables
        if item.kind is PayableKind.CREDIT and owed[item.payable_id].available_cents
    )


def held_claims(payment: Payment, refund: Refund) -> tuple[Claim, ...]:
    """Credits and surplus it pays out, in flight until the refund is decided."""
    used = event_claims(payment, refund.reversal, claim_name(refund))
    return tuple(
        replace(claim, state=ClaimState.IN_FLIGHT, event=held_name(refund))
        for claim in used
        if claim.state is ClaimState.APPLIED
    )


def held_name(refund: Refund) -> str:
    """The event its held claim is stored under."""
    return claim_name(refund, "held")


def held_names(payment: Payment, refund: Refund) -> tuple[str, ...]:
    """The claim that ends with the refund's decision; nothing if it pays out no credit."""
    return tuple(claim.event for claim in held_claims(payment, refund))


def with_refund(payment: Payment, refund: Refund) -> Payment:
    """The payment with the refund in its place, or added."""
    if all(one.refund_id != refund.refund_id for one in payment.refunds):
        return replace(payment, refunds=(*payment.refunds, refund))
    kept = (refund if one.refund_id == refund.refund_id else one for one in payment.refunds)
    return replace(payment, refunds=tuple(kept))


def owed_again(payment: Payment, reversal: Reversal) -> tuple[tuple[str, int], ...]:
    """What is owed again, as people read it: (document or the account's balance, cents)."""
    if payment.is_on_balance:
        return ((BALANCE, reversal.owed_again_cents),) if reversal.owed_again_cents else ()
    lines = ((line.payable_id, line.owed_again_cents) for line in reversal.lines)
    return (*lines, *((use.payable_id, use.amount_cents) for use in reversal.spent))


def find_refund(payment: Payment, refund_id: str) -> Refund | None:
    """The payment's refund of that id, or None."""
    return next((one for one in payment.refunds if one.refund_id == refund_id), None)


def refund_money(payment: Payment, refund: Refund) -> str:
    """What the refund sends, fee share included: "$715.30"."""
    return amount_words(refund.reversal.money_cents, payment.currency)


def refund_notice(
    payment: Payment, refund: Refund, kind: NoticeKind, sentence: str, at: datetime
) -> Notice:
    """An operators' notice about a refund of the payment, each of its own; one alone may wait."""
    notice = notice_of(kind, payment, sentence, at=at, amount_cents=refund.reversal.money_cents)
    is_one = kind is NoticeKind.REFUND_APPROVAL
    return notice if is_one else replace(notice, subject=refund.reversal.number)
