"""Workflow step: a definite no, so the claim is given back and the payer told."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.lifecycle import Event, after
from chalicelib.domain.payments import Payment, Stage
from chalicelib.services.finish_payment import account_writes, finish_payment
from chalicelib.services.record_outcome import outcome_of
from chalicelib.services.tell_payer import FAILED, tell_payer
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.claims import claim_removal
from chalicelib.storage.payments import payment_puts
from chalicelib.storage.transactions import Write, WritesRefused, transact


def release_payment(
    world: World, dealer_id: DealerId, *, account_id: AccountId, payment_id: PaymentId
) -> dict[str, str]:
    """Give back what a refused payment claimed, and mark it Failed, in one transaction.

    The emptied claim stays until the payer is told, so a crash between is found again. Repeating
    is harmless. Returns {"outcome": "failed"}, or what the payment is if it was not refused.
    Raises TryAgain if the account stays contended.
    """
    payment = finish_payment(
        dealer_id,
        account_id=account_id,
        payment_id=payment_id,
        stage=Stage.REFUSED,
        writes=partial(_writes, world),
    )
    if outcome_of(payment) == "failed":
        tell_payer(world, payment, FAILED)
        with suppress(WritesRefused):
            removal = claim_removal(dealer_id, account_id, payment_id)
            transact([removal], token=uuid4().hex)
    return {"outcome": outcome_of(payment)}


def _writes(world: World, payment: Payment, state: AccountState) -> list[Write]:
    now = world.clock.now()
    failed = replace(
        payment,
        status=after(payment.status, Event.FAILED) or payment.status,
        stage=Stage.DONE,
    )
    emptied = Claim(payment.payment_id, payment.number, ClaimState.IN_FLIGHT, effects=())
    return [
        *account_writes(state, payment, emptied, now=now),
        *payment_puts(
            failed, name="failed", at=now, source="workflow", detail=payment.failure_sentence
        ),
    ]
