"""What a settlement writes to the dealer's ERP: one balanced posting per category.

The lines are shaped to docs/SPRUCE.md; sending them is the ERP gateway's work.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import PaymentId, SettlementId
from chalicelib.domain.payments import Payment
from chalicelib.domain.posting_lines import OPENING, LineKind, PostingLine, opposite, spruce_day
from chalicelib.domain.posting_movements import journal, movement_lines
from chalicelib.domain.posting_payments import Books, credit_lines, document_lines
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingState,
    Settlement,
)

_CLOSING = {
    LineKind.PAYMENT: PostingCategory.INVOICES,
    LineKind.DISCOUNT: PostingCategory.INVOICES,
    LineKind.CREDIT: PostingCategory.CREDIT_ADJUSTMENTS,
}


@dataclass(frozen=True, slots=True)
class Posting:
    """Everything of one category of one settlement, accepted whole and once per reference."""

    reference: str
    category: PostingCategory
    day: date
    memo: str
    currency: str
    lines: tuple[PostingLine, ...]

    @property
    def debit_cents(self) -> int:
        """Σ of what the lines debit."""
        return sum(line.amount_cents for line in self.lines if line.debit_account)

    @property
    def credit_cents(self) -> int:
        """Σ of what the lines credit; equal to the debits."""
        return sum(line.amount_cents for line in self.lines if line.credit_account)


def postings(
    settlement: Settlement, payments: Iterable[Payment], dealer: Dealer
) -> tuple[Posting, ...]:
    """One posting per category that has lines, in the order of `PostingCategory`.

    `payments` are those of `settlement.parts` and behind its movements. References are
    `<settlement>:<category>`, with the round from the second on, so the ERP takes each once; the
    lines depend on stored facts only and never on the moment.
    """
    known = tuple(payments)
    every = (posting_of(it, settlement, known, dealer) for it in PostingCategory)
    return tuple(posting for posting in every if posting.lines)


def posting_of(
    category: PostingCategory, settlement: Settlement, payments: Iterable[Payment], dealer: Dealer
) -> Posting:
    """One category of `postings`; without lines once everything in it has given way."""
    by_id = {payment.payment_id: payment for payment in payments}
    books = Books(dealer)
    day, memo = _day_and_memo(settlement, dealer)
    moved = [line for it in settlement.movements for line in movement_lines(it, by_id, books)]
    lines = (
        *(line for line in moved if _category_of(line) is category),
        *_part_lines(category, settlement, by_id, books),
    )
    named = reference(settlement.settlement_id, category, round_of(settlement, category))
    own = tuple(_without_own_day(line, day) for line in lines)
    return Posting(named, category, day, memo, settlement.currency, own)


def reference(settlement_id: SettlementId, category: PostingCategory, number: int) -> str:
    """A posting's reference in its round: it stands for one content for ever."""
    bare = f"{settlement_id}:{category}"
    return bare if number == 1 else f"{bare}:{number}"


def round_of(settlement: Settlement, category: PostingCategory) -> int:
    """The category's round, 1 before anything of it was ever reversed."""
    return next((row.round for row in settlement.postings if row.category is category), 1)


def reversed_posting(posting: Posting, number: int, at: datetime, dealer: Dealer) -> Posting:
    """The equal and opposite of what was posted in round `number`, dated the day it is made."""
    event_day = dealer_day(at, dealer.time_zone)
    day = spruce_day(event_day, dealer.books_closed_through)
    memo = f"Reversal of {posting.reference}"
    return replace(
        posting,
        reference=f"{posting.reference.removesuffix(f':{number}')}:reversed-{number}",
        day=day,
        memo=memo if day == event_day else f"{memo} of {event_day.isoformat()}",
        lines=tuple(replace(opposite(line), day=None) for line in posting.lines),
    )


def reversed_reference(name: str) -> str:
    """The reference of the posting that the reversal of this reference took back."""
    bare, _, number = name.rpartition(":reversed-")
    return bare if number == "1" else f"{bare}:{number}"


def planned(made: Iterable[Posting], *, settlement: Settlement) -> tuple[CategoryPosting, ...]:
    """The four categories as not yet posted; those without lines have nothing to post."""
    by_category = {posting.category: posting for posting in made}
    return tuple(
        _planned_row(by_category.get(category), category, settlement)
        for category in PostingCategory
    )


def _planned_row(
    posting: Posting | None, category: PostingCategory, settlement: Settlement
) -> CategoryPosting:
    number = round_of(settlement, category)
    if posting is None:
        named = reference(settlement.settlement_id, category, number)
        return CategoryPosting(category, PostingState.NOTHING, named, round=number)
    return CategoryPosting(
        category,
        PostingState.WAITING,
        posting.reference,
        lines=len(posting.lines),
        amount_cents=posting.debit_cents,
        round=number,
    )


def _day_and_memo(settlement: Settlement, dealer: Dealer) -> tuple[date, str]:
    event_day = dealer_day(settlement.created_at, dealer.time_zone)
    day = spruce_day(event_day, dealer.books_closed_through)
    memo = f"Settlement {settlement.settlement_id}"
    return day, memo if day == event_day else f"{memo} of {event_day.isoformat()}"


def _without_own_day(line: PostingLine, day: date) -> PostingLine:
    return replace(line, day=None) if line.day == day else line


def _category_of(line: PostingLine) -> PostingCategory:
    """Where a movement's line lies.

    What opens documents and credits is posted first and what pays credits out last, so that no
    document is asked for more than it has open, in whatever order a day's events fell.
    """
    if line.kind in OPENING:
        return PostingCategory.INVOICES
    return _CLOSING.get(line.kind, PostingCategory.CASH_AND_OTHER)


def _part_lines(
    category: PostingCategory,
    settlement: Settlement,
    payments: Mapping[PaymentId, Payment],
    books: Books,
) -> Iterator[PostingLine]:
    ordered = [payments[part.payment_id].settled for part in settlement.parts]
    if category is PostingCategory.CASH_AND_OTHER:
        yield from _cash_lines(settlement, ordered, books)
        return
    debits = category is PostingCategory.DEBIT_ADJUSTMENTS
    for payment in ordered:
        if category is PostingCategory.CREDIT_ADJUSTMENTS:
            yield from credit_lines(payment, books)
        else:
            yield from document_lines(payment, books, debits=debits)


def _cash_lines(
    settlement: Settlement, payments: Iterable[Payment], books: Books
) -> Iterator[PostingLine]:
    """The journal of the deposit: what its charges and movements put into Clearing leaves it."""
    gl = books.dealer.gl
    fee_income_cents = sum(payment.fee_cents for payment in payments)
    moved_cents = sum(movement.clearing_cents for movement in settlement.movements)
    cleared_cents = settlement.gross_cents - fee_income_cents + moved_cents
    kept_cents = settlement.fees_cents + settlement.adjustment_fees_cents
    yield from journal("Bank deposit", settlement.deposit_cents, gl.bank)
    yield from journal("Processing fees", kept_cents, gl.processing_fees)
    yield from journal("Chargeback fees", settlement.chargeback_fees_cents, gl.chargeback_fees)
    yield from journal("Clearing", -cleared_cents, gl.clearing)
    yield from journal("Payer fees", -fee_income_cents, gl.fee_income)
