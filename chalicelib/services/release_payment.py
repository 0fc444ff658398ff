"""Workflow step: a definite no, so the claim is given back and the payer told."""

from contextlib import suppress
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.lifecycle import Event
from chalicelib.domain.payments import Payment, Stage
from chalicelib.services.carry_out_duties import carry_out_duties
from chalicelib.services.finish_payment import Ending, account_writes, finish_payment
from chalicelib.services.forget_method import forget_method
from chalicelib.services.record_outcome import outcome_of
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.claims import claim_removal
from chalicelib.storage.transactions import Write, WritesRefused, transact

EVENTS = {"failed": Event.FAILED, "terminated": Event.TERMINATED}


def release_payment(
    world: World, dealer_id: DealerId, *, account_id: AccountId, payment_id: PaymentId
) -> dict[str, str]:
    """Give back what a refused payment claimed, and mark it Failed, in one transaction.

    The emptied claim stays until the payer is told, so a crash between is found again. Repeating
    is harmless. A terminated payment gave back its claim already; its payer is told here too.
    Returns {"outcome": "failed" | "terminated"}, or what the payment is if it is neither.
    Raises TryAgain if the account stays contended.
    """
    payment = finish_payment(
        world,
        dealer_id,
        account_id=account_id,
        payment_id=payment_id,
        stage=Stage.REFUSED,
        event=Event.FAILED,
        end=_failed,
    )
    event = EVENTS.get(outcome_of(payment))
    if event is not None:
        carry_out_duties(world, payment, event, code=payment.failure_code)
        forget_method(world, payment)
        with suppress(WritesRefused):
            removal = claim_removal(dealer_id, account_id, payment_id)
            transact([removal], token=uuid4().hex)
    return {"outcome": outcome_of(payment)}


def _failed(payment: Payment, state: AccountState, now: datetime) -> Ending:  # noqa: ARG001
    return Ending(payment, _emptied(payment), detail=payment.failure_sentence)


def giving_back(world: World, payment: Payment, state: AccountState) -> list[Write]:
    """The writes "account", "claim" and "roster" that give back what a payment claims.

    The claim stays, emptied and due, until the payer is told.
    """
    return account_writes(state, payment, _emptied(payment), now=world.clock.now())


def _emptied(payment: Payment) -> Claim:
    return Claim(payment.payment_id, payment.number, ClaimState.IN_FLIGHT, effects=())
