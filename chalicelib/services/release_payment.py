"""Workflow step: a definite no, so the claim is given back and the payer told."""

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.days import dealer_day
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.lifecycle import Event, after
from chalicelib.domain.payments import Payment, Stage
from chalicelib.services.forget_method import forget_method
from chalicelib.services.record_outcome import outcome_of
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.tell_payer import FAILED, TERMINATED, tell_payer
from chalicelib.services.world import World
from chalicelib.storage.accounts import AccountState, get_state, header_put
from chalicelib.storage.claims import claim_put, claim_removal
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment, payment_puts
from chalicelib.storage.roster import get_head, row_put
from chalicelib.storage.transactions import OutcomeUnknown, Write, WritesRefused, transact

TRIES = 8
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
    for _ in range(TRIES):
        payment = get_payment(dealer_id, account_id, payment_id)
        if payment.stage is not Stage.REFUSED:
            break
        state = get_state(dealer_id, account_id)
        try:
            transact(_writes(world, payment, state), token=uuid4().hex)
        except (WritesRefused, OutcomeUnknown):
            continue  # The payment as stored says what happened.
    else:
        raise TryAgain("The account is busy. Please try again.")
    mail = MAILS.get(outcome_of(payment))
    if mail:
        tell_payer(world, payment, mail)
        forget_method(world, payment)
        with suppress(WritesRefused):
            removal = claim_removal(dealer_id, account_id, payment_id)
            transact([removal], token=uuid4().hex)
    return {"outcome": outcome_of(payment)}


def _writes(world: World, payment: Payment, state: AccountState) -> list[Write]:
    failed = replace(
        payment,
        status=after(payment.status, Event.FAILED) or payment.status,
        stage=Stage.DONE,
    )
    puts = payment_puts(
        failed,
        name="failed",
        at=world.clock.now(),
        source="workflow",
        detail=payment.failure_sentence,
    )
    return [*puts, *giving_back(world, payment, state)]


def giving_back(world: World, payment: Payment, state: AccountState) -> list[Write]:
    """The writes "account", "claim" and "roster" that give back what a payment claims.

    The claim stays, emptied and due, until the payer is told.
    """
    now = world.clock.now()
    dealer = get_dealer(payment.dealer_id)
    header = refreshed(
        state.account.raised(),
        payables=state.payables,
        claims=[held for held in state.claims if held.payment_id != payment.payment_id],
        dealer=dealer,
        today=dealer_day(now, dealer.time_zone),
        curve=get_head(payment.dealer_id).curve,
    )
    emptied = Claim(payment.payment_id, payment.number, ClaimState.IN_FLIGHT, effects=())
    return [
        header_put(header, expected_version=state.account.money_version),
        claim_put(
            payment.dealer_id,
            payment.account_id,
            emptied,
            expected=ClaimState.IN_FLIGHT,
            due_at=now,
        ),
        row_put(header),
    ]
