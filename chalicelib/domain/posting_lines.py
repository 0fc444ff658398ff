"""The lines a posting consists of, shaped to docs/SPRUCE.md, and the opposite of each."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class LineKind(StrEnum):
    """What the ERP does with a line's documents, beside the general ledger."""

    PAYMENT = "payment"
    PAYMENT_REVERSED = "payment_reversed"
    DISCOUNT = "discount"
    DISCOUNT_REVERSED = "discount_reversed"
    CREDIT = "credit"
    CREDIT_REVERSED = "credit_reversed"
    UNAPPLIED = "unapplied"
    UNAPPLIED_REVERSED = "unapplied_reversed"
    CREDIT_PAID_OUT = "credit_paid_out"
    CREDIT_PAID_OUT_REVERSED = "credit_paid_out_reversed"
    JOURNAL = "journal"


_PAIRS = (
    (LineKind.PAYMENT, LineKind.PAYMENT_REVERSED),
    (LineKind.DISCOUNT, LineKind.DISCOUNT_REVERSED),
    (LineKind.CREDIT, LineKind.CREDIT_REVERSED),
    (LineKind.UNAPPLIED, LineKind.UNAPPLIED_REVERSED),
    (LineKind.CREDIT_PAID_OUT, LineKind.CREDIT_PAID_OUT_REVERSED),
    (LineKind.JOURNAL, LineKind.JOURNAL),
)
OPPOSITE = dict(_PAIRS) | {after: before for before, after in _PAIRS}
# They open documents or credits, so they come before whatever uses those again.
OPENING = frozenset(
    {
        LineKind.PAYMENT_REVERSED,
        LineKind.DISCOUNT_REVERSED,
        LineKind.CREDIT_REVERSED,
        LineKind.UNAPPLIED,
        LineKind.CREDIT_PAID_OUT_REVERSED,
    }
)


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One line: `amount_cents` > 0 to `debit_account` and/or from `credit_account`.

    `day` is the line's own GL day where it differs from the posting's.
    """

    kind: LineKind
    amount_cents: int
    debit_account: str = ""
    credit_account: str = ""
    customer: str = ""
    job: str = ""
    document: str = ""
    credit_document: str = ""
    check_number: str = ""
    memo: str = ""
    day: date | None = None


def opposite(line: PostingLine) -> PostingLine:
    """What undoes a line: the other way round, for the same documents."""
    return replace(
        line,
        kind=OPPOSITE[line.kind],
        debit_account=line.credit_account,
        credit_account=line.debit_account,
    )


def spruce_day(event_day: date, books_closed_through: str) -> date:
    """The event's day, or the first open day if the books are closed over it (ISO day or "")."""
    if not books_closed_through:
        return event_day
    closed = date.fromisoformat(books_closed_through)
    return event_day if event_day > closed else closed + timedelta(days=1)
