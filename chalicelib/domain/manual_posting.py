"""Posting by hand: what a person enters in Spruce, as rows of its payment-entry layout.

The rows come from the very postings that posting automatically would send (posting.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.posting import Posting, PostingLine
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


_DOCUMENT_TYPES = {
    PostingCategory.INVOICES: "invoice",
    PostingCategory.DEBIT_ADJUSTMENTS: "debit_adjustment",
}
_LINE_KINDS = {
    ManualFile.PAYMENTS: ("payment", "unapplied"),
    ManualFile.CREDITS: ("credit",),
    ManualFile.DISCOUNTS: ("discount",),
    ManualFile.JOURNAL: ("journal",),
}


def by_hand(settlement: Settlement) -> tuple[PostingCategory, ...]:
    """The categories a person posts: all but those Spruce already took from us."""
    return tuple(row.category for row in settlement.postings if is_for_hands(row))


def is_for_hands(row: CategoryPosting) -> bool:
    """False for an empty category and for one posted automatically."""
    if row.state is PostingState.NOTHING:
        return False
    return row.state is not PostingState.POSTED or bool(row.recorded_by)


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


def journal_lines(postings: Iterable[Posting]) -> Iterator[tuple[Posting, PostingLine]]:
    """The journal's lines with the posting that dates them."""
    for posting in postings:
        for line in posting.lines:
            if line.kind in _LINE_KINDS[ManualFile.JOURNAL]:
                yield posting, line


def _entry_row(category: PostingCategory, line: PostingLine) -> EntryRow:
    document, applied, kind = line.document, "", _DOCUMENT_TYPES.get(category, "on_account")
    if line.kind == "credit":
        document, applied, kind = line.credit_document, line.document, "credit_adjustment"
    elif line.kind == "discount":
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
