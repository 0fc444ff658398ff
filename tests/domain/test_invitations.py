"""Badges by time and what a mail link opens or says instead."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.accounts import Badge
from chalicelib.domain.errors import LINK_REASONS, LinkRefused
from chalicelib.domain.invitations import (
    InvitationState,
    badge,
    can_resend,
    check_link,
    expires_at,
    state_now,
)
from tests.domain.builders import NOON, a_dealer, an_invitation

HASH = "aa" * 32
END = datetime(2026, 12, 5, 7, 59, 59, tzinfo=UTC)


def test_a_link_is_valid_to_the_end_of_the_fourteenth_dealer_day() -> None:
    assert expires_at(NOON, a_dealer()) == END


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (END, InvitationState.PENDING),
        (END + timedelta(milliseconds=999), InvitationState.PENDING),
        (END + timedelta(seconds=1), InvitationState.EXPIRED),
    ],
)
def test_time_decides_expiry(now: datetime, state: InvitationState) -> None:
    assert state_now(an_invitation(expires_at=END), now) is state


@pytest.mark.parametrize("state", [InvitationState.DECLINED, InvitationState.ACCEPTED])
def test_only_pending_ones_expire(state: InvitationState) -> None:
    invitation = an_invitation(expires_at=END, state=state)

    assert state_now(invitation, END + timedelta(days=400)) is state


@pytest.mark.parametrize(
    ("state", "has_active_payer", "shown"),
    [
        (InvitationState.PENDING, False, Badge.PENDING),
        (InvitationState.DECLINED, False, Badge.DECLINED),
        (InvitationState.REVOKED, False, Badge.REVOKED),
        (InvitationState.PENDING, True, Badge.ACCEPTED),
    ],
)
def test_the_badge_is_accepted_if_anyone_can_pay(
    state: InvitationState, has_active_payer: bool, shown: Badge
) -> None:
    invitation = an_invitation(state=state)

    assert badge(invitation, has_active_payer=has_active_payer, now=NOON) is shown


def test_an_account_never_invited_has_no_badge() -> None:
    assert badge(None, has_active_payer=False, now=NOON) is Badge.NONE


def test_a_good_link_opens_its_invitation() -> None:
    invitation = an_invitation(expires_at=END)

    assert check_link(invitation, HASH, NOON) is invitation


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"token_hashes": ()}, "unknown"),
        ({"token_hashes": (), "superseded_hashes": (HASH,)}, "superseded"),
        ({"state": InvitationState.REVOKED}, "revoked"),
        ({"state": InvitationState.ACCEPTED}, "used"),
        ({"state": InvitationState.DECLINED}, "declined"),
        ({"expires_at": NOON - timedelta(seconds=1)}, "expired"),
    ],
)
def test_a_dead_link_says_why(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        check_link(an_invitation(**changes), HASH, NOON)

    assert refused.value.reason == reason
    assert reason in LINK_REASONS


def test_a_wrong_secret_learns_nothing_about_a_revoked_invitation() -> None:
    with pytest.raises(LinkRefused) as refused:
        check_link(an_invitation(state=InvitationState.REVOKED), "bb" * 32, NOON)

    assert refused.value.reason == "unknown"


def test_a_replaced_link_names_the_masked_address() -> None:
    replaced = an_invitation(token_hashes=(), superseded_hashes=(HASH,))

    with pytest.raises(LinkRefused, match=r"p•••@oak\.example"):
        check_link(replaced, HASH, NOON)


def test_accepted_and_revoked_invitations_are_not_sent_again() -> None:
    resendable = [
        state for state in InvitationState if can_resend(an_invitation(state=state), NOON)
    ]

    assert resendable == ["pending", "declined", "expired"]
