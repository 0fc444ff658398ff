"""Link a payer's bank account: there and back by redirect, finished once whoever comes first.

The payer's return and the vendor's webhook both finish a visit. Every step is stored before the
next one, so a crash, a lost reply or both at once end with one saved method.
"""

import time
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from ulid import ULID

from chalicelib.domain.errors import NotFound, TryAgain
from chalicelib.domain.ids import AccountId, CompanyId, DealerId, UserId
from chalicelib.domain.mandates import LINK_MANDATE_VERSION, link_mandate_text
from chalicelib.domain.payments import Authorization, Method
from chalicelib.gateways.bank_link import (
    BankLinkRefused,
    BankLinkUnreachable,
    LinkAlreadyTaken,
    LinkedAccount,
)
from chalicelib.gateways.processor import ProcessorRefused, ProcessorUnreachable
from chalicelib.services.receive_webhook import hashed_token
from chalicelib.services.world import World
from chalicelib.storage.companies import (
    LinkSession,
    LinkStage,
    find_link_session,
    find_method,
    list_methods,
    method_put,
    session_put,
)
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.transactions import WritesRefused, transact

LOST_AFTER = timedelta(minutes=10)  # Then a result that was fetched but never stored is lost.
TRIES, PAUSE_SECONDS = 6, 0.25  # The payer's return and the webhook come at the same moment.
NO_ANSWER = "Your bank's link did not answer. Nothing was charged. Please try again in a minute."


class _Overtaken(Exception):
    """The other finisher was first with this step; what it stored is what counts."""


def start_bank_link(
    world: World,
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    company_id: CompanyId,
    user_id: UserId,
    payer_name: str,
    payer_email: str,
    authorization_address: str,
    return_to: str,
) -> str:
    """Where to send the payer: the hosted page's address.

    `return_to` is the path of ours to go on with afterwards; `authorization_address` the payer's
    IP address, kept with the mandate's words that were shown. Raises TryAgain.
    """
    dealer = get_dealer(dealer_id)
    now = world.clock.now()
    session = LinkSession(
        session_id=str(ULID()),
        dealer_id=dealer_id,
        company_id=company_id,
        account_id=account_id,
        user_id=user_id,
        payer_name=payer_name,
        payer_email=payer_email,
        return_to=return_to,
        authorization=Authorization(
            link_mandate_text(dealer), LINK_MANDATE_VERSION, now, authorization_address
        ),
        link_token="",
        started_at=now,
    )
    return _opened(world, session, dealer.name)


def _opened(world: World, session: LinkSession, dealer_name: str) -> str:
    """Ask for the hosted page, remember its token, answer its address."""
    try:
        page = world.bank_link.start(
            client_user_id=session.user_id,
            dealer_name=dealer_name,
            return_url=f"{world.config.portal_url}/banks/return?link={session.session_id}",
        )
    except (BankLinkUnreachable, BankLinkRefused) as error:
        raise TryAgain(NO_ANSWER) from error
    _save(replace(session, link_token=page.link_token))
    return page.url


def bank_link_returns_to(dealer_id: DealerId, *, company_id: CompanyId, session_id: str) -> str:
    """The path of ours this visit was started from. Raises NotFound for another company's."""
    return _session(dealer_id, company_id, session_id).return_to


def finish_bank_link(
    world: World, dealer_id: DealerId, *, company_id: CompanyId, session_id: str
) -> Method | None:
    """The saved method, or None: the payer linked nothing.

    Repeating it is harmless, also at the same time. Raises NotFound; TryAgain if a vendor does
    not answer or the other finisher is between two steps.
    """
    for attempt in range(TRIES):
        session = _session(dealer_id, company_id, session_id)
        try:
            session = _go_on(world, session)
        except _Overtaken:
            time.sleep(PAUSE_SECONDS * (attempt + 1))
            continue
        if session.method_id is None:
            return None
        return find_method(dealer_id, company_id, session.method_id)
    raise TryAgain("Your bank account is just being saved. Please try again.")


def _go_on(world: World, session: LinkSession) -> LinkSession:
    """The visit one or more steps on, each stored. Raises TryAgain, _Overtaken."""
    try:
        if session.stage is LinkStage.STARTED:
            session = _fetch_result(world, session)
        if session.stage is LinkStage.LINKED:
            session = _attach(world, session)
    except (BankLinkUnreachable, ProcessorUnreachable) as error:
        raise TryAgain(NO_ANSWER) from error
    except (BankLinkRefused, ProcessorRefused):
        session = _save(replace(session, stage=LinkStage.ABANDONED))
    return session


def _session(dealer_id: DealerId, company_id: CompanyId, session_id: str) -> LinkSession:
    session = find_link_session(dealer_id, company_id, session_id)
    if session is None:
        raise NotFound("There is no such bank link.")
    return session


def _fetch_result(world: World, session: LinkSession) -> LinkSession:
    try:
        linked = world.bank_link.finish(session.link_token)
    except LinkAlreadyTaken:
        return _after_taken(world, session)
    if linked is None:
        return session  # Still open, or left without linking: the payer may go back to it.
    return _save(
        replace(
            session,
            stage=LinkStage.LINKED,
            item_id=linked.item_id,
            bank_account_id=linked.account_id,
            institution=linked.institution,
            account_name=linked.account_name,
            last4=linked.last4,
            sealed_access=world.vault.encrypt(
                linked.access_token, _context(session, linked.item_id)
            ),
        )
    )


def _after_taken(world: World, session: LinkSession) -> LinkSession:
    """Somebody fetched the result: go on from what they stored, or give it up when it is old."""
    stored = _session(session.dealer_id, session.company_id, session.session_id)
    if stored.stage is not LinkStage.STARTED:
        return stored
    if world.clock.now() - stored.started_at < LOST_AFTER:
        raise _Overtaken
    return _save(replace(stored, stage=LinkStage.ABANDONED))


def _attach(world: World, session: LinkSession) -> LinkSession:
    """Bank token (stored, so a repeat is the same request) → customer → mandate → saved method."""
    context = _context(session, session.item_id)
    if not session.sealed_bank_token:
        linked = LinkedAccount(
            access_token=world.vault.decrypt(session.sealed_access, context),
            item_id=session.item_id,
            account_id=session.bank_account_id,
            institution=session.institution,
            account_name=session.account_name,
            last4=session.last4,
        )
        minted = world.vault.encrypt(world.bank_link.bank_token(linked), context)
        session = _save(replace(session, sealed_bank_token=minted))
    acct = get_dealer(session.dealer_id).processor_account
    method = world.processor.attach_bank(
        acct,
        customer=_customer(world, session, acct),
        bank_token=world.vault.decrypt(session.sealed_bank_token, context),
        authorization=session.authorization,
        key=f"bank-{session.session_id}",
    )
    return _save(replace(session, stage=LinkStage.DONE, method_id=method.method_id), method)


def _customer(world: World, session: LinkSession, acct: str) -> str:
    """The company's customer on the connected account: that of a saved method, else a new one."""
    saved = list_methods(session.dealer_id, session.company_id)
    if saved:
        return saved[0].customer
    return world.processor.ensure_customer(
        acct,
        # The vendor compares a repeated key's parameters, and a colleague has another address.
        key=f"customer-{session.session_id}",
        name=session.payer_name,
        email=session.payer_email,
    )


def _context(session: LinkSession, item_id: str) -> dict[str, str]:
    return {"dealer": session.dealer_id, "company": session.company_id, "item": item_id}


def _save(session: LinkSession, method: Method | None = None) -> LinkSession:
    writes = [session_put(session, token_hash=hashed_token(session.link_token))]
    if method is not None:
        writes.append(method_put(session.dealer_id, session.company_id, method))
    try:
        transact(writes, token=uuid4().hex)
    except WritesRefused as refused:
        raise _Overtaken from refused
    return replace(session, version=session.version + 1)
