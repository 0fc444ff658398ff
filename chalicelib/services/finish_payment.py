"""What settling and failing share: one transaction on payment and account, tried until it holds."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.days import dealer_day
from chalicelib.domain.errors import TryAgain
from chalicelib.domain.ids import AccountId, DealerId, PaymentId
from chalicelib.domain.payments import Payment, Stage
from chalicelib.services.refresh_totals import refreshed
from chalicelib.storage.accounts import AccountState, get_state, header_put
from chalicelib.storage.claims import claim_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import get_payment
from chalicelib.storage.roster import get_head, row_put
from chalicelib.storage.transactions import OutcomeUnknown, Write, WritesRefused, transact

TRIES = 8


def finish_payment(
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    payment_id: PaymentId,
    stage: Stage,
    writes: Callable[[Payment, AccountState], list[Write]],
) -> Payment:
    """Transact `writes` of a payment that stands at `stage`; the payment as it then is stored.

    They must take the payment off that stage, so that repeating writes nothing. Raises TryAgain if
    the account stays contended.
    """
    for _ in range(TRIES):
        payment = get_payment(dealer_id, account_id, payment_id)
        if payment.stage is not stage:
            return payment
        state = get_state(dealer_id, account_id)
        try:
            transact(writes(payment, state), token=uuid4().hex)
        except (WritesRefused, OutcomeUnknown):
            continue  # The payment as stored says what happened.
    raise TryAgain("The account is busy. Please try again.")


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
