"""Links that open nothing any more: refused by time itself, pointing to what took their place."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.accounts import Badge
from chalicelib.domain.errors import LinkRefused
from chalicelib.gateways.clock import wall_now
from chalicelib.services.decline_invitation import decline_invitation
from chalicelib.services.invite_customer import invite_customer, revoke_invitation
from chalicelib.services.open_invitation import (
    Link,
    open_invitation,
    parsed_link,
    refused_invitation,
)
from chalicelib.services.register_payer import register_payer
from chalicelib.storage.accounts import get_account
from tests.services.mail_events import invited
from tests.stage import PASSWORD, Stage, link_in, stage

__all__ = ["stage"]


def _link(stage: Stage) -> Link:
    return parsed_link(link_in(stage.mailer.letters[-1]))


def _reason(stage: Stage, link: Link) -> str:
    with pytest.raises(LinkRefused) as refused:
        open_invitation(stage, link)
    return refused.value.reason


@pytest.mark.parametrize("ended", ["expired", "revoked", "declined"])
def test_a_dead_link_names_the_newer_invitation_while_that_can_be_used(
    stage: Stage, ended: str
) -> None:
    dealer = stage.dealer()
    account = stage.account(dealer)
    where: Any = {"account_id": account.account_id, "operator": "Ann"}
    invited(stage, dealer, account)
    old = _link(stage)
    if ended == "expired":
        stage.clock.at += timedelta(days=20)
    elif ended == "revoked":
        revoke_invitation(stage, dealer.dealer_id, **where)
    else:
        decline_invitation(stage, old)
    alone = refused_invitation(stage, old, _reason(stage, old)).newer

    made = invite_customer(stage, dealer.dealer_id, email="sam@build.example", **where)
    anew = refused_invitation(stage, old, _reason(stage, old)).newer
    revoke_invitation(stage, dealer.dealer_id, **where)
    again = refused_invitation(stage, old, _reason(stage, old)).newer

    assert (alone, again) == (None, None)
    assert anew is not None
    assert (anew.invitation_id, anew.email) == (made.invitation_id, "sam@build.example")
    stranger = replace(old, secret="x" * 43)
    with pytest.raises(LinkRefused) as refused:
        refused_invitation(stage, stranger, ended)
    assert refused.value.reason == "unknown"


def test_nothing_of_an_expired_link_works_at_the_moment_it_is_used(stage: Stage) -> None:
    """Opened in time, the clock moved on: no registration, no declining, no sweep needed."""
    dealer = stage.dealer()
    account = stage.account(dealer)
    until = invited(stage, dealer, account).expires_at
    link = _link(stage)
    assert until is not None
    assert open_invitation(stage, link)

    stage.clock.at = until + timedelta(seconds=1)

    with pytest.raises(LinkRefused) as registering:
        register_payer(
            stage, link, email=account.contacts[0].email, full_name="Pat Ruiz",
            password=PASSWORD, terms_version="2026-11", address="203.0.113.9", wall=wall_now(),
        )  # fmt: skip
    with pytest.raises(LinkRefused) as declining:
        decline_invitation(stage, link)
    assert (registering.value.reason, declining.value.reason) == ("expired", "expired")
    assert get_account(dealer.dealer_id, account.account_id).badge is Badge.PENDING  # No sweep yet.
