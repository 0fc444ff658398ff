"""A settlement as CSV: what a person enters in Spruce by hand, and its summary."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import Conflict
from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.manual_posting import (
    ManualFile,
    by_hand,
    entry_rows,
    journal_rows,
    reversal_rows,
)
from chalicelib.domain.payments import Payment
from chalicelib.domain.posting import Posting
from chalicelib.domain.settlements import Settlement
from chalicelib.rendering.csv_files import csv_text, decimal_text
from chalicelib.services.post_settlement import frozen_posting
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.settlement_payments import payments_of
from chalicelib.storage.settlements import get_settlement

Cells = tuple[str, ...]

# Spruce's payment entry: Customer, JobID, CheckNum, CheckAmount, Apply DocId, and two of ours.
ENTRY_COLUMNS: Cells = (
    "account_id",
    "job_id",
    "payment_id",
    "payment_amount",
    "document_id",
    "document_type",
    "applied_document_id",
)
REVERSAL_COLUMNS: Cells = (
    "date",
    "what",
    "account_id",
    "job_id",
    "payment_id",
    "amount",
    "document_id",
    "credit_id",
    "debit_gl_account",
    "credit_gl_account",
)
JOURNAL_COLUMNS: Cells = ("date", "gl_account", "debit", "credit", "memo")
SUMMARY_COLUMNS = (
    "line", "name", "account_id", "amount", "fee", "net", "credits", "discount", "state", "at", "by"
)  # fmt: skip


def manual_posting_csv(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
    *,
    settlement_id: SettlementId,
    file: ManualFile,
    with_header: bool = True,
) -> str:
    """One file of a settlement that is posted by hand; the same bytes however often it is asked.

    Raises NotFound, Conflict before Manual post is chosen.
    """
    settlement = get_settlement(dealer_id, settlement_id)
    if settlement.manual_at is None:
        raise Conflict("Choose Manual post first; then its files can be downloaded.")
    dealer = get_dealer(dealer_id)
    postings = [frozen_posting(dealer, settlement, category) for category in by_hand(settlement)]
    columns, rows = ENTRY_COLUMNS, _entries(postings, file)
    if file is ManualFile.JOURNAL:
        columns, rows = JOURNAL_COLUMNS, _journal(postings)
    elif file is ManualFile.REVERSALS:
        columns, rows = REVERSAL_COLUMNS, _reversals(postings)
    return csv_text(columns if with_header else (), rows)


def _entries(postings: Iterable[Posting], file: ManualFile) -> Iterator[Cells]:
    for row in entry_rows(postings, file):
        yield (
            row.account_id,
            row.job_id,
            row.payment_id,
            decimal_text(row.payment_cents),
            row.document_id,
            row.document_type,
            row.applied_document_id,
        )


def _reversals(postings: Iterable[Posting]) -> Iterator[Cells]:
    for row in reversal_rows(postings):
        yield (
            row.day.isoformat(),
            row.what,
            row.account_id,
            row.job_id,
            row.payment_id,
            decimal_text(row.amount_cents),
            row.document_id,
            row.credit_id,
            row.debit_account,
            row.credit_account,
        )


def _journal(postings: Iterable[Posting]) -> Iterator[Cells]:
    for row in journal_rows(postings):
        debit, credit = (
            decimal_text(cents) if cents else "" for cents in (row.debit_cents, row.credit_cents)
        )
        yield row.day.isoformat(), row.account, debit, credit, row.memo


def settlement_summary_csv(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
    *,
    settlement_id: SettlementId,
) -> str:
    """Proof, categories with times and persons, reversals, payments, movements. Raises NotFound.

    Times are ISO in the dealer's zone.
    """
    dealer = get_dealer(dealer_id)
    settlement = get_settlement(dealer_id, settlement_id)
    rows = [
        *_proof(settlement),
        *_categories(settlement, dealer),
        *_payments(settlement, payments_of(settlement), dealer),
        *_movements(settlement, dealer),
    ]
    return csv_text(SUMMARY_COLUMNS, rows)


def _proof(settlement: Settlement) -> Iterator[Cells]:
    lines = (
        ("gross", settlement.gross_cents),
        ("fees", -settlement.fees_cents),
        ("refunds", -settlement.refunds_cents),
        ("returns", -settlement.returns_cents),
        ("disputes", -settlement.disputes_cents),
        ("adjustments", settlement.adjustments_cents),
        ("deposit", settlement.deposit_cents),
        ("difference", settlement.difference_cents),
    )
    for name, cents in lines:
        yield _line("proof", name, amount=decimal_text(cents))


def _categories(settlement: Settlement, dealer: Dealer) -> Iterator[Cells]:
    for row in settlement.postings:
        yield _line(
            "category",
            row.category,
            amount=decimal_text(row.amount_cents),
            state=row.state,
            at=_zoned(dealer, row.posted_at),
            by=row.recorded_by,
        )
    for reversal in settlement.reversals:
        yield _line("reversed", reversal.reason, at=_zoned(dealer, reversal.at), by=reversal.by)
    if settlement.resolved_at:
        at, by = _zoned(dealer, settlement.resolved_at), settlement.resolved_by
        yield _line("resolved", settlement.resolved_reason, at=at, by=by)


def _payments(
    settlement: Settlement, payments: tuple[Payment, ...], dealer: Dealer
) -> Iterator[Cells]:
    for part, payment in zip(settlement.parts, payments, strict=True):
        yield _line(
            "payment",
            part.number,
            account_id=part.account_id,
            amount=decimal_text(part.gross_cents),
            fee=decimal_text(part.fee_cents),
            net=decimal_text(part.net_cents),
            credits=decimal_text(payment.credits_cents),
            discount=decimal_text(payment.discount_cents),
            state=payment.status,
            at=_zoned(dealer, payment.settled_at),
        )


def _movements(settlement: Settlement, dealer: Dealer) -> Iterator[Cells]:
    for movement in settlement.movements:
        yield _line(
            movement.kind,
            movement.number or movement.source_id or movement.transaction_id,
            account_id=movement.account_id,
            amount=decimal_text(movement.amount_cents),
            fee=decimal_text(movement.fee_cents),
            net=decimal_text(movement.net_cents),
            state=movement.transaction_id,
            at=_zoned(dealer, movement.at),
        )


def _line(line: str, name: str, **cells: str) -> Cells:
    return line, name, *(cells.get(column, "") for column in SUMMARY_COLUMNS[2:])


def _zoned(dealer: Dealer, at: datetime | None) -> str:
    return at.astimezone(ZoneInfo(dealer.time_zone)).isoformat(timespec="seconds") if at else ""
