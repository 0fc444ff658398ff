"""Posting by hand: what a person enters in Spruce, as rows of its payment-entry layout.

The rows come from the very postings that posting automatically would send (posting.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.posting import Posting
from chalicelib.domain.posting_lines import LineKind, PostingLine
from chalicelib.domain.settlements import (
    CategoryPosting,
    PostingCategory,
    PostingState,
    Settlement,
)


class ManualFile(StrEnum):
    """One download each: Spruce takes payments by upload, everything else is entered by hand."""

    PAYMENTS = "payments"
    CREDITS = "credits"
    DISCOUNTS = "discounts"
    REVERSALS = "reversals"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One row of Spruce's payment entry; Customer, JobID, CheckNum, CheckAmount, Apply DocId."""

    account_id: str
    job_id: str
    payment_id: str
    payment_cents: int
    document_id: str
    document_type: str
    applied_document_id: str


@dataclass(frozen=True, slots=True)
class ReversalRow:
    """One row of what is taken back or given back, entered line by line; `what` in words."""

    day: date
    what: str
    account_id: str
    job_id: str
    payment_id: str
    amount_cents: int
    document_id: str
    credit_id: str
    debit_account: str
    credit_account: str


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One side of a journal line; exactly one of debit and credit is above zero."""

    day: date
    account: str
    debit_cents: int
    credit_cents: int
    memo: str


_DOCUMENT_TYPES = {
    PostingCategory.INVOICES: "invoice",
    PostingCategory.DEBIT_ADJUSTMENTS: "debit_adjustment",
}
_LINE_KINDS = {
    ManualFile.PAYMENTS: (LineKind.PAYMENT, LineKind.UNAPPLIED),
    ManualFile.CREDITS: (LineKind.CREDIT,),
    ManualFile.DISCOUNTS: (LineKind.DISCOUNT,),
}
_REVERSALS = {
    LineKind.PAYMENT_REVERSED: "payment taken back: the document is open again",
    LineKind.DISCOUNT_REVERSED: "discount taken back: the document is open again",
    LineKind.CREDIT_REVERSED: "credit no longer applied: document and credit are open again",
    LineKind.UNAPPLIED_REVERSED: "cash on account paid out",
    LineKind.CREDIT_PAID_OUT: "open credit paid out",
    LineKind.CREDIT_PAID_OUT_REVERSED: "credit is open again: its payout came back",
}


def by_hand(settlement: Settlement) -> tuple[PostingCategory, ...]:
    """The categories a person posts: all but those Spruce already took from us."""
    return tuple(row.category for row in settlement.postings if is_for_hands(row))


def is_for_hands(row: CategoryPosting) -> bool:
    """False for an empty category and for one posted automatically."""
    if row.state is PostingState.NOTHING:
        return False
    done = (PostingState.POSTED, PostingState.REVERSING)
    return row.state not in done or bool(row.recorded_by)


def entry_rows(postings: Iterable[Posting], file: ManualFile) -> Iterator[EntryRow]:
    """The rows of a payments, credits or discounts file, in the order of the postings.

    payments: cash per payment × document, and cash on account without a document. credits: the
    credit as document, what it is used on as applied document. discounts: the same with the
    invoice as both.
    """
    for posting in postings:
        for line in posting.lines:
            if line.kind in _LINE_KINDS[file]:
                yield _entry_row(posting.category, line)


def reversal_rows(postings: Iterable[Posting]) -> Iterator[ReversalRow]:
    """What is undone of earlier payments, each on the day it happened."""
    for posting in postings:
        for line in posting.lines:
            if line.kind in _REVERSALS:
                yield ReversalRow(
                    day=line.day or posting.day,
                    what=_REVERSALS[line.kind],
                    account_id=line.customer,
                    job_id=line.job,
                    payment_id=line.check_number,
                    amount_cents=line.amount_cents,
                    document_id=line.document,
                    credit_id=line.credit_document,
                    debit_account=line.debit_account,
                    credit_account=line.credit_account,
                )


def journal_rows(postings: Iterable[Posting]) -> Iterator[JournalRow]:
    """The journal, a row for each side of each line."""
    for posting in postings:
        for line in posting.lines:
            if line.kind is LineKind.JOURNAL:
                yield from _sides(line, line.day or posting.day)


def _sides(line: PostingLine, day: date) -> Iterator[JournalRow]:
    if line.debit_account:
        yield JournalRow(day, line.debit_account, line.amount_cents, 0, line.memo)
    if line.credit_account:
        yield JournalRow(day, line.credit_account, 0, line.amount_cents, line.memo)


def _entry_row(category: PostingCategory, line: PostingLine) -> EntryRow:
    document, applied, kind = line.document, "", _DOCUMENT_TYPES.get(category, "on_account")
    if line.kind is LineKind.UNAPPLIED or not line.document:
        kind = "on_account"
    if line.kind is LineKind.CREDIT:
        document, applied, kind = line.credit_document, line.document, "credit_adjustment"
    elif line.kind is LineKind.DISCOUNT:
        applied, kind = line.document, "discount"
    return EntryRow(
        account_id=line.customer,
        job_id=line.job,
        payment_id=line.check_number,
        payment_cents=line.amount_cents,
        document_id=document,
        document_type=kind,
        applied_document_id=applied,
    )


def recorded_moment(
    typed: str, time_zone: str, *, since: datetime, now: datetime, field: str
) -> datetime:
    """The moment "2026-11-24T14:05" stands for in the dealer's zone, as UTC.

    A minute counts at its end, and an hour that comes twice as the later one: an ERP extract is
    taken to hold the posting only when it surely does (money.md, What is owed). Raises
    InvalidInput naming `field` for other words, the future, or before `since`.
    """
    try:
        typed.encode("ascii")  # strptime would take the digits of any script.
        minute = datetime.strptime(typed, "%Y-%m-%dT%H:%M").replace(tzinfo=ZoneInfo(time_zone))
    except ValueError as error:
        raise _refused("Type a day and a time.", field) from error
    if minute.astimezone(UTC) > now:
        raise _refused("This time has not come yet.", field)
    latest = minute.replace(fold=1).astimezone(UTC) + timedelta(seconds=59)
    if latest < since:
        raise _refused("This is before Manual post was chosen.", field)
    return min(latest, now)


def _refused(sentence: str, field: str) -> InvalidInput:
    return InvalidInput(sentence, {field: sentence})
