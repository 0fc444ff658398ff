"""Workflow step: the funds are confirmed, so the claim is applied and the ledger written."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import uuid4

from chalicelib.domain.ids import AccountId, DealerId, PayableId, PaymentId
from chalicelib.domain.ledger import settled_entry
from chalicelib.domain.lifecycle import Event, follow
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.overpaid import applied_claim, fitted
from chalicelib.domain.payment_notices import is_past_limit
from chalicelib.domain.payments import Payment, Stage
from chalicelib.domain.pricing import owed_on
from chalicelib.services.finish_payment import account_writes, finish_payment
from chalicelib.services.forget_method import forget_method
from chalicelib.services.overpaid_words import excess_words, overpaid_notice
from chalicelib.services.record_outcome import outcome_of
from chalicelib.services.tell_payer import SETTLED, tell_payer
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.claims import not_due_change
from chalicelib.storage.ledger import line_puts
from chalicelib.storage.notices import notice_put, notice_removal
from chalicelib.storage.payments import payment_puts
from chalicelib.storage.transactions import Write, WritesRefused, transact


def apply_payment(
    world: World, dealer_id: DealerId, *, account_id: AccountId, payment_id: PaymentId
) -> dict[str, str]:
    """Settle a funded payment: claim, ledger, totals and status in one transaction.

    Repeating it only finishes what is missing. Returns {"outcome": "settled"}, or what the payment
    is if it is not funded. Raises TryAgain if the account stays contended.
    """
    payment = finish_payment(
        dealer_id,
        account_id=account_id,
        payment_id=payment_id,
        stage=Stage.FUNDED,
        writes=partial(_writes, world),
    )
    if outcome_of(payment) == "settled":
        _finish(world, payment)
    return {"outcome": outcome_of(payment)}


def _writes(world: World, payment: Payment, state: AccountState) -> list[Write]:
    """What was paid at the counter meanwhile no longer takes money: it becomes unapplied cash."""
    now = world.clock.now()
    fit, excess = fitted(payment, _open_without(payment, state))
    settled = replace(follow(fit, Event.SUCCEEDED) or fit, stage=Stage.DONE)
    writes = [
        *account_writes(state, payment, applied_claim(settled, now), now=now),
        *payment_puts(
            settled, name="settled", at=now, source="workflow", detail=excess_words(excess)
        ),
        *_ledger_puts(settled, settled.settled_at or now),
    ]
    if excess:
        writes.append(notice_put(payment.dealer_id, overpaid_notice(settled, excess, now)))
    if is_past_limit(payment, now):
        writes.append(notice_removal(payment.dealer_id, NoticeKind.OVERDUE, payment.number))
    return writes


def _open_without(payment: Payment, state: AccountState) -> dict[PayableId, int]:
    """What is owed on each document before this payment takes effect, in cents."""
    others = (claim for claim in state.claims if claim.payment_id != payment.payment_id)
    owed = owed_on(state.payables, others, state.account)
    return {name: standing.owed_cents for name, standing in owed.items()}


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
