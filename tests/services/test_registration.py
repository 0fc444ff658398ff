"""Registration from a mail link: passwords, other addresses, codes, colleagues, known logins."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import AlreadyDone, InvalidInput
from chalicelib.domain.passwords import check_password
from chalicelib.gateways.clock import wall_now
from chalicelib.services.invite_customer import invite_customer
from chalicelib.services.open_invitation import Link, parsed_link
from chalicelib.services.register_payer import Waiting, link_account, register_payer
from chalicelib.services.send_mail import send_mail
from chalicelib.services.sign_in import SignedIn
from chalicelib.services.verify_address import send_new_code, verify_address
from chalicelib.storage import users
from chalicelib.storage.accounts import get_account
from tests.stage import PASSWORD, Stage, code_in, link_in, stage

__all__ = ["stage"]


def _link(stage: Stage, email: str = "") -> Link:
    dealer = stage.dealer()
    account = stage.account(dealer)
    invite_customer(
        stage, dealer.dealer_id, account_id=account.account_id, operator="Ann", email=email
    )
    send_mail(stage, stage.queues.mails.pop())
    return parsed_link(link_in(stage.mailer.letters[-1]))


def _register(stage: Stage, link: Link, email: str, **changes: str) -> SignedIn | Waiting:
    typed = {"full_name": "Pat Ruiz", "password": PASSWORD, **changes}
    return register_payer(
        stage, link,
        email=email, terms_version="2026-11", address="203.0.113.9", wall=wall_now(), **typed,
    )  # fmt: skip


def _waiting(stage: Stage, link: Link, email: str) -> tuple[str, str]:
    """Register with another address; the cookie's secret and the mailed code."""
    waiting = _register(stage, link, email)
    assert isinstance(waiting, Waiting)
    send_mail(stage, stage.queues.mails.pop())
    assert stage.mailer.letters[-1].to == email
    return waiting.secret, code_in(stage.mailer.letters[-1])


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_first_payer_owns_the_company_and_the_terms_are_kept(stage: Stage) -> None:
    link = _link(stage)
    unique = f"first.{link.dealer_id}@build.example"

    secret, code = _waiting(stage, link, unique)
    entered = verify_address(stage, link, secret=secret, code=code, wall=wall_now())

    (member,) = users.list_memberships(entered.session.user_id)
    assert (member.role, member.dealer_id) == ("owner", link.dealer_id)
    assert users.get_company(link.dealer_id, member.company_id).name == "Ruiz Builders"
    assert member.terms
    assert (member.terms.version, member.terms.address) == ("2026-11", "203.0.113.9")


def test_a_different_address_makes_no_login_before_its_code(stage: Stage) -> None:
    link = _link(stage)
    email = f"other.{link.dealer_id}@build.example"

    _waiting(stage, link, email)

    assert users.find_user_id(email) is None


def test_a_wrong_code_is_refused_and_five_tries_end_it(stage: Stage) -> None:
    link = _link(stage)
    secret, code = _waiting(stage, link, f"other.{link.dealer_id}@build.example")
    for _ in range(5):
        with pytest.raises(InvalidInput):
            verify_address(stage, link, secret=secret, code=_wrong(code), wall=wall_now())

    with pytest.raises(InvalidInput, match="cannot be used any more"):
        verify_address(stage, link, secret=secret, code=code, wall=wall_now())


def test_a_code_ends_after_fifteen_minutes(stage: Stage) -> None:
    link = _link(stage)
    secret, code = _waiting(stage, link, f"other.{link.dealer_id}@build.example")

    with pytest.raises(InvalidInput):
        verify_address(
            stage, link, secret=secret, code=code, wall=wall_now() + timedelta(minutes=15)
        )


def test_a_new_code_replaces_the_old_one(stage: Stage) -> None:
    link = _link(stage)
    secret, old = _waiting(stage, link, f"other.{link.dealer_id}@build.example")

    send_new_code(stage, link, secret=secret, wall=wall_now())
    send_mail(stage, stage.queues.mails.pop())
    new = code_in(stage.mailer.letters[-1])

    if new != old:
        with pytest.raises(InvalidInput):
            verify_address(stage, link, secret=secret, code=old, wall=wall_now())
    assert verify_address(stage, link, secret=secret, code=new, wall=wall_now())


def test_a_mail_worker_quicker_than_the_page_does_not_lose_its_code(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = _link(stage)
    secret, _ = _waiting(stage, link, f"other.{link.dealer_id}@build.example")

    def at_once(mail: str, dealer: str, **ids: str) -> None:
        send_mail(stage, {"mail": mail, "dealer": dealer, **ids})

    monkeypatch.setattr(stage.queues, "send_mail", at_once)
    send_new_code(stage, link, secret=secret, wall=wall_now())

    code = code_in(stage.mailer.letters[-1])
    assert verify_address(stage, link, secret=secret, code=code, wall=wall_now())


def test_at_most_five_codes_an_hour_leave_for_one_invitation(stage: Stage) -> None:
    link = _link(stage)
    secret, _ = _waiting(stage, link, f"other.{link.dealer_id}@build.example")
    for _ in range(4):
        send_new_code(stage, link, secret=secret, wall=wall_now())

    with pytest.raises(InvalidInput):
        send_new_code(stage, link, secret=secret, wall=wall_now())


def test_another_browsers_registration_cannot_be_finished(stage: Stage) -> None:
    link = _link(stage)
    _, code = _waiting(stage, link, f"other.{link.dealer_id}@build.example")

    with pytest.raises(InvalidInput):
        verify_address(stage, link, secret="of another browser", code=code, wall=wall_now())


def test_an_invited_address_with_a_login_is_asked_to_sign_in(stage: Stage) -> None:
    person = stage.payer(stage.account(stage.dealer()))
    link = _link(stage, person.session.email)

    with pytest.raises(AlreadyDone, match="Sign in"):
        _register(stage, link, person.session.email)


def test_a_known_login_only_links_and_keeps_what_it_had(stage: Stage) -> None:
    first = stage.account(stage.dealer())
    person = stage.payer(first)
    link = _link(stage)

    entered = link_account(
        stage, link,
        user_id=person.session.user_id, terms_version="2026-11", address="", wall=wall_now(),
    )  # fmt: skip

    accounts = {m.account_id for m in users.list_memberships(person.session.user_id)}
    assert accounts == {first.account_id, entered.session.account_id}
    assert entered.session.dealer_id == link.dealer_id


def test_a_colleague_joins_the_company_the_account_has(stage: Stage) -> None:
    link = _link(stage)
    dealer_id = link.dealer_id
    secret, code = _waiting(stage, link, f"owner.{dealer_id}@build.example")
    owner = verify_address(stage, link, secret=secret, code=code, wall=wall_now())
    account = get_account(dealer_id, owner.session.account_id)
    second = stage.account(stage.dealer(), company_id=account.company_id)
    invite_customer(stage, second.dealer_id, account_id=second.account_id, operator="Ann")
    send_mail(stage, stage.queues.mails.pop())

    joined = _register(
        stage, parsed_link(link_in(stage.mailer.letters[-1])), second.contacts[0].email
    )

    assert isinstance(joined, SignedIn)
    (member,) = users.list_memberships(joined.session.user_id)
    assert (member.company_id, member.role) == (account.company_id, "payer")


def test_every_wrong_field_is_named_and_nothing_is_stored(stage: Stage) -> None:
    link = _link(stage)

    with pytest.raises(InvalidInput) as refused:
        _register(stage, link, "no address", full_name=" ", password="short")

    assert set(refused.value.fields) == {"email", "full_name", "password"}
    assert stage.queues.mails == []


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars", "x" * 257, "password1234", "P@ssw0rd1234!", "passwordpassword",
        "qwertyuiop123", "123456789012", "aaaaaaaaaaaaa", "abababababab", "Summer2026!!!",
        "pat@build.example",
    ],
)  # fmt: skip
def test_poor_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        check_password(password, email="pat@build.example")


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "tin roof harbor 91", "x7!Kq0p_Zr4w", "Æbler og pærer i maj", "🌲🌲🌲nine trees"],
)
def test_unusual_passwords_are_accepted(password: str) -> None:
    check_password(password, email="pat@build.example")


def test_of_two_links_for_one_new_address_only_one_makes_the_login(stage: Stage) -> None:
    email = f"twice.{stage.dealer().dealer_id}@build.example"
    first, second = _link(stage, email), _link(stage, email)

    made = _register(stage, first, email)
    with pytest.raises(AlreadyDone):
        _register(stage, second, email)

    assert isinstance(made, SignedIn)
    assert users.find_user_id(email) == made.session.user_id
