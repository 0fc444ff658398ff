"""What can happen to a dealer, as scenes: whoever adds an event to the product adds a scene.

A scene only acts (pays, lets days pass, scripts the processor). Webhooks come between its steps,
in whatever order the test chooses, so a scene never says what the product should do.
"""

from collections.abc import Callable

from tests.orders.play import Play

Scene = Callable[[Play], None]


def one_payment(play: Play) -> None:
    """Paid by bank debit, settled, paid out, posted."""
    play.pay("A", "B")
    play.days(5)
    play.days(4)


def two_payments_in_one_payout(play: Play) -> None:
    """Two debits of one account that reach the bank together."""
    play.pay("A")
    play.pay("B", "C")
    play.days(5)
    play.days(4)


def a_debit_that_fails_and_one_that_does_not(play: Play) -> None:
    """The bank refuses the first; the second pays the same invoice."""
    play.script(next_payment={"failure_code": "R01"})
    play.pay("A")
    play.pay("B")
    play.days(5)
    play.days(4)


def two_payouts(play: Play) -> None:
    """A second payment after the first is paid out."""
    one_payment(play)
    play.pay("C")
    play.days(5)
    play.days(4)


def a_debit_that_comes_back(play: Play) -> None:
    """One of two is returned after it was posted; a later payout, below zero, carries it."""
    returned = play.pay("A")
    play.pay("B", "C")
    play.days(5)
    play.days(4)
    play.comes_back(returned, "R01")
    play.days(4)


SCENES: dict[str, Scene] = {
    "one payment": one_payment,
    "two payments in one payout": two_payments_in_one_payout,
    "a debit that fails and one that does not": a_debit_that_fails_and_one_that_does_not,
    "two payouts": two_payouts,
    "a debit that comes back": a_debit_that_comes_back,
}
