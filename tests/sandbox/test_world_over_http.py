"""The served world: clock, script, webhooks on the wire, mails, schedules, and the real library."""

import json
from datetime import UTC, datetime

import pytest
import requests
import stripe

from sandbox.world import keys
from sandbox.world.mail import read_mails
from sandbox.world.schedules import NoSuchSchedule, find_function
from tests.sandbox.builders import ACCOUNT, START
from tests.sandbox.conftest import Served

OPTIONS = {"stripe_account": ACCOUNT}


def client(served: Served, timeout: float = 10) -> stripe.StripeClient:
    requests.post(f"{served.url}/stripe/_accounts", json={"id": ACCOUNT}, timeout=10)
    return stripe.StripeClient(
        keys.STRIPE_SECRET_KEY,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=timeout),
        base_addresses={"api": f"{served.url}/stripe"},
    )


def test_the_real_library_creates_and_pages_over_http(served: Served) -> None:
    api = client(served).v1
    for number in range(5):
        api.customers.create({"name": f"Demo {number}"}, OPTIONS)

    names = [found.name for found in api.customers.list({"limit": 2}, OPTIONS).auto_paging_iter()]

    assert names == [f"Demo {number}" for number in (4, 3, 2, 1, 0)]


def test_a_webhook_arrives_signed_and_is_retried_until_accepted(served: Served) -> None:
    served.inbox.answers = [500, 503]
    client(served).v1.customers.create({"name": "Demo"}, OPTIONS)

    tries = [served.inbox.next() for _ in range(3)]

    events = [
        stripe.Webhook.construct_event(
            got.body, got.headers["Stripe-Signature"], keys.STRIPE_CONNECT_WEBHOOK_SECRET
        )
        for got in tries
    ]
    assert {got.path for got in tries} == {"/webhooks/stripe/connect"}
    assert len({event.id for event in events}) == 1
    assert (events[0].type, events[0].account) == ("customer.created", ACCOUNT)


def test_a_scripted_timeout_is_a_timeout_on_the_wire_and_the_request_counted(
    served: Served,
) -> None:
    api = client(served, timeout=0.4).v1
    script = {"next_request": {"timeout": "after", "seconds": 1.0}}
    requests.post(f"{served.url}/stripe/_script", json=script, timeout=10)

    with pytest.raises(stripe.APIConnectionError):
        api.customers.create({"name": "Demo"}, OPTIONS | {"idempotency_key": "lost"})
    again = api.customers.create({"name": "Demo"}, OPTIONS | {"idempotency_key": "lost"})

    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(api.customers.list(None, OPTIONS).data) == 1


def test_the_clock_is_read_set_and_advanced(served: Served) -> None:
    def clock(**wanted: object) -> requests.Response:
        return requests.post(f"{served.url}/clock", json=wanted, timeout=10)

    start = requests.get(f"{served.url}/clock", timeout=10).json()["now"]
    steps = [clock(advance=step).json()["now"] for step in ("3d", "4h", 90, "1w")]
    jumped = clock(set="2027-01-01T00:00:00Z").json()["now"]

    assert datetime.fromisoformat(start) == START
    assert steps == [
        "2026-11-26T15:00:00+00:00",
        "2026-11-26T19:00:00+00:00",
        "2026-11-26T19:01:30+00:00",
        "2026-12-03T19:01:30+00:00",
    ]
    assert datetime.fromisoformat(jumped) == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "wanted",
    [{}, {"advance": "soon"}, {"advance": -5}, {"set": "tomorrow"}, {"set": "2027-01-01T00:00:00"}],
)
def test_an_unclear_clock_request_is_refused_and_moves_nothing(
    served: Served, wanted: dict[str, object]
) -> None:
    refused = requests.post(f"{served.url}/clock", json=wanted, timeout=10)

    assert refused.status_code == 400
    assert refused.json()["error"]
    assert served.world.clock.now() == START


def test_the_script_is_shown_and_an_unknown_one_refused(served: Served) -> None:
    url = f"{served.url}/stripe/_script"
    noise = {"seed": 7, "duplicate": 0.3, "reorder": True}

    refused = requests.post(url, json={"surprise": 1}, timeout=10)
    requests.post(url, json={"webhooks": noise}, timeout=10)

    shown = requests.get(url, timeout=10).json()["webhooks"]
    assert refused.status_code == 400
    assert {name: shown[name] for name in noise} == noise


def test_the_index_page_links_to_every_part(served: Served) -> None:
    client(served)

    page = requests.get(served.url, timeout=10).text

    for part in ("/mail", "/clock", "/stripe/_script", "/stripe/_deliveries", ACCOUNT):
        assert part in page


def test_mails_are_read_newest_first_with_their_links() -> None:
    stored = {
        "messages": {
            "000000000000": [
                record(subject="First", Timestamp=1.0),
                record(
                    subject="Second",
                    Timestamp=2.0,
                    BodyText="Open http://localhost:8080/i?i=demo.1 now",
                ),
            ]
        }
    }

    newest, oldest = read_mails(stored)

    assert (newest.subject, oldest.subject) == ("Second", "First")
    assert newest.links() == ["http://localhost:8080/i?i=demo.1"]
    assert json.loads(json.dumps(newest.as_json()))["to"] == ["pat@example.test"]


def record(*, subject: str, **changed: object) -> dict[str, object]:
    return {
        "MessageId": f"{subject}@email.amazonses.com",
        "Source": "demo@example.test",
        "To": ["pat@example.test"],
        "Subject": subject,
        "BodyText": "",
        "BodyHtml": None,
        "Type": "SendEmail",
    } | changed


def test_the_mail_page_says_what_to_do_when_the_local_aws_is_down(served: Served) -> None:
    answer = requests.get(f"{served.url}/mail", timeout=10)

    assert answer.status_code == 502
    assert "Is it running?" in answer.text


def test_a_schedule_is_found_by_name_whatever_is_around_it() -> None:
    deployed = ["drypowder-ApiHandler-1", "drypowder-SweepDue-2", "drypowder-Nightly-3"]

    assert find_function("sweep_due", deployed) == "drypowder-SweepDue-2"
    assert find_function("nightly", deployed) == "drypowder-Nightly-3"
    with pytest.raises(NoSuchSchedule, match="No deployed function is called monthly"):
        find_function("monthly", deployed)
