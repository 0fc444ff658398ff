"""One later event of a payment – refund, return, dispute – in one transaction, once.

The payment with its event, the ledger entry, what the account owes again, the header with its
priority, the operators' notice and the mark that keeps the sweep at it until everybody is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState, with_brought
from chalicelib.domain.days import dealer_day
from chalicelib.domain.duties import AFTER, Written, check_duties
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.ledger import Line
from chalicelib.domain.lifecycle import Duty, Event, status_after, what_follows
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.payments import Payment
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.accounts import AccountState, get_state, header_put, log_put
from chalicelib.storage.claims import claim_change, claim_put, claim_removal
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.later_due import later_due_put
from chalicelib.storage.ledger import line_puts
from chalicelib.storage.notices import notice_put, notice_removal
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.roster import get_head, row_put
from chalicelib.storage.transactions import OutcomeUnknown, Write, WritesRefused, transact

TRIES = 8
A_STEP = frozenset({Duty.WATCH})  # What is on its way is looked at until it is decided.


@dataclass(frozen=True, slots=True)
class OtherChange:
    """Another payment of the account that changes with it: its use of the surplus is undone."""

    payment: Payment
    name: str
    detail: str
    claim: Claim | None = None  # What it holds from now on, if it is still under way.


@dataclass(frozen=True, slots=True)
class LaterEvent:
    """What one event makes of a payment; `mark` is its name for ever, so it is written once.

    `happened` is what it is to the lifecycle, which then gives the status and asks what must be
    written with it; None for a step on the way, as asking for a refund.
    """

    payment: Payment  # As it is afterwards, with the version it was read at.
    happened: Event | None
    name: str
    mark: str
    at: datetime  # When it happened, business time: the entry's day.
    source: str
    detail: str = ""
    lines: tuple[Line, ...] = ()
    claims: tuple[Claim, ...] = ()
    ended: tuple[str, ...] = ()  # The payment's claims that end with it, by their event.
    others: tuple[OtherChange, ...] = ()
    notice: Notice | None = None
    loss_notice: Notice | None = None  # Money went out twice.
    settles: NoticeKind | None = None  # The notice about this payment that it deals with.
    activity: str = ""  # One line in the account's activity.


def record_later(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    payment_id: PaymentId,
    make: Callable[[Payment, AccountState], LaterEvent | None],
) -> Payment:
    """Write what `make` makes of the payment and account as they are; None writes nothing.

    It is asked again whenever something moved meanwhile, so it must see for itself whether the
    event is written already. What is nothing to the lifecycle where the payment is writes nothing
    either. Returns the payment as stored. Raises TryAgain, DutyNeglected, and what `make` does.
    """
    for _ in range(TRIES):
        payment = get_payment(dealer_id, account_id, payment_id)
        state = get_state(dealer_id, account_id)
        event = make(payment, state)
        led = None if event is None else _led(payment, event)
        if led is None:
            return payment
        try:
            transact(_writes(world, *led, state), token=uuid4().hex)
        except (WritesRefused, OutcomeUnknown):
            continue  # The payment as stored says what happened.
    raise TryAgain("The account is busy. Please try again.")


def _led(before: Payment, event: LaterEvent) -> tuple[LaterEvent, frozenset[Duty]] | None:
    """The event with the status the table gives and its duties; None if it is nothing there."""
    if event.happened is None:
        return event, A_STEP
    coming, status = what_follows(before, event.happened), status_after(before, event.happened)
    if coming is None or status is None:
        return None
    written = Written(event.lines or None, event.claims, tells_operator=event.notice is not None)
    check_duties(event.happened, coming, written)
    return replace(event, payment=replace(event.payment, status=status)), coming.duties


def _writes(
    world: World, event: LaterEvent, duties: frozenset[Duty], state: AccountState
) -> list[Write]:
    payment = event.payment
    writes: list[Write] = [
        *payment_puts(
            payment,
            name=event.name,
            at=event.at,
            source=event.source,
            detail=event.detail,
            processor_event_id=event.mark,
        ),
        *line_puts(
            payment.dealer_id,
            partition=keys.payment_log(payment.dealer_id, payment.payment_id),
            event_key=event.mark,
            lines=event.lines,
            at=event.at,
        ),
    ]
    if duties & AFTER:
        writes.append(later_due_put(payment, world.clock.now()))
    for other in event.others:
        writes += payment_puts(
            other.payment, name=other.name, at=event.at, source=event.source, detail=other.detail
        )
    for notice in filter(None, (event.notice, event.loss_notice)):
        writes.append(notice_put(payment.dealer_id, notice))
    if event.settles is not None:
        writes.append(notice_removal(payment.dealer_id, event.settles, payment.number))
    if event.activity:
        where = (payment.dealer_id, payment.account_id)
        writes.append(log_put(*where, event.at, event.source, event.activity))
    ranks = Duty.RANK in duties
    if event.claims or event.ended or ranks:
        writes += _account_writes(world, event, state, ranks=ranks)
    return writes


def _account_writes(
    world: World, event: LaterEvent, state: AccountState, *, ranks: bool
) -> list[Write]:
    payment = event.payment
    payments = (payment, *(other.payment for other in event.others))
    claims = tuple(bringing(claim, state, payments) for claim in event.claims)
    account = state.account
    if ranks:  # For 90 days.
        account = replace(account, returned_at=event.at)
    over = {(payment.payment_id, name) for name in event.ended}
    kept = tuple(claim for claim in state.claims if claim.key not in over)
    changed = {other.claim.key: other.claim for other in event.others if other.claim}
    held = tuple(changed.get(claim.key, claim) for claim in kept)
    dealer = get_dealer(payment.dealer_id)
    header = refreshed(
        account.raised(),
        payables=state.paged,
        claims=(*held, *claims),
        dealer=dealer,
        today=dealer_day(world.clock.now(), dealer.time_zone),
        curve=get_head(payment.dealer_id).curve,
    )
    where = (payment.dealer_id, payment.account_id)
    return [
        header_put(header, expected_version=state.account.money_version),
        *(claim_put(*where, claim, expected=None) for claim in claims),
        *(
            claim_change(*where, before, after)
            for before, after in zip(kept, held, strict=True)
            if before is not after
        ),
        *(claim_removal(*where, payment.payment_id, name) for name in event.ended),
        row_put(header),
    ]


def bringing(claim: Claim, state: AccountState, payments: tuple[Payment, ...]) -> Claim:
    """The claim with the documents and credits it reopens that the ERP no longer lists."""
    if claim.state is not ClaimState.REVERSED:
        return claim
    known = {item.payable_id for item in with_brought(state.paged, state.claims)}
    missing = {effect.payable_id for effect in claim.effects} - known
    facts = {item.payable_id: item for payment in payments for item in _documents(payment)}
    found = tuple(facts[name] for name in sorted(missing & facts.keys()))
    return replace(claim, brings=(*claim.brings, *found))


def _documents(payment: Payment) -> list[Payable]:
    """What the payment knows of its documents and credits; the ERP shows nothing open on them."""
    day = payment.submitted_at.date()
    used = [
        Payable(
            use.payable_id,
            PayableKind.CREDIT,
            use.amount_cents,
            0,
            transaction_day=day,
            voucher_id=use.voucher_id,
            is_on_account=use.is_unapplied,
        )
        for use in payment.credits_used
    ]
    return used + [
        Payable(
            payable_id=line.payable_id,
            kind=line.kind,
            original_cents=line.owed_cents,
            open_cents=0,
            transaction_day=line.transaction_day or line.due_day or day,
            due_day=line.due_day,
            job_id=line.job_id,
            job_name=line.job_name,
        )
        for line in payment.lines
    ]
