"""What can happen to money that has been settled, as scenes (scenes.py) with how each ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payments import Payment, PaymentStatus
from tests.orders.play import Play

DISPUTED, LOST = NoticeKind.DISPUTED, NoticeKind.DISPUTE_LOST
CAME_BACK, ELSEWHERE = NoticeKind.REFUND_FAILED, NoticeKind.REFUND_ELSEWHERE
RETURNED, LOSS = NoticeKind.RETURNED, NoticeKind.LOSS


@dataclass(frozen=True)
class Ending:
    """How a scene ends: later events told, status, refunded cents, what is owed, what waits."""

    events: int
    status: PaymentStatus
    refunded_cents: int
    owed: Mapping[str, int]
    notices: tuple[NoticeKind, ...] = ()


def settled(play: Play) -> Payment:
    """B and C paid by bank debit, settled, paid out and posted."""
    payment = play.pay("B", "C")
    play.days(5)
    play.days(4)
    play.catch_up()
    return payment


def settled_by_card(play: Play) -> Payment:
    """The same by card."""
    payment = play.pay_by_card("B", "C")
    play.days(5)
    play.catch_up()
    return payment


def refund_in_full(play: Play) -> None:
    """An operator gives everything back; the payer's bank has it days later."""
    play.refund(settled(play), 110_000)
    play.days(5)


def refund_in_part(play: Play) -> None:
    """An operator gives a part back."""
    play.refund(settled(play), 80_000)
    play.days(5)


def refund_elsewhere(play: Play) -> None:
    """Twice a part, in the processor's dashboard."""
    payment = settled(play)
    play.refund_elsewhere(payment, 30_000)
    play.refund_elsewhere(payment, 50_000)
    play.days(5)


def refund_that_fails_days_later(play: Play) -> None:
    """It arrived, then the payer's bank sent it back."""
    play.script(next_refund={"fails_after_days": 6})
    play.refund(settled(play), 30_000)
    play.days(4)
    play.days(5)


def inquiry_closed(play: Play) -> None:
    """The card's bank only asked."""
    payment = settled_by_card(play)
    play.dispute(payment, "inquiry")
    play.days(2)
    play.decide(payment, "closed")


def chargeback_won(play: Play) -> None:
    """An inquiry becomes a chargeback; the bank gives the money back."""
    payment = settled_by_card(play)
    play.dispute(payment, "inquiry")
    play.dispute(payment)
    play.days(2)
    play.decide(payment, "won")
    play.days(4)


def chargeback_lost(play: Play) -> None:
    """The bank keeps the money."""
    payment = settled_by_card(play)
    play.dispute(payment)
    play.days(2)
    play.decide(payment, "lost")
    play.days(4)


def refund_then_dispute(play: Play) -> None:
    """A part was given back; the rest is disputed and lost."""
    payment = settled_by_card(play)
    play.refund(payment, 30_000)
    play.days(2)
    play.dispute(payment)
    play.decide(payment, "lost")
    play.days(4)


def refund_then_return(play: Play) -> None:
    """A part was given back; then the bank takes the whole debit back."""
    payment = settled(play)
    play.refund(payment, 30_000)
    play.days(2)
    play.comes_back(payment, "R10")
    play.days(4)


POSTED, REFUNDED = PaymentStatus.POSTED, PaymentStatus.REFUNDED
BY_DISPUTE, BY_RETURN = PaymentStatus.DISPUTED, PaymentStatus.RETURNED
LATER: dict[str, tuple[Callable[[Play], None], Ending]] = {
    "a refund in full": (
        refund_in_full, Ending(4, REFUNDED, 110_300, {"B": 50_000, "C": 70_000}),
    ),
    "a refund in part": (
        refund_in_part, Ending(4, POSTED, 80_218, {"B": 10_000, "C": 70_000}),
    ),
    "refunds in the dashboard": (
        refund_elsewhere,
        Ending(8, POSTED, 80_000, {"B": 9_784, "C": 70_000}, (ELSEWHERE, ELSEWHERE)),
    ),
    "a refund that fails days later": (
        refund_that_fails_days_later, Ending(7, POSTED, 0, {}, (CAME_BACK,)),
    ),
    "an inquiry closed": (inquiry_closed, Ending(2, POSTED, 0, {}, (DISPUTED,))),
    "a chargeback won": (chargeback_won, Ending(5, POSTED, 0, {}, (DISPUTED,))),
    "a chargeback lost": (
        chargeback_lost,
        Ending(3, BY_DISPUTE, 0, {"B": 50_000, "C": 70_000}, (LOST,)),
    ),
    "a refund, then a dispute lost": (
        refund_then_dispute,
        Ending(5, BY_DISPUTE, 30_000, {"B": 50_000, "C": 70_000}, (LOST,)),
    ),
    "a refund, then a return": (
        refund_then_return,
        Ending(7, BY_RETURN, 30_081, {"B": 50_000, "C": 70_000}, (LOSS, RETURNED)),
    ),
}  # fmt: skip
