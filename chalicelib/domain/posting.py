"""What a settlement writes to the dealer's ERP: one balanced posting per category.

The lines are shaped to docs/SPRUCE.md; sending them is the ERP gateway's work.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import PaymentId
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingState,
    Settlement,
)


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One line: `amount_cents` > 0 to `debit_account` and/or from `credit_account`.

    `kind` says what the ERP does with its documents: payment, discount, credit, unapplied or
    journal (docs/SPRUCE.md).
    """

    kind: str
    amount_cents: int
    debit_account: str = ""
    credit_account: str = ""
    customer: str = ""
    job: str = ""
    document: str = ""
    credit_document: str = ""
    check_number: str = ""
    memo: str = ""


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

    `payments` are those of `settlement.parts`. References are `<settlement>:<category>`, so the
    ERP takes each once; the lines depend on stored facts only and never on the moment.
    """
    by_id = {payment.payment_id: payment for payment in payments}
    day, memo = _day_and_memo(settlement, dealer)
    made = []
    for category in PostingCategory:
        lines = tuple(_lines(category, settlement, by_id, dealer))
        if lines:
            reference = f"{settlement.settlement_id}:{category}"
            made.append(Posting(reference, category, day, memo, settlement.currency, lines))
    return tuple(made)


def planned(made: Iterable[Posting], *, settlement: Settlement) -> tuple[CategoryPosting, ...]:
    """The four categories as not yet posted; those without lines have nothing to post."""
    by_category = {posting.category: posting for posting in made}
    rows = []
    for category in PostingCategory:
        reference = f"{settlement.settlement_id}:{category}"
        posting = by_category.get(category)
        if posting is None:
            rows.append(CategoryPosting(category, PostingState.NOTHING, reference))
            continue
        rows.append(
            CategoryPosting(
                category,
                PostingState.WAITING,
                reference,
                lines=len(posting.lines),
                amount_cents=posting.debit_cents,
            )
        )
    return tuple(rows)


def spruce_day(event_day: date, books_closed_through: str) -> date:
    """The event's day, or the first open day if the books are closed over it (ISO day or "")."""
    if not books_closed_through:
        return event_day
    closed = date.fromisoformat(books_closed_through)
    return event_day if event_day > closed else closed + timedelta(days=1)


def _day_and_memo(settlement: Settlement, dealer: Dealer) -> tuple[date, str]:
    event_day = dealer_day(settlement.created_at, dealer.time_zone)
    day = spruce_day(event_day, dealer.books_closed_through)
    memo = f"Settlement {settlement.settlement_id}"
    return day, memo if day == event_day else f"{memo} of {event_day.isoformat()}"


def _lines(
    category: PostingCategory,
    settlement: Settlement,
    payments: Mapping[PaymentId, Payment],
    dealer: Dealer,
) -> Iterator[PostingLine]:
    ordered = [payments[part.payment_id] for part in settlement.parts]
    if category is PostingCategory.CASH_AND_OTHER:
        yield from _cash_lines(settlement, ordered, dealer)
        return
    for payment in ordered:
        if category is PostingCategory.CREDIT_ADJUSTMENTS:
            yield from _credit_lines(payment, dealer)
        else:
            yield from _document_lines(category, payment, dealer)


def _document_lines(
    category: PostingCategory, payment: Payment, dealer: Dealer
) -> Iterator[PostingLine]:
    for line in payment.lines:
        is_debit = line.kind is PayableKind.DEBIT
        if is_debit is not (category is PostingCategory.DEBIT_ADJUSTMENTS):
            continue
        applied = PostingLine(
            "payment",
            line.cash_cents,
            debit_account=dealer.gl.clearing,
            credit_account=dealer.gl.accounts_receivable,
            customer=payment.account_id,
            job=line.job_id,
            document=line.payable_id,
            check_number=payment.number,
        )
        if line.cash_cents:
            yield applied
        if line.discount_cents:
            yield replace(
                applied,
                kind="discount",
                amount_cents=line.discount_cents,
                debit_account=dealer.gl.discounts_allowed,
            )


def _credit_lines(payment: Payment, dealer: Dealer) -> Iterator[PostingLine]:
    jobs = {line.payable_id: line.job_id for line in payment.lines}
    for use in payment.credits_used:
        document = use.applied_to or payment.lines[0].payable_id
        yield PostingLine(
            "credit",
            use.amount_cents,
            debit_account=dealer.gl.accounts_receivable,
            credit_account=dealer.gl.accounts_receivable,
            customer=payment.account_id,
            job=jobs.get(document, ""),
            document=document,
            credit_document=use.payable_id,
            check_number=payment.number,
        )


def _cash_lines(
    settlement: Settlement, payments: Iterable[Payment], dealer: Dealer
) -> Iterator[PostingLine]:
    cleared_cents = 0
    fee_income_cents = 0
    for payment in payments:
        cleared_cents += sum(line.cash_cents for line in payment.lines)
        fee_income_cents += payment.fee_cents
        if payment.surplus_cents:
            yield PostingLine(
                "unapplied",
                payment.surplus_cents,
                credit_account=dealer.gl.unapplied_cash,
                customer=payment.account_id,
                check_number=payment.number,
            )
    # Money taken back in this payout has entries of its own; what remains is still in Clearing.
    taken_back_cents = settlement.gross_cents - settlement.fees_cents - settlement.deposit_cents
    yield from _journal("Bank deposit", settlement.deposit_cents, dealer.gl.bank)
    yield from _journal("Processing fees", settlement.fees_cents, dealer.gl.processing_fees)
    yield from _journal("Taken back", taken_back_cents, dealer.gl.clearing)
    yield from _journal("Clearing", -cleared_cents, dealer.gl.clearing)
    yield from _journal("Payer fees", -fee_income_cents, dealer.gl.fee_income)


def _journal(memo: str, amount_cents: int, account: str) -> Iterator[PostingLine]:
    """A debit of the amount; a credit if it is negative, nothing if it is zero."""
    if amount_cents > 0:
        yield PostingLine("journal", amount_cents, debit_account=account, memo=memo)
    elif amount_cents < 0:
        yield PostingLine("journal", -amount_cents, credit_account=account, memo=memo)
