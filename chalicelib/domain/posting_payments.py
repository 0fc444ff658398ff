"""The lines of a payment: what it pays, discounts and credits document by document."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.payments import Payment
from chalicelib.domain.posting_lines import LineKind, PostingLine, spruce_day


@dataclass(frozen=True, slots=True)
class Books:
    """The dealer's GL numbers and open days, by which an event's lines are dated."""

    dealer: Dealer

    def dated(self, line: PostingLine, at: datetime | None) -> PostingLine:
        """The line on the day of `at`; a closed day's goes to the first open one and says so."""
        if at is None:
            return line
        event_day = dealer_day(at, self.dealer.time_zone)
        day = spruce_day(event_day, self.dealer.books_closed_through)
        if day == event_day:
            return replace(line, day=day)
        return replace(line, day=day, memo=f"{line.memo} of {event_day.isoformat()}".strip())


def document_lines(payment: Payment, books: Books, *, debits: bool) -> Iterator[PostingLine]:
    """Cash and discount on each invoice (or debit adjustment); a surplus as a credit.

    The surplus is a credit document named like the payment. It lies with the invoices; what of it
    a debit adjustment no longer took lies with the debits, as its clearing does.
    """
    gl = books.dealer.gl
    paid = PostingLine(
        LineKind.PAYMENT,
        0,
        debit_account=gl.clearing,
        credit_account=gl.accounts_receivable,
        customer=payment.account_id,
        check_number=payment.number,
    )
    discounted = replace(paid, kind=LineKind.DISCOUNT, debit_account=gl.discounts_allowed)
    for line in payment.lines:
        if (line.kind is PayableKind.DEBIT) is not debits:
            continue
        document = "" if payment.is_on_balance else line.payable_id
        for bare, cents in ((paid, line.cash_cents), (discounted, line.discount_cents)):
            if cents:
                own = replace(bare, amount_cents=cents, job=line.job_id, document=document)
                yield books.dated(own, payment.settled_at)
    surplus_cents = _surplus_cents(payment, debits=debits)
    if surplus_cents:
        unapplied = replace(
            paid,
            kind=LineKind.UNAPPLIED,
            amount_cents=surplus_cents,
            credit_account=gl.unapplied_cash,
            credit_document=payment.number,
        )
        yield books.dated(unapplied, payment.settled_at)


def _surplus_cents(payment: Payment, *, debits: bool) -> int:
    of_debits = sum(it.cash_cents for it in payment.excess if it.kind is PayableKind.DEBIT)
    return of_debits if debits else payment.surplus_cents - of_debits


def credit_lines(payment: Payment, books: Books) -> Iterator[PostingLine]:
    """Each credit used on a document; cash on account is debited to the unapplied cash.

    An account that is paid by its balance has no documents to apply a credit of the ERP to.
    """
    gl = books.dealer.gl
    jobs = {line.payable_id: line.job_id for line in payment.lines}
    for use in payment.credits_used:
        if payment.is_on_balance and not use.is_unapplied:
            continue
        document = use.applied_to or payment.lines[0].payable_id
        line = PostingLine(
            LineKind.CREDIT,
            use.amount_cents,
            debit_account=gl.unapplied_cash if use.is_unapplied else gl.accounts_receivable,
            credit_account=gl.accounts_receivable,
            customer=payment.account_id,
            job=jobs.get(document, ""),
            document="" if payment.is_on_balance else document,
            credit_document=use.payable_id,
            check_number=payment.number,
        )
        yield books.dated(line, payment.settled_at)
