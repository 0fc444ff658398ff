"""Reconciliation, charges: every payment the processor lists against ours, a week at a time."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import DealerId
from chalicelib.domain.lifecycle import Event, event_of
from chalicelib.domain.payments import PaymentStatus
from chalicelib.domain.reconciliation import Difference, DifferenceKind, Reconciliation
from chalicelib.domain.reconciling_money import (
    Charge,
    Known,
    charge_figure,
    compare_charge,
    known,
    missing_charges,
)
from chalicelib.gateways.processor import Intent, ProcessorRefused
from chalicelib.services.reconcile_dealer_parts import Found, ask_anew, finish_asked
from chalicelib.services.world import World
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payment_lists import Span, each_payment, read_stretch
from chalicelib.storage.payments import find_payment, find_payment_by_reference, get_payment

WEEK = timedelta(days=7)
# An outcome nobody told us, or a success that the bank took back since.
ASKED_ANEW = (DifferenceKind.MISSED_OUTCOME, DifferenceKind.DENIED)
SLACK = timedelta(hours=1)  # Between our clock and the processor's, and a request's own time.
BEFORE_SENDING = timedelta(days=4)  # The dealer's hold; longer frozen ones are looked up singly.


def compare_charges(world: World, run: Reconciliation) -> Found:
    """One week of intents and payments, from the oldest that may still change."""
    dealer = get_dealer(run.dealer_id)
    start = datetime.fromisoformat(run.cursor) if run.cursor else _first_moment(run)
    until = min(start + WEEK, run.started_at + SLACK)
    charges = {
        intent.intent_id: charge_of(intent)
        for intent in world.processor.list_intents(
            dealer.processor_account, since=start, until=until
        )
    }
    ours = _ours(run.dealer_id, charges, start, until)
    found = []
    for charge in charges.values():
        payment = ours.get(charge.reference)
        difference = compare_charge(charge, payment)
        if difference is not None:
            found.append(_repaired(world, dealer, charge, difference, payment))
    handed_over = [it for it in ours.values() if start <= it.handed_over_at < until]
    found += _denied(world, dealer, missing_charges(handed_over, charges), ours)
    # What was repaired a moment ago counts as it is now.
    fresh = ours if not found else _ours(run.dealer_id, charges, start, until)
    figure = charge_figure(charges, fresh.values())
    is_through = until >= run.started_at
    return Found((figure,), tuple(found), "" if is_through else until.isoformat())


def charge_of(intent: Intent) -> Charge:
    """The processor's record as the domain compares it."""
    return Charge(intent.intent_id, intent.state, intent.amount_cents, intent.payment_reference)


def _first_moment(run: Reconciliation) -> datetime:
    """A full check begins with the first payment, a night with what changed or is pending."""
    if run.since is None:
        first = read_stretch(run.dealer_id, Span(descending=False), limit=1).found
        return (first[0][1].submitted_at if first else run.started_at) - SLACK
    moments = [run.since]
    pending = Span(status=PaymentStatus.PENDING, descending=False)
    oldest = read_stretch(run.dealer_id, pending, limit=1).found
    moments += [payment.sent_at or payment.submitted_at for _, payment in oldest]
    return min(moments) - SLACK


def _ours(
    dealer_id: DealerId, charges: dict[str, Charge], start: datetime, until: datetime
) -> dict[str, Known]:
    """Our payments by id: those submitted about then, and those the charges name besides."""
    span = Span(since=start - BEFORE_SENDING, until=until)
    ours = {str(it.payment_id): known(it) for it in each_payment(dealer_id, span)}
    for charge in charges.values():
        if charge.reference and charge.reference not in ours:
            target = find_payment_by_reference(dealer_id, charge.reference)
            payment = find_payment(dealer_id, *target) if target else None
            if payment is not None:
                ours[charge.reference] = known(payment)
    return ours


def _repaired(
    world: World, dealer: Dealer, charge: Charge, difference: Difference, payment: Known | None
) -> Difference:
    """Take the outcome that never reached us, and do what the workflow would have done with it."""
    if difference.kind not in ASKED_ANEW or payment is None:
        return difference
    succeeded = event_of(charge.state) is Event.SUCCEEDED
    event_type = f"payment_intent.{'succeeded' if succeeded else 'payment_failed'}"
    if not ask_anew(world, dealer, event_type=event_type, object_id=charge.intent_id):
        return difference
    account_id, payment_id = payment.account_id, payment.payment_id
    finish_asked(world, dealer, account_id=account_id, payment_id=payment_id)
    fresh = get_payment(dealer.dealer_id, account_id, payment_id)
    return replace(difference, is_repaired=compare_charge(charge, known(fresh)) is None)


def _denied(
    world: World, dealer: Dealer, missing: list[Difference], ours: dict[str, Known]
) -> list[Difference]:
    """Those the processor denies when asked for singly; a list's edge denies nothing."""
    by_number = {it.number: it for it in ours.values()}
    found: list[Difference | None] = []
    for difference in missing:
        payment = by_number[difference.subject]
        try:
            intent = world.processor.get_intent(dealer.processor_account, payment.processor_id)
        except ProcessorRefused:
            found.append(difference)
        else:
            found.append(compare_charge(charge_of(intent), payment))
    return [difference for difference in found if difference is not None]
