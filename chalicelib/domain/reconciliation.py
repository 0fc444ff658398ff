"""What the nightly reconciliation compares, and what a difference means and asks for.

The comparisons are in `reconciling_money.py` and `reconciling_books.py`; nothing here reads or
repairs anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from chalicelib.domain.ids import DealerId

MOST_DIFFERENCES = 200  # Kept and shown; how many there were is counted all the same.


class Check(StrEnum):
    """One comparison, shown with the figures of both sides whatever came of it."""

    TRIAL = "trial"
    CHARGES = "charges"
    BALANCE = "balance"
    CLEARING = "clearing"
    HELD = "held"
    DEPOSITS = "deposits"
    PARTS = "parts"
    POSTINGS = "postings"
    HEADERS = "headers"
    RECEIVABLE = "receivable"


class DifferenceKind(StrEnum):
    """What was found."""

    TRIAL = "trial"
    MISSED_OUTCOME = "missed_outcome"
    UNKNOWN_CHARGE = "unknown_charge"
    DENIED = "denied"
    CONTRADICTED = "contradicted"
    AMOUNT = "amount"
    BALANCE = "balance"
    CLEARING = "clearing"
    HELD = "held"
    MISSED_PAYOUT = "missed_payout"
    DEPOSIT = "deposit"
    UNPROVEN = "unproven"
    PARTS = "parts"
    TWICE = "twice"
    NOT_IN_ERP = "not_in_erp"
    OTHER_IN_ERP = "other_in_erp"
    UNREVERSED = "unreversed"
    REVERSED_IN_ERP = "reversed_in_erp"
    STUCK = "stuck"
    HEADER = "header"
    CLAIM = "claim"
    RECEIVABLE = "receivable"
    UNANSWERED = "unanswered"


ACTIONS: Mapping[DifferenceKind, str] = MappingProxyType(
    {
        DifferenceKind.TRIAL: "Run a full check. If it stays, stop posting and call support.",
        DifferenceKind.MISSED_OUTCOME: "Nothing: the processor was asked and its answer taken.",
        DifferenceKind.UNKNOWN_CHARGE: "Look the charge up at the processor: if it is not your "
        "own, refund it there. It blocks the deposit that carries it.",
        DifferenceKind.DENIED: "Open the payment at the processor. Hold its posting until it is "
        "clear; if it was never charged, record its return.",
        DifferenceKind.CONTRADICTED: "Refund the charge at the processor, or ask the payer whether "
        "it should stand for a new payment.",
        DifferenceKind.AMOUNT: "Compare the payment with the processor's record. Hold its posting "
        "until it is clear.",
        DifferenceKind.BALANCE: "Compare the balance in the processor's dashboard with its list of "
        "movements; run a full check.",
        DifferenceKind.CLEARING: "Open the payment's ledger and the processor's movements of it.",
        DifferenceKind.HELD: "Compare the open disputes with the processor's list.",
        DifferenceKind.MISSED_PAYOUT: "Nothing: the deposit was asked for and its settlement "
        "opened.",
        DifferenceKind.DEPOSIT: "Compare the settlement with the processor's payout. Resolve it "
        "only with a reason.",
        DifferenceKind.UNPROVEN: "Open the settlement: its proof says which lines nobody explains.",
        DifferenceKind.PARTS: "Open the settlement and compare its payments with the deposit.",
        DifferenceKind.TWICE: "Do not post either settlement; find out which deposit carried the "
        "payment.",
        DifferenceKind.NOT_IN_ERP: "Look for the reference in Spruce. If it is missing there, "
        "reverse the posting here and post it again.",
        DifferenceKind.OTHER_IN_ERP: "Compare the posting with Spruce; correct it in Spruce by "
        "hand and note why when resolving.",
        DifferenceKind.UNREVERSED: "Look for the reference in Spruce. If it is missing there, "
        "enter the opposite of the posting by hand and note why when resolving.",
        DifferenceKind.REVERSED_IN_ERP: "Compare the posting with Spruce. If it is reversed there "
        "once too often, enter it again by hand and note why when resolving.",
        DifferenceKind.STUCK: "Open the settlement and press Post: what Spruce has is never sent "
        "twice.",
        DifferenceKind.HEADER: "The figure is worked out anew every night; if it comes back, call "
        "support.",
        DifferenceKind.CLAIM: "Open the payment: its documents may be held for nothing, or owed "
        "although paid.",
        DifferenceKind.RECEIVABLE: "Open the payment's ledger and compare it with its documents.",
        DifferenceKind.UNANSWERED: "Check now again once it answers; nothing was compared.",
    }
)


@dataclass(frozen=True, slots=True)
class Figure:
    """Both sides of a check in cents, and over how many things they were added up."""

    check: Check
    ours_cents: int
    theirs_cents: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree; amounts of both sides in cents.

    `subject` names it (a payment's number, a settlement's or an intent's id), `path` its page.
    `is_repaired`: asking anew has settled it; it is listed so that somebody knows.
    """

    kind: DifferenceKind
    subject: str
    sentence: str
    ours_cents: int = 0
    theirs_cents: int = 0
    path: str = ""
    is_repaired: bool = False

    @property
    def action(self) -> str:
        """What to do about it."""
        return ACTIONS[self.kind]


class Step(StrEnum):
    """How far a reconciliation is; each step is stored when it is through."""

    LEDGER = "ledger"
    CHARGES = "charges"
    MOVEMENTS = "movements"
    DEPOSITS = "deposits"
    ACCOUNTS = "accounts"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One comparison of everything, or as far as it has come."""

    dealer_id: DealerId
    run_id: str
    day: date  # The dealer's.
    started_at: datetime
    since: datetime | None = None  # What changed since; None: everything is read again.
    asked_by: str = ""  # Empty: the night.
    step: Step = Step.LEDGER
    cursor: str = ""  # Where the step goes on.
    figures: tuple[Figure, ...] = ()
    differences: tuple[Difference, ...] = ()
    difference_count: int = 0
    finished_at: datetime | None = None
    version: int = 0

    @property
    def is_full(self) -> bool:
        """True if everything is read again, not only what changed."""
        return self.since is None

    @property
    def open_count(self) -> int:
        """Differences that asking anew has not settled."""
        return self.difference_count - sum(it.is_repaired for it in self.differences)


def added(figures: Iterable[Figure], more: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures with more of the same checks added up."""
    sums: dict[Check, Figure] = {}
    for figure in (*figures, *more):
        known = sums.get(figure.check, Figure(figure.check, 0, 0))
        sums[figure.check] = Figure(
            figure.check,
            known.ours_cents + figure.ours_cents,
            known.theirs_cents + figure.theirs_cents,
            known.count + figure.count,
        )
    return tuple(sums.values())
