"""The sandbox's mail events: SES's shape, published for the mail that was asked for."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chalicelib.domain.mails import Fate
from chalicelib.gateways.ses_events import read_ses_event
from sandbox.world.jsontypes import Json
from sandbox.world.mail import Mail
from sandbox.world.mail_event_routes import mail_event_routes
from sandbox.world.mail_events import NoSuchTopic

SENT_AT = "2026-11-22T18:00:00.000+00:00"


def a_mail(mail_id: str, to: str) -> Mail:
    return Mail(mail_id, "no-reply@drypowder.example", (to,), "Hello", "", None, SENT_AT,
                f"{mail_id}@email.amazonses.com")  # fmt: skip


@pytest.fixture
def published() -> list[Json]:
    return []


@pytest.fixture
def client(published: list[Json]) -> FlaskClient:
    mails = [a_mail("new", "Pat@build.example"), a_mail("old", "pat@build.example")]
    app = Flask(__name__)
    app.register_blueprint(mail_event_routes(lambda: mails, published.append))
    return app.test_client()


@pytest.mark.parametrize(
    ("control", "wanted", "fate"),
    [
        ("_deliver", {}, Fate.DELIVERED),
        ("_bounce", {}, Fate.BOUNCED),
        ("_bounce", {"type": "Transient"}, Fate.SOFT_BOUNCED),
        ("_complain", {}, Fate.COMPLAINED),
    ],
)
def test_a_control_publishes_what_the_product_reads_from_ses(
    client: FlaskClient, published: list[Json], control: str, wanted: dict[str, str], fate: Fate
) -> None:
    answer = client.post(f"/mail/{control}", json={"to": "pat@build.example", **wanted})

    (event,) = published
    read = read_ses_event(event)
    assert answer.status_code == 200
    assert read is not None
    assert (read.fate, read.message_id) == (fate, "new@email.amazonses.com")
    assert read.emails == ("pat@build.example",)


def test_a_button_names_the_mail_and_leads_back_to_it(
    client: FlaskClient, published: list[Json]
) -> None:
    answer = client.post("/mail/_bounce", data={"mail": "old"})

    assert (answer.status_code, answer.location) == (303, "/mail/old")
    assert published[0]["mail"]["messageId"] == "old@email.amazonses.com"


@pytest.mark.parametrize(
    ("wanted", "status"),
    [({}, 404), ({"to": "eve@evil.example"}, 404), ({"mail": "old", "type": "Soft"}, 400)],
)
def test_what_cannot_happen_is_said_in_a_sentence(
    client: FlaskClient, published: list[Json], wanted: dict[str, str], status: int
) -> None:
    answer = client.post("/mail/_bounce", json=wanted)

    assert (answer.status_code, published) == (status, [])
    assert answer.json["error"].endswith(".")


def test_a_product_that_hears_no_events_is_said_too() -> None:
    def nobody_listens(event: Json) -> None:
        raise NoSuchTopic("No topic.")

    app = Flask(__name__)
    app.register_blueprint(mail_event_routes(lambda: [a_mail("m", "a@b.example")], nobody_listens))

    assert app.test_client().post("/mail/_deliver", json={"mail": "m"}).status_code == 404
