"""Invitations: tokens, generations, validity, and exactly one acceptance."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.accounts import Account, Badge
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import AlreadyDone, DrypowderError, InvalidInput, LinkRefused
from chalicelib.domain.invitations import Delivery
from chalicelib.gateways.clock import wall_now
from chalicelib.services.decline_invitation import decline_invitation
from chalicelib.services.expire_invitations import expire_invitations
from chalicelib.services.invite_customer import (
    invite_customer,
    resend_invitation,
    revoke_invitation,
)
from chalicelib.services.open_invitation import Link, note_opened, open_invitation, parsed_link
from chalicelib.services.register_payer import register_payer
from chalicelib.services.send_mail import send_mail
from chalicelib.services.sign_in import SignedIn
from chalicelib.storage.accounts import get_account, list_log
from chalicelib.storage.invitations import get_invitation
from chalicelib.storage.records import Record
from tests.stage import PASSWORD, Stage, link_in, stage

__all__ = ["stage"]


def _invited(stage: Stage, dealer: Dealer, account: Account) -> Link:
    """Invite and send; the link as it stands in the mail."""
    invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    _send_queued(stage)
    return parsed_link(link_in(stage.mailer.letters[-1]))


def _send_queued(stage: Stage) -> None:
    while stage.queues.mails:
        send_mail(stage, stage.queues.mails.pop(0))


def _register(stage: Stage, link: Link, email: str = "", **changes: str) -> object:
    account = get_account(
        link.dealer_id,
        get_invitation(link.dealer_id, link.invitation_id).invitation.account_id,
    )
    return register_payer(
        stage,
        link,
        email=email or account.contacts[0].email,
        full_name=changes.get("full_name", "Pat Ruiz"),
        password=changes.get("password", PASSWORD),
        terms_version="2026-11",
        address="203.0.113.9",
        wall=wall_now(),
    )


def _reason(stage: Stage, link: Link) -> str:
    with pytest.raises(LinkRefused) as refused:
        open_invitation(stage, link)
    return refused.value.reason


def test_inviting_shows_pending_and_queues_ids_only(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)

    made = invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")

    assert get_account(dealer.dealer_id, account.account_id).badge is Badge.PENDING
    assert stage.queues.mails == [
        {
            "mail": "invitation",
            "dealer": dealer.dealer_id,
            "id": made.invitation_id,
            "generation": "1",
        }
    ]
    assert list_log(dealer.dealer_id, account.account_id)[0][0].text == f"Invited {made.email}."


def test_the_mail_carries_a_token_that_is_stored_as_a_hash_only(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)

    link = _invited(stage, dealer, account)

    stored = get_invitation(link.dealer_id, link.invitation_id).invitation
    assert stored.delivery is Delivery.SENT
    assert len(stored.token_hashes) == 1
    partition = Record.query(f"D#{dealer.dealer_id}#V#{link.invitation_id}")
    assert all(link.secret.encode() not in item.body for item in partition)
    letter = stage.mailer.letters[-1]
    assert letter.to == account.contacts[0].email
    assert "$" not in letter.text
    assert "localhost:8080/i?i=" in letter.html


def test_a_link_is_valid_to_the_end_of_the_dealers_fourteenth_day(stage: Stage) -> None:
    dealer = stage.dealer(time_zone="America/Los_Angeles")
    link = _invited(stage, dealer, stage.account(dealer))

    stage.clock.at = datetime(2026, 12, 7, 7, 59, 59, tzinfo=UTC)  # 23:59:59 on Dec 6.
    opened = open_invitation(stage, link)
    stage.clock.at = datetime(2026, 12, 7, 8, 0, 0, tzinfo=UTC)

    assert opened.invitation.expires_at == datetime(2026, 12, 7, 7, 59, 59, tzinfo=UTC)
    assert _reason(stage, link) == "expired"


def test_every_altered_character_of_a_token_is_refused(stage: Stage) -> None:
    dealer = stage.dealer()
    link = _invited(stage, dealer, stage.account(dealer))

    for place, character in enumerate(link.secret):
        other = "A" if character != "A" else "B"
        altered = link.secret[:place] + other + link.secret[place + 1 :]
        assert _reason(stage, replace(link, secret=altered)) == "unknown"
    for length in range(20, len(link.secret)):
        assert _reason(stage, replace(link, secret=link.secret[:length])) == "unknown"


@pytest.mark.parametrize("text", ["", "a.b", "a.b.short", "x" * 500, "a.b.\0" + "y" * 40, "..."])
def test_what_is_not_a_link_is_refused_like_a_wrong_one(text: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        parsed_link(text)

    assert refused.value.reason == "unknown"


def test_a_token_opens_nothing_at_another_dealer_or_invitation(stage: Stage) -> None:
    dealer, other = stage.dealer(), stage.dealer()
    link = _invited(stage, dealer, stage.account(dealer))
    foreign = _invited(stage, other, stage.account(other))

    assert _reason(stage, replace(link, dealer_id=other.dealer_id)) == "unknown"
    assert _reason(stage, replace(foreign, secret=link.secret)) == "unknown"


def test_opening_many_times_consumes_nothing(stage: Stage) -> None:
    dealer = stage.dealer()
    link = _invited(stage, dealer, stage.account(dealer))

    for _ in range(3):
        note_opened(stage, open_invitation(stage, link))

    assert isinstance(_register(stage, link), SignedIn)
    assert get_invitation(link.dealer_id, link.invitation_id).invitation.opened_at == stage.clock.at


def test_an_accepted_link_is_used_and_the_account_accepted(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    link = _invited(stage, dealer, account)

    entered = _register(stage, link)

    assert isinstance(entered, SignedIn)
    assert entered.session.account_id == account.account_id
    after = get_account(dealer.dealer_id, account.account_id)
    assert after.badge is Badge.ACCEPTED
    assert after.company_id
    assert _reason(stage, link) == "used"
    with pytest.raises(AlreadyDone):
        invite_customer(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")
    with pytest.raises(AlreadyDone):
        resend_invitation(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")


def test_of_twenty_concurrent_acceptances_exactly_one_succeeds(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    link = _invited(stage, dealer, account)

    def accept(number: int) -> str:
        try:
            _register(stage, link, full_name=f"Person {number}")
        except DrypowderError as error:
            return type(error).__name__
        return "accepted"

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(accept, range(20)))

    assert outcomes.count("accepted") == 1
    assert set(outcomes) <= {"accepted", "AlreadyDone", "LinkRefused"}
    lines, _ = list_log(dealer.dealer_id, account.account_id)
    assert sum("accepted" in line.text for line in lines) == 1


def test_sending_again_replaces_the_old_link_and_names_the_masked_address(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    old = _invited(stage, dealer, account)

    resend_invitation(
        stage, dealer.dealer_id,
        account_id=account.account_id, operator="Ann", email="sam@build.example",
    )  # fmt: skip
    _send_queued(stage)

    with pytest.raises(LinkRefused, match=r"s•••@build\.example") as refused:
        open_invitation(stage, old)
    assert refused.value.reason == "superseded"
    assert stage.mailer.letters[-1].to == "sam@build.example"
    assert open_invitation(stage, parsed_link(link_in(stage.mailer.letters[-1])))


def test_a_revoked_link_is_dead_and_a_new_invitation_possible(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    link = _invited(stage, dealer, account)

    revoke_invitation(stage, dealer.dealer_id, account_id=account.account_id, operator="Ann")

    assert _reason(stage, link) == "revoked"
    assert get_account(dealer.dealer_id, account.account_id).badge is Badge.REVOKED
    assert open_invitation(stage, _invited(stage, dealer, account))


def test_declining_shows_at_the_dealer_and_kills_the_link(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    link = _invited(stage, dealer, account)

    decline_invitation(stage, link, reason="We moved to another yard")

    assert _reason(stage, link) == "declined"
    assert get_account(dealer.dealer_id, account.account_id).badge is Badge.DECLINED
    lines, _ = list_log(dealer.dealer_id, account.account_id)
    assert any("We moved to another yard" in line.text for line in lines)


def test_the_sweep_makes_expiry_visible_once(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    _invited(stage, dealer, account)
    stage.clock.at += timedelta(days=20)

    expire_invitations(stage)
    expire_invitations(stage)

    assert get_account(dealer.dealer_id, account.account_id).badge is Badge.EXPIRED
    lines, _ = list_log(dealer.dealer_id, account.account_id)
    assert sum("expired" in line.text for line in lines) == 1


def test_inviting_needs_an_address_that_is_one(stage: Stage) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)

    with pytest.raises(InvalidInput) as refused:
        invite_customer(
            stage, dealer.dealer_id,
            account_id=account.account_id, operator="Ann", email="pat at build",
        )  # fmt: skip

    assert "email" in refused.value.fields
    assert get_account(dealer.dealer_id, account.account_id).badge is Badge.NONE
