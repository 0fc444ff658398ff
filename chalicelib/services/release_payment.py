"""Workflow step: a definite no, so the claim is given back and the payer told."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.lifecycle import Event, follow
from chalicelib.domain.notices import NoticeKind
from chalicelib.domain.payment_notices import is_past_limit
from chalicelib.domain.payments import Payment, Stage
from chalicelib.services.finish_payment import account_writes, finish_payment
from chalicelib.services.forget_method import forget_method
from chalicelib.services.judge_method import judge_method
from chalicelib.services.record_outcome import outcome_of
from chalicelib.services.tell_payer import FAILED, TERMINATED, tell_payer
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.claims import claim_removal
from chalicelib.storage.notices import notice_removal
from chalicelib.storage.payments import payment_puts
from chalicelib.storage.transactions import Write, WritesRefused, transact

MAILS = {"failed": FAILED, "terminated": TERMINATED}


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
        dealer_id,
        account_id=account_id,
        payment_id=payment_id,
        stage=Stage.REFUSED,
        writes=partial(_writes, world),
    )
    mail = MAILS.get(outcome_of(payment))
    if mail:
        judge_method(world, payment, payment.failure_code)
        tell_payer(world, payment, mail)
        forget_method(world, payment)
        with suppress(WritesRefused):
            removal = claim_removal(dealer_id, account_id, payment_id)
            transact([removal], token=uuid4().hex)
    return {"outcome": outcome_of(payment)}


def _writes(world: World, payment: Payment, state: AccountState) -> list[Write]:
    now = world.clock.now()
    failed = replace(follow(payment, Event.FAILED) or payment, stage=Stage.DONE)
    writes: list[Write] = [
        *giving_back(world, payment, state),
        *payment_puts(
            failed, name="failed", at=now, source="workflow", detail=payment.failure_sentence
        ),
    ]
    if is_past_limit(payment, now):
        writes.append(notice_removal(payment.dealer_id, NoticeKind.OVERDUE, payment.number))
    return writes


def giving_back(world: World, payment: Payment, state: AccountState) -> list[Write]:
    """The writes "account", "claim" and "roster" that give back what a payment claims.

    The claim stays, emptied and due, until the payer is told.
    """
    emptied = Claim(payment.payment_id, payment.number, ClaimState.IN_FLIGHT, effects=())
    return account_writes(state, payment, emptied, now=world.clock.now())
