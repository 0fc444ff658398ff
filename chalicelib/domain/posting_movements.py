"""The lines of a movement: what a refund, a return or a dispute does to documents and books."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chalicelib.domain.claims import Effect
from chalicelib.domain.ids import PayableId, PaymentId
from chalicelib.domain.movements import find_refund
from chalicelib.domain.payments import Payment
from chalicelib.domain.posting_lines import LineKind, PostingLine, opposite
from chalicelib.domain.posting_payments import Books
from chalicelib.domain.reversals import Reversal
from chalicelib.domain.settlements import Movement, MovementKind


def movement_lines(
    movement: Movement, payments: Mapping[PaymentId, Payment], books: Books
) -> Iterator[PostingLine]:
    """Balanced lines, dated the day the event happened; a fee or an adjustment has none."""
    for line in _undated(movement, payments, books):
        yield books.dated(line, movement.at)


def _undated(
    movement: Movement, payments: Mapping[PaymentId, Payment], books: Books
) -> Iterator[PostingLine]:
    gl = books.dealer.gl
    match movement.kind:
        case MovementKind.FAILED_PAYOUT:
            memo = f"Deposit {movement.source_id} failed"
            yield from journal(memo, movement.amount_cents, gl.clearing, gl.bank)
        case MovementKind.DISPUTE:
            memo = f"Dispute of {movement.number}"
            yield from journal(memo, -movement.amount_cents, gl.held_in_dispute, gl.clearing)
        case MovementKind.DISPUTE_REVERSAL:
            memo = f"Dispute of {movement.number} won"
            yield from journal(memo, movement.amount_cents, gl.clearing, gl.held_in_dispute)
        case MovementKind.FEE | MovementKind.ADJUSTMENT:
            return
        case _:
            yield from _taken_back(movement, payments, books)
    memo = f"Fee, {movement.number}"
    yield from journal(memo, movement.recorded_fee_cents, gl.chargeback_fees, gl.clearing)


def _taken_back(
    movement: Movement, payments: Mapping[PaymentId, Payment], books: Books
) -> Iterator[PostingLine]:
    if movement.payment_id is None:
        return
    payment = payments[movement.payment_id]
    reversal = reversal_of(movement, payment)
    if reversal is None:
        return
    is_lost = movement.kind is MovementKind.DISPUTE_LOST
    gl = books.dealer.gl
    lines = reversal_lines(
        payment, reversal, books, out_of=gl.held_in_dispute if is_lost else gl.clearing
    )
    if movement.kind is MovementKind.REFUND_FAILURE:
        lines = (opposite(line) for line in lines)
    yield from lines


def reversal_of(movement: Movement, payment: Payment) -> Reversal | None:
    """The stored facts of what the movement took back (or, of a failed refund, gave back)."""
    match movement.kind:
        case MovementKind.REFUND:
            refund = find_refund(payment, movement.source_id)
            return refund.reversal if refund else None
        case MovementKind.REFUND_FAILURE:
            refund = find_refund(payment, movement.source_id)
            return (refund.again or refund.reversal) if refund else None
        case MovementKind.RETURN:
            return payment.returned.reversal if payment.returned else None
        case MovementKind.DISPUTE_LOST:
            lost = (it for it in payment.disputes if it.dispute_id == movement.source_id)
            return next((it.reversal for it in lost), None)
        case _:
            return None


def reversal_lines(
    payment: Payment, reversal: Reversal, books: Books, *, out_of: str
) -> Iterator[PostingLine]:
    """`ledger_reversals.reversal_entry`, document by document; the money leaves `out_of`."""
    gl = books.dealer.gl
    bare = PostingLine(
        LineKind.JOURNAL, 0, customer=payment.account_id, check_number=reversal.number
    )
    for spent in reversal.spent:
        use = Effect(spent.credit_id, spent.amount_cents, spent.payable_id, is_unapplied=True)
        yield _credit_reversed(bare, use, spent.job_id, payment, books)
    for line in reversal.lines:
        document = replace(bare, document=_document(line.payable_id, payment), job=line.job_id)
        for kind, cents, account in (
            (LineKind.PAYMENT_REVERSED, line.cash_cents, out_of),
            (LineKind.DISCOUNT_REVERSED, line.discount_cents, gl.discounts_allowed),
        ):
            yield from _two_sided(document, kind, cents, gl.accounts_receivable, account)
    jobs = {line.payable_id: line.job_id for line in reversal.lines}
    for use in reversal.credits:
        if use.is_unapplied or not payment.is_on_balance:
            job = jobs.get(use.applied_to or PayableId(""), "")
            yield _credit_reversed(bare, use, job, payment, books)
    for use in reversal.consumed:
        paid_out = replace(bare, credit_document=use.payable_id)
        account = gl.unapplied_cash if use.is_unapplied else gl.accounts_receivable
        kind = LineKind.UNAPPLIED_REVERSED if use.is_unapplied else LineKind.CREDIT_PAID_OUT
        yield from _two_sided(paid_out, kind, use.amount_cents, account, out_of)
    surplus = replace(bare, credit_document=payment.number)
    yield from _two_sided(
        surplus, LineKind.UNAPPLIED_REVERSED, reversal.surplus_cents, gl.unapplied_cash, out_of
    )
    memo = f"Payer fee, {reversal.number}"
    yield from journal(memo, reversal.fee_income_cents, gl.fee_income, out_of)
    yield from journal(
        f"Refunded before, {reversal.number}", reversal.loss_cents, gl.returns, out_of
    )


def _credit_reversed(
    bare: PostingLine, use: Effect, job: str, payment: Payment, books: Books
) -> PostingLine:
    gl = books.dealer.gl
    document = use.applied_to or payment.lines[0].payable_id
    return replace(
        bare,
        kind=LineKind.CREDIT_REVERSED,
        amount_cents=use.amount_cents,
        debit_account=gl.accounts_receivable,
        credit_account=gl.unapplied_cash if use.is_unapplied else gl.accounts_receivable,
        job=job,
        document=_document(document, payment),
        credit_document=use.payable_id,
    )


def _document(payable_id: PayableId, payment: Payment) -> str:
    return "" if payment.is_on_balance else payable_id


def _two_sided(
    line: PostingLine, kind: LineKind, cents: int, debit: str, credit: str
) -> Iterable[PostingLine]:
    if cents:
        yield replace(
            line, kind=kind, amount_cents=cents, debit_account=debit, credit_account=credit
        )


def journal(memo: str, amount_cents: int, debit: str, credit: str = "") -> Iterator[PostingLine]:
    """A journal line; the other way round if it is negative, nothing if it is zero."""
    if amount_cents < 0:
        debit, credit, amount_cents = credit, debit, -amount_cents
    if amount_cents:
        yield PostingLine(
            LineKind.JOURNAL, amount_cents, debit_account=debit, credit_account=credit, memo=memo
        )
