"""Turn a quote into a payment, once: one read, one transaction of six items, then the workflow."""

import hmac
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain.accounts import Account, BillingKind
from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.days import business_days_after, dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PayableAlreadyClaimed,
    PortalDisabled,
    QuoteOutdated,
    TryAgain,
)
from chalicelib.domain.ids import AccountId, CompanyId, DealerId, MethodId, QuoteId, UserId
from chalicelib.domain.mandates import authorisation
from chalicelib.domain.payments import ACH_BUSINESS_DAYS, BY_CREDITS, Method, Payment
from chalicelib.domain.pricing import price, same_price, verify
from chalicelib.domain.quotes import Quote
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.services.confirm_card import confirm_now
from chalicelib.services.quote_payment import payment_of, renew_quote
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_state, header_put
from chalicelib.storage.claims import claim_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.payments import find_payment, get_payment, payment_puts
from chalicelib.storage.quotes import ForSubmit, StoredQuote, quote_use, read_for_submit
from chalicelib.storage.roster import row_put
from chalicelib.storage.transactions import OutcomeUnknown, Write, WritesRefused, rounds, transact

PATIENCE_SECONDS = 10  # Of the 28 an API call has; a card may be asked after it.
FIRST_WATCH = timedelta(minutes=5)
NOTHING_CHARGED = "Nothing was charged."
CROWDED = (
    "This account was being changed by something else the whole time, such as other payments of "
    f"it. {NOTHING_CHARGED} Press the button again: the same preview is never taken twice."
)
# The write may still arrive after we have looked, so this may not say that nothing was charged.
NO_CLEAR_ANSWER = (
    "Our records gave no clear answer, so we cannot say yet whether this payment was taken. "
    "Press the button again: the same preview is never taken twice."
)


@dataclass(frozen=True, slots=True)
class Submission:
    """What one press of the button says; everything of value is looked up."""

    dealer: Dealer
    account_id: AccountId
    company_id: CompanyId
    payer_id: UserId
    quote_id: QuoteId
    signature: str
    method_id: MethodId
    address: str
    forgets_method: bool
    at: datetime


def submit_payment(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    company_id: CompanyId,
    payer_id: UserId,
    quote_id: QuoteId,
    signature: str,
    method_id: MethodId,
    authorization_address: str,
    forgets_method: bool = False,
) -> Payment:
    """The payment of a quote; the same quote submitted again answers the same payment.

    Raises QuoteOutdated (a fresh preview is stored, nothing charged), PayableAlreadyClaimed,
    Conflict (the account never stood still), InvalidInput (altered form, unknown bank account),
    PortalDisabled, NotFound (foreign or missing quote) or TryAgain (the database gave no clear
    answer; repeating is safe).
    """
    submission = Submission(
        dealer=get_dealer(dealer_id),
        account_id=account_id,
        company_id=company_id,
        payer_id=payer_id,
        quote_id=quote_id,
        signature=signature,
        method_id=method_id,
        address=authorization_address,
        forgets_method=forgets_method,
        at=world.clock.now(),
    )
    for _ in rounds(seconds=PATIENCE_SECONDS):
        payment = _submit_once(world, submission)
        if payment is not None:
            return payment
    raise Conflict(CROWDED)


def _submit_once(world: World, submission: Submission) -> Payment | None:
    """One round of read, check and write; None if the account moved meanwhile."""
    dealer_id, account_id = submission.dealer.dealer_id, submission.account_id
    found = read_for_submit(
        dealer_id,
        account_id=account_id,
        company_id=submission.company_id,
        quote_id=submission.quote_id,
        method_id=submission.method_id,
    )
    if found.account is None or found.stored is None:
        raise NotFound("There is no such payment preview.")
    payment_id = payment_of(submission.quote_id)
    if found.is_used:
        return get_payment(dealer_id, account_id, payment_id)
    if found.account.portal_disabled:
        raise PortalDisabled(f"Online access to this account is switched off. {NOTHING_CHARGED}")
    _check_form(world, submission, found.stored.quote)
    try:
        quote, account = _still_true(world, submission, found.account, found.stored)
    except (Conflict, InvalidInput):
        # The other tab may have won between the two halves of our read: then it is no conflict.
        own = find_payment(dealer_id, account_id, payment_id)
        if own is None:
            raise
        return own
    payment = _payment(submission, found, quote)
    return _stored(world, payment, _writes(payment, quote, account))


def _stored(world: World, payment: Payment, writes: list[Write]) -> Payment | None:
    """The payment if it is stored, by us now or before; None if the account moved."""
    try:
        transact(writes, token=uuid4().hex)
    except (WritesRefused, OutcomeUnknown) as error:
        # Our own write may be what refused us: only the stored payment tells (rule 2).
        stored = find_payment(payment.dealer_id, payment.account_id, payment.payment_id)
        if stored is None and isinstance(error, OutcomeUnknown):
            raise TryAgain(NO_CLEAR_ANSWER) from error
        return stored
    if payment.method.kind == "card":
        payment = confirm_now(world, payment)
    start_workflow(world, payment)
    return payment


def start_workflow(world: World, payment: Payment) -> None:
    """Start the payment's run; if nobody answers, the janitor starts it within five minutes."""
    with suppress(WorkflowsUnreachable):
        world.workflows.start_payment(
            dealer=payment.dealer_id,
            account=payment.account_id,
            payment=payment.payment_id,
            run=payment.run,
        )


def _check_form(world: World, submission: Submission, quote: Quote) -> None:
    """The form must carry the signature of the stored quote, and that must be ours."""
    is_same = hmac.compare_digest(submission.signature.encode(), quote.signature.encode())
    key = world.secrets.values().quote_key.encode()
    if not is_same or not verify(quote, key):
        raise InvalidInput(f"This preview was altered. {NOTHING_CHARGED} Please start again.")


def _still_true(
    world: World, submission: Submission, account: Account, stored: StoredQuote
) -> tuple[Quote, Account]:
    """The quote and header as of now; QuoteOutdated with a fresh preview if any cent moved."""
    quote, dealer = stored.quote, submission.dealer
    if submission.at >= quote.expires_at:
        raise _outdated(world, submission, "This preview has expired.")
    if (
        quote.money_version == account.money_version
        and quote.dealer_version == dealer.version
        and quote.priced_on == dealer_day(submission.at, dealer.time_zone)
    ):
        return quote, account
    state = get_state(dealer.dealer_id, submission.account_id)
    priced = price(
        payables=state.payables,
        claims=state.claims,
        account=state.account,
        dealer=dealer,
        selection=stored.selection,
        view=quote.view,
        method_kind=quote.method_kind,
        now=submission.at,
        quote_id=quote.quote_id,
        number=quote.number,
        card=quote.card,
    )
    if not same_price(quote, priced):
        raise _outdated(world, submission, "What is owed has changed since this preview.")
    return replace(quote, money_version=state.account.money_version), state.account


def _outdated(world: World, submission: Submission, reason: str) -> Exception:
    """The refusal that leads to a fresh preview, or says that there is nothing left to preview."""
    try:
        fresh = renew_quote(
            world,
            submission.dealer.dealer_id,
            account_id=submission.account_id,
            quote_id=submission.quote_id,
        )
    except (InvalidInput, PayableAlreadyClaimed) as refusal:
        return refusal
    return QuoteOutdated(f"{reason} {NOTHING_CHARGED} Please check the new one.", fresh.quote_id)


def _method(found: ForSubmit, quote: Quote) -> Method:
    """The saved method; another kind or another card than the quote's has another price."""
    if not quote.charged_cents:
        return BY_CREDITS
    method = found.method
    if method is None or method.kind != quote.method_kind or method.card != quote.card:
        raise InvalidInput(
            f"That way to pay is not saved here. {NOTHING_CHARGED} Choose one and check the total.",
            {"method": "Choose one."},
        )
    if method.disabled:
        raise InvalidInput(f"{method.disabled} {NOTHING_CHARGED}", {"method": "Choose another."})
    return method


def _payment(submission: Submission, found: ForSubmit, quote: Quote) -> Payment:
    if found.account is None:
        raise NotFound("There is no such payment preview.")
    method = _method(found, quote)
    dealer, is_debit = submission.dealer, method.kind == "ach"
    # A card is asked while its payer is here, so a dealer's hold is for debits only.
    held = timedelta(hours=dealer.hold_hours if is_debit else 0)
    expected_at = business_days_after(submission.at + held, ACH_BUSINESS_DAYS)
    held_until = submission.at + held if held else None
    return Payment(
        payment_id=payment_of(quote.quote_id),
        number=quote.number,
        dealer_id=dealer.dealer_id,
        account_id=submission.account_id,
        account_name=found.account.name,
        company_id=submission.company_id,
        payer_id=submission.payer_id,
        quote_id=quote.quote_id,
        method=method,
        lines=quote.lines,
        credits_used=quote.credits_used,
        fee_cents=quote.fee_cents,
        surplus_cents=quote.surplus_cents,
        charged_cents=quote.charged_cents,
        currency=dealer.currency,
        authorization=authorisation(
            dealer,
            quote.number,
            kind=method.kind,
            accepted_at=submission.at,
            address=submission.address,
        ),
        submitted_at=submission.at,
        expected_at=expected_at if is_debit else None,
        held_until=held_until,
        statement_id=quote.statement_id,
        forgets_method=submission.forgets_method,
        is_on_balance=found.account.billing_kind == BillingKind.BALANCE_FORWARD,
    )


def _writes(payment: Payment, quote: Quote, account: Account) -> list[Write]:
    """Header, claim, payment, event, quote, roster row: six items however much is paid."""
    in_flight_cents = account.totals.in_flight_cents + quote.allocations_cents
    header = replace(
        account,
        money_version=quote.money_version + 1,
        totals=replace(account.totals, in_flight_cents=in_flight_cents),
    )
    claim = Claim(payment.payment_id, payment.number, ClaimState.IN_FLIGHT, quote.effects)
    where = (payment.dealer_id, payment.account_id)
    due_at = payment.submitted_at + FIRST_WATCH
    return [
        header_put(header, expected_version=quote.money_version),
        claim_put(*where, claim, expected=None, due_at=due_at),
        *payment_puts(
            payment,
            name="submitted",
            at=payment.submitted_at,
            source="payer",
            detail=payment.method.words,
        ),
        quote_use(quote),
        row_put(header),
    ]
