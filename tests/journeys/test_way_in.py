"""The pages before anybody is signed in: links that open nothing, decline, verify, sign-in."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import StorageState

from tests.journeys import people
from tests.journeys.own_accounts import Own
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
EXPIRED_AFTER = "16d"


def test_a_used_link_says_so_and_makes_no_second_login(
    walk: Walk, invited: Callable[[str], str]
) -> None:
    """Whoever follows it later, without the first one's cookies, is sent to sign in."""
    link = invited("used")
    people.register(walk("phone"), link)

    late = walk("desk")
    late.page.goto(link)

    late.has("This invitation has been used")
    late.shot("link-used", status=410)


def test_an_altered_link_opens_nothing(walk: Walk, invited: Callable[[str], str]) -> None:
    """One character changed tells nobody whose invitation it was, and harms it as little."""
    link = invited("elsewhere")
    stranger, guest = walk("phone"), walk("phone")

    stranger.page.goto(link[:-1] + ("A" if link[-1] != "A" else "B"))

    stranger.has("This link is not complete")
    stranger.shot("link-altered", status=410)
    guest.page.goto(link)
    guest.has("Demo Elsewhere Builders")
    guest.shot("register")


def test_a_replaced_link_names_the_masked_address_of_the_newer_one(
    run_json: dict[str, Any],
    walk: Walk,
    own: Own,
    clerk: StorageState,
    invited: Callable[[str], str],
) -> None:
    """Resend makes a new token; the old one explains itself."""
    old = invited("superseded")
    account_page(walk, run_json, clerk, own.account("superseded")).page.get_by_role(
        "button", name="Resend"
    ).click()
    people.wait_for_mail(
        run_json, own.email("superseded"), lambda text: "/i?i=" in text and old not in text
    )

    guest = walk("phone")
    guest.page.goto(old)

    guest.has("There is a newer invitation")
    assert own.email("superseded") not in guest.page.content()
    guest.shot("link-superseded", status=410)


def test_a_withdrawn_link_says_whom_to_call(
    run_json: dict[str, Any],
    walk: Walk,
    own: Own,
    clerk: StorageState,
    invited: Callable[[str], str],
) -> None:
    """Revoke asks first, then kills the link."""
    link = invited("revoked")
    operator = account_page(walk, run_json, clerk, own.account("revoked"))
    operator.page.locator("summary", has_text="Revoke…").click()
    operator.shot("account-revoke")
    operator.page.get_by_role("button", name="Revoke").click()
    operator.page.get_by_role("button", name="Invite").wait_for()

    guest = walk("phone")
    guest.page.goto(link)

    guest.has("This invitation was withdrawn")
    guest.shot("link-revoked", status=410)


def test_an_expired_link_says_until_when_it_was_valid(
    run_json: dict[str, Any], walk: Walk, invited: Callable[[str], str]
) -> None:
    """Expiry is decided by the business clock at the moment of reading."""
    link = invited("expired")
    people.advance(run_json, EXPIRED_AFTER)

    guest = walk("phone")
    guest.page.goto(link)

    guest.has("This invitation has expired")
    guest.has("It was valid until")
    guest.shot("link-expired", status=410)


def test_declining_asks_first_and_tells_the_dealer(
    run_json: dict[str, Any],
    walk: Walk,
    own: Own,
    clerk: StorageState,
    invited: Callable[[str], str],
) -> None:
    """Opening the decline link declines nothing; confirming does."""
    link = invited("declined")
    guest = walk("phone")
    guest.page.goto(link + "&to=decline")
    guest.has("Decline this invitation?")
    guest.shot("decline")

    guest.page.get_by_label("Reason").fill("We buy elsewhere")
    guest.page.get_by_role("button", name="Decline invitation").click()

    guest.has("Invitation declined")
    guest.shot("declined")
    operator = account_page(walk, run_json, clerk, own.account("declined"))
    operator.page.get_by_text("Declined", exact=True).first.wait_for()
    operator.page.goto(f"{operator.page.url}?tab=activity")
    operator.has("We buy elsewhere")
    operator.shot("account-declined")


def test_another_address_is_confirmed_by_a_code_from_the_mail(
    run_json: dict[str, Any], walk: Walk, invited: Callable[[str], str]
) -> None:
    """A wrong code is refused beside its field; the right one signs in."""
    elsewhere = people.new_address("elsewhere")
    guest = walk("phone")
    people.fill_registration(guest, invited("verify"), email=elsewhere)
    guest.page.get_by_role("heading", name="Confirm your e-mail").wait_for()
    guest.shot("verify-address")

    guest.page.get_by_label("Code").fill("000000")
    guest.page.get_by_role("button", name="Confirm e-mail").click()
    guest.page.get_by_role("alert").wait_for()
    guest.shot("verify-address-wrong", status=422)
    guest.page.get_by_label("Code").fill(people.mailed_code(run_json, elsewhere))
    guest.page.get_by_role("button", name="Confirm e-mail").click()

    guest.page.get_by_role("heading", name="Outstanding").wait_for()


def test_a_wrong_password_gets_the_same_answer_as_an_unknown_address(
    run_json: dict[str, Any], walk: Walk
) -> None:
    """On both faces; the address typed stays in the form."""
    someone, login = walk("phone"), people.login_of(run_json, "cascade-demo", "viewer")
    for face, url in (("portal", run_json["portal_url"]), ("console", run_json["console_url"])):
        answers = []
        for email in (login["email"], people.new_address("nobody")):
            someone.page.goto(f"{url}/sign-in")
            someone.page.get_by_label("E-mail").fill(email)
            someone.page.get_by_label("Password").fill("not the password at all")
            someone.page.locator("form button.full").click()
            answers.append(someone.page.locator(".notice.bad").inner_text())
            assert someone.page.get_by_label("E-mail").input_value() == email
        assert answers[0] == answers[1]
        someone.shot(f"sign-in-refused-{face}", status=422)


def test_terms_help_and_errors_are_pages_too(
    run_json: dict[str, Any], walk: Walk, clerk: StorageState, payer: StorageState
) -> None:
    """What people rarely see is held to the same rules."""
    guest, person, operator = walk("phone"), walk("phone", state=payer), walk("desk", state=clerk)
    guest.page.goto(f"{run_json['portal_url']}/terms")
    guest.has("Terms of use")
    guest.shot("terms")
    for walker, face in ((person, "portal"), (operator, "console")):
        base = run_json[f"{face}_url"]
        walker.page.goto(f"{base}/help")
        walker.has("Help")
        walker.shot(f"help-{face}")
        walker.page.goto(f"{base}/payments/DP-999999")
        walker.has("If you call us")
        walker.shot(f"error-404-{face}", status=404)
        walker.page.goto(f"{base}/help")
        walker.page.locator("form input[name=csrf]").first.evaluate("box => box.value = 'forged'")
        walker.page.get_by_role("button", name="Sign out").click()
        walker.has("This form belongs to another session")
        walker.shot(f"error-403-{face}", status=403)


def account_page(walk: Walk, run: dict[str, Any], clerk: StorageState, account: str) -> Walker:
    """A clerk in front of an account."""
    operator = walk("desk", state=clerk)
    operator.page.goto(f"{run['console_url']}/customers/{account}")
    return operator
