"""Signing in: passwords, codes, throttling, sessions; nobody is told who has a login."""

import secrets
import statistics
import time
from datetime import timedelta

import pyotp
import pytest

from chalicelib.domain.errors import DrypowderError, InvalidInput, NotSignedIn, Throttled
from chalicelib.domain.ids import AccountId
from chalicelib.domain.people import Face
from chalicelib.domain.people import Stage as Step
from chalicelib.gateways import password_hashes
from chalicelib.gateways.clock import wall_now
from chalicelib.services.check_code import check_code
from chalicelib.services.create_operator import create_operator
from chalicelib.services.recognise_visitor import Recognised, recognise_visitor
from chalicelib.services.sign_in import SignedIn, sign_in
from chalicelib.services.sign_out import sign_out
from chalicelib.storage import sessions
from chalicelib.storage.records import Record
from tests.stage import PASSWORD, Stage, stage

__all__ = ["stage"]
TOTP = pyotp.random_base32()
HERE = "203.0.113.1"


def _operator(stage: Stage) -> str:
    dealer = stage.dealer()
    email = f"ann.{dealer.dealer_id}@dealer.example"
    create_operator(
        stage, dealer.dealer_id,
        email=email, name="Ann", role="ar", password=PASSWORD, totp_secret=TOTP,
    )  # fmt: skip
    return email


def _password(email: str, password: str = PASSWORD, **changes: object) -> SignedIn:
    asked = {"face": Face.OPERATOR, "address": HERE, "wall": wall_now(), **changes}
    return sign_in(email=email, password=password, **asked)  # type: ignore[arg-type]


def _code(stage: Stage, half: SignedIn, code: str, **changes: object) -> SignedIn:
    asked = {"address": HERE, "wall": wall_now(), **changes}
    named = {"session": half.session, "secret": half.secret, "code": code}
    return check_code(stage, **named, **asked)  # type: ignore[arg-type]


def _recognised(entered: SignedIn, **changes: object) -> Recognised | None:
    session = entered.session
    asked = {
        "user_id": session.user_id, "dealer_id": session.dealer_id,
        "account_id": session.account_id, "secret": entered.secret,
        "face": session.face, "wall": wall_now(), **changes,
    }  # fmt: skip
    return recognise_visitor(**asked)  # type: ignore[arg-type]


def test_an_operator_needs_password_and_code(stage: Stage) -> None:
    half = _password(_operator(stage))

    entered = _code(stage, half, pyotp.TOTP(TOTP).now())

    assert half.session.stage is Step.CODE
    assert entered.session.stage is Step.SIGNED_IN
    assert entered.secret != half.secret
    assert _recognised(half) is None
    assert _recognised(entered) is not None


def test_a_code_opens_one_session_only(stage: Stage) -> None:
    email = _operator(stage)
    code = pyotp.TOTP(TOTP).now()
    _code(stage, _password(email), code)

    with pytest.raises(InvalidInput):
        _code(stage, _password(email), code)


def test_a_wrong_code_keeps_the_door_shut_and_tries_are_counted(stage: Stage) -> None:
    half = _password(_operator(stage))
    wrong = str((int(pyotp.TOTP(TOTP).now()) + 1) % 1_000_000).zfill(6)
    seen = []

    for _ in range(7):
        with pytest.raises(DrypowderError) as refused:
            _code(stage, half, wrong)
        seen.append(type(refused.value))

    assert seen == [InvalidInput] * 5 + [Throttled] * 2


def test_the_password_step_is_over_after_five_minutes(stage: Stage) -> None:
    half = _password(_operator(stage))
    later = wall_now() + timedelta(minutes=5)

    assert _recognised(half, wall=later) is None


def test_a_code_step_whose_session_has_ended_is_refused(stage: Stage) -> None:
    half = _password(_operator(stage))
    sign_out(user_id=half.session.user_id, secret=half.secret)

    with pytest.raises(NotSignedIn):
        _code(stage, half, pyotp.TOTP(TOTP).now())


def test_unknown_address_and_wrong_password_answer_alike(stage: Stage) -> None:
    email = _operator(stage)
    sentences = set()

    for tried in (email, f"nobody.{email}", "not an address"):
        with pytest.raises(InvalidInput) as refused:
            _password(tried, "some-other-password", address=f"source of {tried}")
        sentences.add((refused.value.sentence, tuple(refused.value.fields)))

    assert len(sentences) == 1


def test_unknown_address_and_wrong_password_take_the_same_time(stage: Stage) -> None:
    def seconds(email: str, source: str) -> float:
        started = time.perf_counter()
        with pytest.raises(InvalidInput):
            _password(email, "some-other-password", address=source)
        return time.perf_counter() - started

    known, unknown = [], []
    for number in range(9):
        email = _operator(stage)
        known.append(seconds(email, f"k{number}{email}"))
        unknown.append(seconds(f"x{email}", f"u{number}{email}"))

    # Two cores shared with others: the medians agree far closer than one argon2 run would show.
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.6 < ratio < 1.6


def test_nobodys_hash_costs_what_a_real_one_costs() -> None:
    parameters = password_hashes.hash_password(PASSWORD).split("$")[1:4]

    assert parameters == ["argon2id", "v=19", "m=19456,t=2,p=1"]
    assert password_hashes._NOBODYS.split("$")[1:4] == parameters


def test_an_operators_password_opens_nothing_in_the_portal(stage: Stage) -> None:
    email = _operator(stage)

    with pytest.raises(InvalidInput):
        _password(email, face=Face.PAYER)


def test_a_sixth_guess_from_one_source_is_not_even_looked_at(stage: Stage) -> None:
    email = _operator(stage)
    for _ in range(5):
        with pytest.raises(InvalidInput):
            _password(email, "some-other-password")

    with pytest.raises(Throttled):
        _password(email, PASSWORD)


def test_guessing_from_everywhere_cannot_lock_the_owner_out(stage: Stage) -> None:
    email = _operator(stage)
    for number in range(60):
        with pytest.raises(InvalidInput):
            _password(email, "some-other-password", address=f"botnet {email} {number}")

    assert _password(email, PASSWORD, address="the owner's new phone")


def test_under_attack_each_source_has_two_guesses(stage: Stage) -> None:
    email, now = _operator(stage), wall_now()  # One moment: the quarter-hours are fixed.
    for number in range(51):
        with pytest.raises(InvalidInput):
            _password(email, "some-other-password", address=f"botnet {email} {number}", wall=now)
    outcomes = []

    for _ in range(3):
        with pytest.raises(DrypowderError) as refused:
            _password(email, "some-other-password", address=f"one more {email}", wall=now)
        outcomes.append(type(refused.value))

    assert outcomes == [InvalidInput, InvalidInput, Throttled]


def test_one_home_network_of_ipv6_addresses_is_one_source(stage: Stage) -> None:
    network, now = f"2001:db8:{secrets.randbelow(9_999)}:7", wall_now()
    email = _operator(stage)
    for number in range(5):
        with pytest.raises(InvalidInput):
            _password(email, "some-other-password", address=f"{network}::{number + 1:x}", wall=now)

    with pytest.raises(Throttled):
        _password(email, PASSWORD, address=f"{network}:a:b:c:d", wall=now)


def test_a_right_password_counts_for_nothing_in_the_throttle(stage: Stage) -> None:
    email = _operator(stage)

    for _ in range(8):
        assert _password(email, PASSWORD, address=f"office {email}")


@pytest.mark.parametrize(("face", "minutes"), [(Face.PAYER, 30), (Face.OPERATOR, 15)])
def test_an_idle_session_ends(stage: Stage, face: Face, minutes: int) -> None:
    dealer = stage.dealer()
    entered = (
        stage.operator(dealer) if face is Face.OPERATOR else stage.payer(stage.account(dealer))
    )
    idle = entered.session.created_at + timedelta(minutes=minutes)

    assert _recognised(entered, wall=idle + timedelta(seconds=1)) is None
    assert _recognised(entered, wall=idle - timedelta(seconds=2)) is not None


@pytest.mark.parametrize(("face", "hours"), [(Face.PAYER, 12), (Face.OPERATOR, 8)])
def test_even_a_busy_session_ends(stage: Stage, face: Face, hours: int) -> None:
    dealer = stage.dealer()
    entered = (
        stage.operator(dealer) if face is Face.OPERATOR else stage.payer(stage.account(dealer))
    )
    end = entered.session.created_at + timedelta(hours=hours)
    now = entered.session.created_at
    while now < end:
        assert _recognised(entered, wall=now) is not None
        now += timedelta(minutes=10)

    assert _recognised(entered, wall=end) is None


def test_a_session_is_touched_at_most_once_a_minute(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = stage.payer(stage.account(stage.dealer()))
    touched = []
    monkeypatch.setattr(sessions, "touch_session", lambda *said: touched.append(said))

    for seconds in (0, 30, 59, 61):
        _recognised(entered, wall=entered.session.created_at + timedelta(seconds=seconds))

    assert len(touched) == 1


def test_recognising_a_visitor_is_one_request(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = stage.payer(stage.account(stage.dealer()))
    calls: list[str] = []
    connection = Record._get_connection().connection
    real = connection._make_api_call

    def counted(operation: str, *said: object, **more: object) -> object:
        calls.append(operation)
        return real(operation, *said, **more)

    monkeypatch.setattr(connection, "_make_api_call", counted)

    assert _recognised(entered) is not None
    assert calls == ["BatchGetItem"]


def test_a_session_is_bound_to_its_dealer_and_account(stage: Stage) -> None:
    dealer = stage.dealer()
    entered, other = stage.payer(stage.account(dealer)), stage.payer(stage.account(dealer))

    assert _recognised(entered, account_id=other.session.account_id) is None
    assert _recognised(entered, dealer_id=stage.dealer().dealer_id) is None
    assert _recognised(entered, account_id=AccountId("")) is None
    assert _recognised(entered, secret=other.secret) is None
    assert _recognised(entered, face=Face.OPERATOR) is None


def test_signing_out_ends_the_session_in_storage(stage: Stage) -> None:
    entered = stage.payer(stage.account(stage.dealer()))

    sign_out(user_id=entered.session.user_id, secret=entered.secret)

    assert _recognised(entered) is None


def test_ending_every_session_leaves_none(stage: Stage) -> None:
    entered = stage.payer(stage.account(stage.dealer()))

    sessions.end_all_sessions(entered.session.user_id)

    assert _recognised(entered) is None


def test_no_secret_of_a_session_is_stored(stage: Stage) -> None:
    entered = stage.payer(stage.account(stage.dealer()))

    items = list(Record.query(f"U#{entered.session.user_id}"))

    assert items
    assert all(entered.secret not in f"{item.sk}{item.body!r}" for item in items)
