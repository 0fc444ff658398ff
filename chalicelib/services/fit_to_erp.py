"""A document was paid at the counter between settling and posting: the excess goes on account.

What is written comes from what the ERP has open now and what is stored now, so a crash anywhere
leaves nothing to be undone: the next try asks the ERP again.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import PayableId, PaymentId
from chalicelib.domain.ledger import Line, balance, debit, entry, reversed_entry, settled_entry
from chalicelib.domain.overpaid import applied_claim, fitted, without_credit
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.payments import AsSettled, Excess, Payment
from chalicelib.domain.posting import Posting, posting_of
from chalicelib.domain.posting_lines import OPENING
from chalicelib.domain.quotes import QuoteLine
from chalicelib.domain.settlements import PostingCategory, PostingState, Settlement
from chalicelib.gateways.erp import ErpRefused
from chalicelib.services.date_claims import event_of, posted_events
from chalicelib.services.overpaid_words import excess_words, overpaid_notice
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.tell_payer import CREDIT_GONE, OVERPAID, tell_payer
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.accounts import AccountState, get_state, header_put
from chalicelib.storage.claims import claim_change
from chalicelib.storage.later_due import later_due_put
from chalicelib.storage.ledger import line_puts
from chalicelib.storage.notices import notice_put
from chalicelib.storage.payments import payment_puts
from chalicelib.storage.roster import get_head, row_put
from chalicelib.storage.settlement_payments import payments_behind
from chalicelib.storage.transactions import Write, WritesRefused, transact

_KINDS = {
    PostingCategory.INVOICES: PayableKind.INVOICE,
    PostingCategory.DEBIT_ADJUSTMENTS: PayableKind.DEBIT,
}


@dataclass(frozen=True, slots=True)
class _Over:
    """By how many cents a posting takes more off a document than is open on it."""

    document: PayableId
    cents: int
    category: PostingCategory
    posted: tuple[PayableKind, ...]  # Kinds whose cash the ERP has already.


def fit_to_erp(
    world: World, dealer: Dealer, settlement: Settlement, posting: Posting, refusal: ErpRefused
) -> bool:
    """Make the settlement's payments fit what is open on the document the ERP named.

    True if posting may be tried again; False if nothing of ours can give way. Raises ErpRefused if
    the document is opened by something that is not posted yet, and what the ERP's adapter does.
    """
    document = PayableId(refusal.document)
    open_cents = world.erp.open_cents(dealer, document)
    if world.erp.find(dealer, posting):
        return True  # Somebody else's try was taken meanwhile, so what is open now counts it.
    behind = payments_behind(settlement)
    # Of the payments as they are now: another run may have made them fit since this was sent.
    asked_cents = _asked_cents(posting_of(posting.category, settlement, behind, dealer), document)
    if asked_cents <= open_cents:
        return True
    over = _Over(
        document, asked_cents - open_cents, posting.category, _posted_kinds(settlement)
    )  # fmt: skip
    _refuse_if_opened(settlement, posting, document, behind)
    for payment in reversed(behind[: len(settlement.parts)]):
        if over.cents:
            over = replace(over, cents=over.cents - _fit(world, dealer, payment, over))
    return over.cents == 0


def _refuse_if_opened(
    settlement: Settlement,
    posting: Posting,
    document: PayableId,
    behind: tuple[Payment, ...],
) -> None:
    """A document that our own event opens is not paid elsewhere: its posting comes first.

    Unless that takes back cash on account which only this settlement brings: it waits for us.
    """
    own = _opened_before(settlement, posting, behind)
    waited_for = {it.payment_id for it in behind[: len(settlement.parts)] if it.surplus_cents}
    opened: Counter[str] = Counter()
    for account_id in {it.account_id for it in behind if document in _documents(it)}:
        for claim in get_state(settlement.dealer_id, account_id).claims:
            is_ours = (claim.payment_id, event_of(claim)) in own or claim.payment_id in waited_for
            if claim.event and not claim.posted_at and not is_ours:
                opened[claim.number] += _opened_cents(claim, document)
    waiting = sorted(number for number, cents in opened.items() if cents > 0)
    if waiting:
        raise ErpRefused(
            f"Document {document} is opened again by {', '.join(waiting)}, which is not "
            "posted yet. Post the settlement that carries it first."
        )


def _opened_cents(claim: Claim, document: PayableId) -> int:
    """By how much a later event opens a document; below zero if it takes that back again."""
    cents = sum(it.amount_cents for it in claim.effects if it.payable_id == document)
    return cents if claim.state is ClaimState.REVERSED else -cents


def _opened_before(
    settlement: Settlement, posting: Posting, payments: Iterable[Payment]
) -> set[tuple[PaymentId, str]]:
    """Events whose documents this posting, or one the ERP has already, has opened."""
    first = PostingCategory.INVOICES
    rows = {row.category: row.state for row in settlement.postings}
    if posting.category is not first and rows.get(first) is not PostingState.POSTED:
        return set()
    return {(it.payment_id, event) for it in payments for event in posted_events(settlement, it)}


def _documents(payment: Payment) -> set[str]:
    """What the payment paid and used when it was settled, and the credit of its surplus."""
    settled = payment.settled
    used = {effect.payable_id for effect in settled.credits_used}
    return {line.payable_id for line in settled.lines} | used | {payment.number}


def _asked_cents(posting: Posting, document: PayableId) -> int:
    return sum(
        -line.amount_cents if line.kind in OPENING else line.amount_cents
        for line in posting.lines
        if document in (line.document, line.credit_document)
    )


def _posted_kinds(settlement: Settlement) -> tuple[PayableKind, ...]:
    done = {row.category for row in settlement.postings if row.state is PostingState.POSTED}
    return tuple(kind for category, kind in _KINDS.items() if category in done)


def _fit(world: World, dealer: Dealer, payment: Payment, over: _Over) -> int:
    """The cents by which this payment gave way; 0 if it can't."""
    cents, fit, excess = _given_way(payment, over)
    if not cents:
        return 0
    state = get_state(payment.dealer_id, payment.account_id)
    late = tuple(replace(item, is_late=True) for item in excess)
    fit = replace(fit, excess=(*payment.excess, *late))
    if payment.as_settled is not None:
        _, was, same = _given_way(payment.settled, replace(over, cents=cents))
        if same != excess:
            return 0  # The refund that failed had fitted the same document: a person decides.
        before = payment.as_settled.excess
        kept = AsSettled(was.lines, was.credits_used, was.surplus_cents, (*before, *late))
        fit = replace(fit, as_settled=kept)
    try:
        transact(_writes(dealer, payment, fit, state, world.clock.now()), token=uuid4().hex)
    except WritesRefused as error:
        raise TryAgain("The payment is being changed by something else.") from error
    with suppress(Exception):  # The sweep tells the payer if the queue does not answer now.
        tell_overpaid(world, fit)
    return cents


def _given_way(payment: Payment, over: _Over) -> tuple[int, Payment, tuple[Excess, ...]]:
    """By how many cents the payment can give way, the payment then, and what no longer fits."""
    line = next((it for it in payment.lines if it.payable_id == over.document), None)
    if line is None:
        fit, excess = without_credit(payment, over.document, over.cents)
        return sum(item.credit_cents for item in excess), fit, excess
    in_credits = over.category is PostingCategory.CREDIT_ADJUSTMENTS
    most = line.credit_cents if in_credits else line.cash_cents + line.discount_cents
    cents = min(over.cents, most)
    room = {over.document: line.allocation_cents - cents}
    return cents, *fitted(payment, room, posted=_fixed(over, line, in_credits=in_credits))


def tell_overpaid(world: World, payment: Payment) -> datetime | None:
    """Tell the payer what is kept on account since posting; of the sweep over later events."""
    late = [item for item in payment.excess if item.is_late]
    if any(not item.gone_credit for item in late):
        tell_payer(world, payment, OVERPAID)
    if any(item.gone_credit for item in late):
        tell_payer(world, payment, CREDIT_GONE)
    return None


def _fixed(over: _Over, line: QuoteLine, *, in_credits: bool) -> tuple[PayableKind, ...]:
    return (line.kind,) if in_credits else over.posted


def _writes(
    dealer: Dealer, before: Payment, fit: Payment, state: AccountState, now: datetime
) -> list[Write]:
    """Payment, claim, ledger and totals together, with the operators' notice."""
    dealer_id, excess = dealer.dealer_id, fit.excess[len(before.excess) :]
    where = dealer_id, fit.account_id
    claims = [claim for claim in state.claims if claim.key == (fit.payment_id, "")]
    changed = [_changed(claim, fit) for claim in claims]
    others = (claim for claim in state.claims if claim not in claims)
    header = refreshed(
        state.account.raised(),
        payables=state.paged,
        claims=(*changed, *others),  # Of what two claims bring, the first one's counts.
        dealer=dealer,
        today=dealer_day(now, dealer.time_zone),
        curve=get_head(dealer_id).curve,
    )
    detail = excess_words(excess)
    return [
        *payment_puts(fit, name="overpaid", at=now, source="erp", detail=detail),
        *line_puts(
            dealer_id,
            partition=keys.payment_log(dealer_id, fit.payment_id),
            event_key=f"overpaid#{before.version}",
            lines=_difference(before, fit),
            at=fit.settled_at or now,
        ),
        header_put(header, expected_version=state.account.money_version),
        *(claim_change(*where, old, new) for old, new in zip(claims, changed, strict=True)),
        row_put(header),
        notice_put(dealer_id, overpaid_notice(fit, excess, now)),
        later_due_put(fit, now),
    ]


def _changed(claim: Claim, fit: Payment) -> Claim:
    """The payment's claim with what it takes now; what an import has taken off it stays off."""
    whole = applied_claim(fit.settled, fit.settled_at or fit.submitted_at)
    held = {(effect.payable_id, effect.applied_to) for effect in claim.effects}
    effects = tuple(it for it in whole.effects if (it.payable_id, it.applied_to) in held)
    return replace(claim, effects=effects, brings=whole.brings)


def _difference(before: Payment, after: Payment) -> tuple[Line, ...]:
    """What settling would have written now, less what it wrote."""
    sums = balance((*settled_entry(after), *reversed_entry(settled_entry(before))))
    tag = after.payment_id
    return entry(*(debit(account, cents, tag, "paid elsewhere") for account, cents in sums.items()))
