"""What settling and failing share: one transaction on payment and account, tried until it holds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.days import dealer_day
from chalicelib.domain.duties import Written, check_duties
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.ledger import Line
from chalicelib.domain.lifecycle import Event, follow, what_follows
from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.payment_notices import is_past_limit
from chalicelib.domain.payments import Payment, Stage
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.accounts import AccountState, get_state, header_put
from chalicelib.storage.claims import claim_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import line_puts
from chalicelib.storage.notices import notice_put, notice_removal
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.roster import get_head, row_put
from chalicelib.storage.transactions import OutcomeUnknown, Write, WritesRefused, transact

TRIES = 8


@dataclass(frozen=True, slots=True)
class Ending:
    """What the end of its way makes of a payment; its status is the lifecycle's to give."""

    payment: Payment
    claim: Claim  # What it holds from now on.
    lines: tuple[Line, ...] | None = None  # None: no money moved.
    detail: str = ""
    notice: Notice | None = None


def finish_payment(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    payment_id: PaymentId,
    stage: Stage,
    event: Event,
    end: Callable[[Payment, AccountState, datetime], Ending],
) -> Payment:
    """End the way of a payment that stands at `stage`, once; the payment as it then is stored.

    Raises TryAgain if the account stays contended, DutyNeglected if `end` brings something else
    than the lifecycle asks.
    """
    for _ in range(TRIES):
        payment = get_payment(dealer_id, account_id, payment_id)
        now = world.clock.now()
        moved, coming = follow(payment, event), what_follows(payment, event)
        if payment.stage is not stage or moved is None or coming is None:
            return payment
        state = get_state(dealer_id, account_id)
        ending = end(payment, state, now)
        done = replace(ending.payment, status=moved.status, stage=Stage.DONE)
        check_duties(event, coming, Written(ending.lines, (ending.claim,)))
        try:
            transact(_writes(replace(ending, payment=done), state, now), token=uuid4().hex)
        except (WritesRefused, OutcomeUnknown):
            continue  # The payment as stored says what happened.
    raise TryAgain("The account is busy. Please try again.")


def _writes(ending: Ending, state: AccountState, now: datetime) -> list[Write]:
    payment = ending.payment
    dealer_id, name = payment.dealer_id, payment.status.value
    writes: list[Write] = [
        *account_writes(state, payment, ending.claim, now=now),
        *payment_puts(payment, name=name, at=now, source="workflow", detail=ending.detail),
        *line_puts(
            dealer_id,
            partition=keys.payment_log(dealer_id, payment.payment_id),
            event_key=f"{name}#{payment.processor_id or payment.payment_id}",
            lines=ending.lines or (),
            at=payment.settled_at or now,
        ),
    ]
    if ending.notice is not None:
        writes.append(notice_put(dealer_id, ending.notice))
    if is_past_limit(payment, now):
        writes.append(notice_removal(dealer_id, NoticeKind.OVERDUE, payment.number))
    return writes


def account_writes(
    state: AccountState, payment: Payment, claim: Claim, *, now: datetime
) -> list[Write]:
    """Header, claim and roster row of an account in which the payment's claim becomes `claim`.

    The claim stays due until the payer is told.
    """
    dealer = get_dealer(payment.dealer_id)
    others = (held for held in state.claims if held.payment_id != payment.payment_id)
    header = refreshed(
        state.account.raised(),
        payables=state.payables,
        claims=(*others, claim),
        dealer=dealer,
        today=dealer_day(now, dealer.time_zone),
        curve=get_head(payment.dealer_id).curve,
    )
    where = (payment.dealer_id, payment.account_id)
    return [
        header_put(header, expected_version=state.account.money_version),
        claim_put(*where, claim, expected=ClaimState.IN_FLIGHT, due_at=now),
        row_put(header),
    ]
