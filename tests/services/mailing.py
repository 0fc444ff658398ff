"""Mailings as the tests make them: accounts, the check, the queue worked off."""

from dataclasses import replace

from ulid import ULID

from chalicelib.domain.accounts import Account
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId
from chalicelib.domain.mailings import Mailing, Verdict
from chalicelib.services.invite_customer import invite_customer
from chalicelib.services.prepare_mailing import prepare_mailing
from chalicelib.services.send_mail import send_mail
from chalicelib.services.send_mailing import send_mailing
from chalicelib.storage.accounts import get_account, header_put
from chalicelib.storage.mailings import WholeMailing, get_mailing
from chalicelib.storage.transactions import transact
from tests.stage import Stage


def accounts_of(stage: Stage, dealer: Dealer, count: int) -> list[Account]:
    """Accounts of a dealer, each with a contact of its own."""
    return [stage.account(dealer) for _ in range(count)]


def changed(account: Account, **changes: object) -> Account:
    """The account as stored, with fields changed."""
    found = get_account(account.dealer_id, account.account_id)
    after = replace(found, **changes).raised()  # type: ignore[arg-type]
    put = header_put(after, expected_version=found.money_version)
    transact([put], token=str(ULID()))
    return after


def prepared(stage: Stage, dealer: Dealer, accounts: list[Account]) -> Mailing:
    """A mailing that was checked and not sent."""
    return prepare_mailing(
        stage,
        dealer.dealer_id,
        account_ids=[account.account_id for account in accounts],
        operator="Ann",
    )


def started(stage: Stage, dealer: Dealer, accounts: list[Account]) -> Mailing:
    """A mailing whose chunks are queued."""
    mailing = prepared(stage, dealer, accounts)
    send_mailing(stage, dealer.dealer_id, mailing_id=mailing.mailing_id)
    return mailing


def work_off(stage: Stage) -> None:
    """Everything in the mail queue, and what that queues."""
    while stage.queues.mails:
        send_mail(stage, stage.queues.mails.pop(0))


def mails_of(stage: Stage, dealer: Dealer) -> list[dict[str, str]]:
    """A dealer's messages in the queue."""
    return [mail for mail in stage.queues.mails if mail["dealer"] == dealer.dealer_id]


def whole(mailing: Mailing) -> WholeMailing:
    """A mailing as it is stored now."""
    return get_mailing(mailing.dealer_id, mailing.mailing_id)


def verdicts(mailing: Mailing) -> dict[AccountId, Verdict]:
    """What the check found, by account."""
    return {entry.account_id: entry.verdict for entry in whole(mailing).entries}


def invite(stage: Stage, account: Account, **changes: str) -> None:
    """Invite one account by itself."""
    invite_customer(
        stage, account.dealer_id, account_id=account.account_id, operator="Ann", **changes
    )
