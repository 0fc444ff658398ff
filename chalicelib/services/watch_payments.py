"""The janitor: asks again about payments whose outcome nobody has told us, and finishes them."""

import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain.errors import NotFound, TryAgain
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.interventions import stop_ends
from chalicelib.domain.notices import Notice
from chalicelib.domain.payment_notices import (
    contradicted_notice,
    is_past_limit,
    overdue_notice,
    stopped_notice,
)
from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.gateways.processor import Intent, ProcessorRefused, ProcessorUnreachable
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.originate_payment import originate_payment
from chalicelib.services.record_outcome import CONTRADICTED, MISMATCHED, record_outcome, wake
from chalicelib.services.release_payment import release_payment
from chalicelib.services.world import World
from chalicelib.storage.claims import due_payments, look_again
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.notices import notice_put
from chalicelib.storage.payments import find_payment, get_payment, payment_puts
from chalicelib.storage.transactions import OutcomeUnknown, WritesRefused, transact

FIRST_WATCH, SECOND_WATCH, DAILY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
LOG = logging.getLogger(__name__)
OVERDUE, STOPPED = "overdue", "stopped"
UNDECIDED = (Stage.SUBMITTED, Stage.SENDING, Stage.PROCESSING)


@dataclass(slots=True)
class Watch:
    """What one sweep did, for the metrics; payment ids."""

    looked_at: list[PaymentId] = field(default_factory=list)
    restarted: list[PaymentId] = field(default_factory=list)
    unanswered: list[PaymentId] = field(default_factory=list)
    suspicious: list[PaymentId] = field(default_factory=list)
    overdue: list[PaymentId] = field(default_factory=list)
    stopped: list[PaymentId] = field(default_factory=list)  # For more than three business days.
    broken: list[PaymentId] = field(default_factory=list)  # Failed in a way nobody foresaw.


def watch_payments(world: World) -> Watch:
    """Look at every payment that is due: 5 minutes after submit, after an hour, then daily.

    Unknown is never failed: the processor is asked with the payment's own key. One payment's
    trouble never keeps the sweep from the next; it stays due and is looked at again.
    """
    watch = Watch()
    for dealer_id, account_id, payment_id in due_payments(world.clock.now()):
        watch.looked_at.append(payment_id)
        try:
            _look(world, dealer_id, account_id, payment_id, watch)
        except (
            ProcessorUnreachable,
            ProcessorRefused,
            WorkflowsUnreachable,
            OutcomeUnknown,
            TryAgain,
            NotFound,
        ) as trouble:
            LOG.warning("payment %s: %s", payment_id, type(trouble).__name__)
            _go_unanswered(world, dealer_id, account_id, payment_id, watch)
        except Exception:
            # Nobody foresaw it; left due, it would stop this sweep and every one after it.
            LOG.exception("payment %s", payment_id)
            watch.broken.append(payment_id)
            _go_unanswered(world, dealer_id, account_id, payment_id, watch)
    return watch


def _go_unanswered(
    world: World, dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId, watch: Watch
) -> None:
    watch.unanswered.append(payment_id)
    try:
        _look_later(world, dealer_id, account_id, payment_id)
    except Exception:
        LOG.exception("payment %s stays due", payment_id)


def _look(
    world: World, dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId, watch: Watch
) -> None:
    payment = get_payment(dealer_id, account_id, payment_id)
    _flag_stopped(world, payment, watch)
    if payment.stage is Stage.SUBMITTED and (payment.held_until or payment.stopped):
        _keep_waiting(world, payment, watch)
        return
    if payment.stage in UNDECIDED:
        _ensure_workflow(world, payment, watch)
        _ask_again(world, payment, watch)
        payment = get_payment(dealer_id, account_id, payment_id)
    if payment.stage in UNDECIDED:
        _flag_overdue(world, payment, watch)
        _look_later(world, dealer_id, account_id, payment_id)
        return
    # The outcome is stored: whatever became of the workflow, finish what it would have done.
    apply_payment(world, dealer_id, account_id=account_id, payment_id=payment_id)
    release_payment(world, dealer_id, account_id=account_id, payment_id=payment_id)
    if payment.is_posting_held:
        _look_at(payment, _stop_alarm(payment, world.clock.now()))


def _keep_waiting(world: World, payment: Payment, watch: Watch) -> None:
    """Business time is ours, so the sweep, not the machine, knows when a hold is over.

    Then the waiting step is woken, every few minutes until the payment is being handed over.
    """
    now = world.clock.now()
    if payment.status is PaymentStatus.FROZEN:
        _look_at(payment, _stop_alarm(payment, now))
        return
    _ensure_workflow(world, payment, watch)
    if payment.held_until is not None and now < payment.held_until:
        _look_at(payment, payment.held_until)
        return
    wake(world, payment)
    _look_at(payment, now + FIRST_WATCH)


def _stop_alarm(payment: Payment, now: datetime) -> datetime:
    """When a stopped payment must be looked at: as its time is up, then daily."""
    alarm = now if payment.stopped is None else stop_ends(payment.stopped)
    return alarm if now < alarm else now + DAILY


def _flag_stopped(world: World, payment: Payment, watch: Watch) -> None:
    """Stopped for too long: count it every time, say it in the history once."""
    stop, now = payment.stopped, world.clock.now()
    if stop is None or payment.status is PaymentStatus.TERMINATED or now < stop_ends(stop):
        return
    LOG.error("payment %s is stopped since %s by %s", payment.payment_id, stop.at, stop.operator)
    watch.stopped.append(payment.payment_id)
    notice = stopped_notice(payment, stop, now)
    _note_once(payment, STOPPED, notice, mark=f"{STOPPED} {stop.at.isoformat()}")


def _ensure_workflow(world: World, payment: Payment, watch: Watch) -> None:
    """Start the payment's run if it never started; if it died, raise the run and start that."""
    names = {
        "dealer": payment.dealer_id,
        "account": payment.account_id,
        "payment": payment.payment_id,
    }
    if world.workflows.start_payment(**names, run=payment.run):
        return
    again = replace(payment, run=payment.run + 1)
    puts = payment_puts(
        again, name="restarted", at=world.clock.now(), source="janitor", detail=f"run {again.run}"
    )
    try:
        transact(puts, token=uuid4().hex)
    except WritesRefused:
        return  # It moved meanwhile, so somebody is at it.
    world.workflows.start_payment(**names, run=again.run)
    watch.restarted.append(payment.payment_id)


def _ask_again(world: World, payment: Payment, watch: Watch) -> None:
    dealer_id, account_id = payment.dealer_id, payment.account_id
    if not payment.processor_id:
        originate_payment(
            world,
            dealer_id,
            account_id=account_id,
            payment_id=payment.payment_id,
            source="janitor",
        )
        return
    acct = get_dealer(dealer_id).processor_account
    outcome = record_outcome(
        world,
        dealer_id,
        account_id=account_id,
        payment_id=payment.payment_id,
        intent=_asked(world, payment, acct),
        source="janitor",
    )
    if outcome in (MISMATCHED, CONTRADICTED):
        LOG.error("payment %s: %s", payment.payment_id, outcome)
        watch.suspicious.append(payment.payment_id)
        _note_once(payment, CONTRADICTED, contradicted_notice(payment, world.clock.now()))


def _asked(world: World, payment: Payment, acct: str) -> Intent:
    """The intent as it is now; a card its payer did not confirm within the hour is canceled."""
    intent = world.processor.get_intent(acct, payment.processor_id)
    waited = world.clock.now() - payment.submitted_at
    if intent.state == "requires_action" and waited >= SECOND_WATCH:
        return world.processor.cancel_intent(acct, payment.processor_id)
    return intent


def _flag_overdue(world: World, payment: Payment, watch: Watch) -> None:
    """Pending past its limit: count it every time, say it in the history once."""
    now = world.clock.now()
    if not is_past_limit(payment, now):
        return
    LOG.error("payment %s is pending since %s", payment.payment_id, payment.submitted_at)
    watch.overdue.append(payment.payment_id)
    _note_once(payment, OVERDUE, overdue_notice(payment, now))


def _note_once(payment: Payment, name: str, notice: Notice, *, mark: str = "") -> None:
    """In the history and in the operators' inbox; once dealt with it does not come back."""
    puts = payment_puts(
        payment, name=name, at=notice.at, source="janitor", processor_event_id=mark or name
    )
    with suppress(WritesRefused):
        transact([*puts, notice_put(payment.dealer_id, notice)], token=uuid4().hex)


def _look_later(
    world: World, dealer_id: DealerId, account_id: AccountId, payment_id: PaymentId
) -> None:
    payment = find_payment(dealer_id, account_id, payment_id)
    now = world.clock.now()
    at = _next_watch(payment, now) if payment else now + DAILY
    with suppress(WritesRefused):  # The claim is gone: done meanwhile.
        look_again(dealer_id, account_id, payment_id, at=at, token=uuid4().hex)


def _look_at(payment: Payment, at: datetime) -> None:
    where = payment.dealer_id, payment.account_id, payment.payment_id
    with suppress(WritesRefused):
        look_again(*where, at=at, token=uuid4().hex)


def _next_watch(payment: Payment, now: datetime) -> datetime:
    hour = (payment.sent_at or payment.submitted_at) + SECOND_WATCH
    return hour if now < hour else now + DAILY
