"""The team: a dealer's own operators with their roles and when they last came in."""

from datetime import timedelta

import pyotp

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import UserId
from chalicelib.domain.people import Face
from chalicelib.gateways.clock import wall_now
from chalicelib.services.check_code import check_code
from chalicelib.services.create_operator import create_operator
from chalicelib.services.sign_in import sign_in
from chalicelib.services.view_team import view_team
from chalicelib.storage import keys
from chalicelib.storage.records import Record
from tests.stage import PASSWORD, Stage, stage

__all__ = ["stage"]
TOTP = pyotp.random_base32()


def hired(stage: Stage, dealer: Dealer, name: str, role: str, *, email: str = "") -> UserId:
    return create_operator(
        stage, dealer.dealer_id, email=email or f"{name}.{dealer.dealer_id}@dealer.example",
        name=name, role=role, password=PASSWORD, totp_secret=TOTP,
    )  # fmt: skip


def comes_in(stage: Stage, dealer: Dealer, name: str) -> None:
    email, here, wall = f"{name}.{dealer.dealer_id}@dealer.example", "203.0.113.1", wall_now()
    half = sign_in(face=Face.OPERATOR, email=email, password=PASSWORD, address=here, wall=wall)
    code = pyotp.TOTP(TOTP).now()
    check_code(
        stage, session=half.session, secret=half.secret, code=code, address=here, wall=wall
    )  # fmt: skip


def seen(stage: Stage, dealer: Dealer) -> list[tuple[str, str, bool]]:
    return [(member.name, member.role, member.signed_in_at is not None)
            for member in view_team(stage, dealer.dealer_id)]  # fmt: skip


def test_the_team_is_listed_by_name_with_role_and_last_sign_in(stage: Stage) -> None:
    dealer, other = stage.dealer(), stage.dealer()
    hired(stage, dealer, "Noor", "ar")
    hired(stage, dealer, "alma", "admin")
    hired(stage, other, "Somebody", "admin")

    comes_in(stage, dealer, "Noor")

    assert seen(stage, dealer) == [("alma", "admin", False), ("Noor", "ar", True)]
    _, noor = view_team(stage, dealer.dealer_id)
    assert noor.signed_in_at is not None
    assert wall_now() - noor.signed_in_at < timedelta(minutes=1)


def test_a_password_without_its_code_is_no_sign_in(stage: Stage) -> None:
    dealer = stage.dealer()
    hired(stage, dealer, "Noor", "ar")

    email = f"Noor.{dealer.dealer_id}@dealer.example"
    sign_in(face=Face.OPERATOR, email=email, password=PASSWORD, address="", wall=wall_now())

    assert seen(stage, dealer) == [("Noor", "ar", False)]


def test_a_login_of_two_dealers_is_in_both_teams_with_its_role_there(stage: Stage) -> None:
    one, two = stage.dealer(), stage.dealer()
    email = f"both.{one.dealer_id}@dealer.example"

    ids = {hired(stage, one, "Both", "ar", email=email),
           hired(stage, two, "Both", "viewer", email=email)}  # fmt: skip

    assert len(ids) == 1
    assert seen(stage, one) == [("Both", "ar", False)]
    assert seen(stage, two) == [("Both", "viewer", False)]


def test_who_joined_before_there_was_a_list_appears_at_the_next_sign_in(stage: Stage) -> None:
    dealer = stage.dealer()
    user_id = hired(stage, dealer, "Noor", "ar")
    Record(keys.team(dealer.dealer_id), keys.user(user_id)).delete()
    before = seen(stage, dealer)

    comes_in(stage, dealer, "Noor")

    assert (before, seen(stage, dealer)) == ([], [("Noor", "ar", True)])


def test_who_belongs_no_more_is_not_listed(stage: Stage) -> None:
    dealer = stage.dealer()
    user_id = hired(stage, dealer, "Noor", "ar")

    Record(keys.user(user_id), keys.membership(dealer.dealer_id, None)).delete()

    assert seen(stage, dealer) == []
