"""Workflow step: the funds are confirmed, so the claim is applied and the ledger written."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.days import dealer_day
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.ledger import settled_entry
from chalicelib.domain.lifecycle import Event, after
from chalicelib.domain.payments import Payment, Stage
from chalicelib.services.forget_method import forget_method
from chalicelib.services.record_outcome import outcome_of
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.tell_payer import SETTLED, tell_payer
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.accounts import AccountState, get_state, header_put
from chalicelib.storage.claims import claim_put, not_due_change
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import line_puts
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.roster import get_head, row_put
from chalicelib.storage.transactions import OutcomeUnknown, Write, WritesRefused, transact

TRIES = 8


def apply_payment(
    world: World, dealer_id: DealerId, *, account_id: AccountId, payment_id: PaymentId
) -> dict[str, str]:
    """Settle a funded payment: claim, ledger, totals and status in one transaction.

    Repeating it only finishes what is missing. Returns {"outcome": "settled"}, or what the payment
    is if it is not funded. Raises TryAgain if the account stays contended.
    """
    for _ in range(TRIES):
        payment = get_payment(dealer_id, account_id, payment_id)
        if payment.stage is not Stage.FUNDED:
            break
        state = get_state(dealer_id, account_id)
        try:
            transact(_writes(world, payment, state), token=uuid4().hex)
        except (WritesRefused, OutcomeUnknown):
            continue  # The payment as stored says what happened.
    else:
        raise TryAgain("The account is busy. Please try again.")
    if outcome_of(payment) == "settled":
        _finish(world, payment)
    return {"outcome": outcome_of(payment)}


def _writes(world: World, payment: Payment, state: AccountState) -> list[Write]:
    now = world.clock.now()
    settled = replace(
        payment,
        status=after(payment.status, Event.SUCCEEDED) or payment.status,
        stage=Stage.DONE,
    )
    claim = Claim(payment.payment_id, payment.number, ClaimState.APPLIED, _effects(payment, state))
    dealer = get_dealer(payment.dealer_id)
    others = [held for held in state.claims if held.payment_id != payment.payment_id]
    header = refreshed(
        state.account.raised(),
        payables=state.payables,
        claims=(*others, claim),
        dealer=dealer,
        today=dealer_day(now, dealer.time_zone),
        curve=get_head(payment.dealer_id).curve,
    )
    return [
        header_put(header, expected_version=state.account.money_version),
        claim_put(
            payment.dealer_id,
            payment.account_id,
            claim,
            expected=ClaimState.IN_FLIGHT,
            due_at=now,  # Until the payer is told.
        ),
        *payment_puts(settled, name="settled", at=now, source="workflow"),
        *_ledger_puts(payment, settled.settled_at or now),
        row_put(header),
    ]


def _effects(payment: Payment, state: AccountState) -> tuple[Effect, ...]:
    """What was claimed at submit, kept as it is."""
    for held in state.claims:
        if held.payment_id == payment.payment_id:
            return held.effects
    return ()


def _ledger_puts(payment: Payment, at: datetime) -> list[Write]:
    lines = settled_entry(payment)
    return [
        *line_puts(
            payment.dealer_id,
            partition=keys.payment_log(payment.dealer_id, payment.payment_id),
            event_key=f"settled#{payment.processor_id or payment.payment_id}",
            lines=lines,
            at=at,
        )
    ]


def _finish(world: World, payment: Payment) -> None:
    """Tell the payer, then leave the due index; a crash before that makes the janitor repeat it.

    While its posting is on hold it stays due, so that a hold forgotten alarms.
    """
    tell_payer(world, payment, SETTLED)
    forget_method(world, payment)
    if payment.is_posting_held:
        return
    leave = not_due_change(payment.dealer_id, payment.account_id, payment.payment_id)
    with suppress(WritesRefused):  # The importer may have dropped the claim already.
        transact([leave], token=uuid4().hex)
