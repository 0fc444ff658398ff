"""Every control that docs/SANDBOX.md writes down works as written."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.sandbox.builders import Processor
from tests.sandbox.conftest import Served

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "SANDBOX.md").read_text()
CURL = re.compile(
    r"`curl (?P<post>-X POST )?(?P<quote>\"?)\$S(?P<path>[^\s`\"]+)\"?"
    r"(?: -d '(?P<data>[^']*)')?`"
)
LINES = [
    match
    for match in CURL.finditer(DOCUMENT)
    # These need the local AWS or an event that exists; their own tests cover them.
    if not match["path"].startswith(("/schedules/", "/mail", "/stripe/_redeliver/"))
]
START_SECONDS = 20


def paid_out_of(served: Served) -> str:
    """Make the payments that docs/SANDBOX.md speaks of; the id of a payout on its way."""
    processor = Processor(clock=served.world.clock, made=served.world.stripe)
    refunded = processor.carded(number="DP-100483")
    for number in ("DP-100484", "DP-100485", "DP-100486"):
        processor.carded(number=number)
    processor.debited(number="DP-100482")
    processor.advance(days=1)
    processor.refund(refunded, 5_000)
    processor.world.open_dispute("DP-100485", "chargeback")
    processor.world.open_dispute("DP-100486", "inquiry")
    processor.debited(1_000_000, number="DP-100487")
    return processor.payouts()[0].id


@pytest.mark.parametrize("line", LINES, ids=[match[0][:90] for match in LINES])
def test_a_documented_line_is_accepted(served: Served, line: re.Match[str]) -> None:
    payout = paid_out_of(served)
    url, data = served.url + line["path"], line["data"] and line["data"].replace("po_…", payout)

    answer = requests.post(url, data=data, timeout=10) if data else requests.get(url, timeout=10)

    assert answer.status_code == 200, answer.text


def keyed(served: Served, line: str, **names: str) -> requests.Response:
    """Send a documented line that carries an idempotency key, as curl would."""
    keys = re.search(r'`K="(?P<words>[^"]+)"`', DOCUMENT)
    assert keys
    assert f"`{line}`" in DOCUMENT
    for name, real in names.items():
        line = line.replace(f"{name}_…", real)
    other = "${K/acct_demo/acct_other}"
    words = keys["words"].replace("acct_demo", "acct_other") if other in line else keys["words"]
    user, data, headers, url = "", [], {}, ""
    parts = iter(shlex.split(line.replace(other, words).replace("$K", words)))
    for part in parts:
        match part:
            case "-u":
                user = next(parts).rstrip(":")
            case "-H":
                name, _, value = next(parts).partition(":")
                headers[name] = value
            case "-d":
                data.append(next(parts))
            case _ if part.startswith("$S"):
                url = served.url + part.removeprefix("$S")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return requests.post(
        url, data="&".join(data), headers=headers | form, auth=(user, ""), timeout=10
    )


OAK = "curl -i $K $S/stripe/v1/customers -d name=Oak"
DECLINED = (
    "curl -i $K $S/stripe/v1/payment_intents -d amount=1000 -d currency=usd -d customer=cus_… "
    "-d payment_method=pm_… -d confirm=true"
)


def test_documented_keys_replay_refuse_and_are_each_accounts_own(served: Served) -> None:
    for account in ("acct_demo", "acct_other"):
        served.world.stripe.seed_account(account)
    first, again = keyed(served, OAK), keyed(served, OAK)
    other = keyed(served, OAK.replace("Oak", "Elm"))
    elsewhere = keyed(served, OAK.replace("Oak", "Elm").replace("$K", "${K/acct_demo/acct_other}"))

    assert first.json()["id"] == again.json()["id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert elsewhere.status_code == 200


def test_a_documented_key_is_refused_while_its_first_request_runs(served: Served) -> None:
    served.world.stripe.seed_account("acct_demo")
    served.world.stripe.script.apply({"next_request": {"timeout": "slow", "seconds": 1}})
    assert f"`{OAK} & {OAK}`" in DOCUMENT

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(keyed, served, OAK) for _ in range(2)]

    assert sorted(one.result().status_code for one in both) == [200, 409]


def test_a_documented_decline_is_replayed(served: Served) -> None:
    processor = Processor(clock=served.world.clock, made=served.world.stripe)
    served.world.stripe.seed_account("acct_demo")
    customer = processor.api.customers.create({}, processor.options(account="acct_demo"))
    card = processor.api.payment_methods.attach(
        "pm_card_chargeDeclined", {"customer": customer.id}, processor.options(account="acct_demo")
    )
    named = {"cus": customer.id, "pm": card.id}

    first, again = (keyed(served, DECLINED, **named) for _ in range(2))

    assert first.status_code == again.status_code == 402
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_document_has_a_line_for_every_kind_of_control() -> None:
    paths = {match["path"].split("?")[0] for match in CURL.finditer(DOCUMENT)}

    assert paths >= {
        "/clock",
        "/schedules/sweep_due",
        "/schedules/nightly",
        "/mail.json",
        "/mail/_deliver",
        "/mail/_bounce",
        "/mail/_complain",
        "/stripe/_script",
        "/stripe/_accounts",
        "/stripe/_bank_tokens",
        "/stripe/_return",
        "/stripe/_dispute",
        "/stripe/_refund_fails",
        "/stripe/_payouts",
        "/stripe/_balance",
        "/stripe/_redeliver/evt_…",
        "/stripe/_deliveries",
        "/plaid/_script",
        "/spruce/_script",
        "/spruce/demo/_documents",
        "/spruce/demo/gl",
    }


def test_the_world_starts_as_a_command_of_its_own() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.world", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )

    try:
        first_line = process.stdout.readline() if process.stdout else ""
        answer = wait_for(f"http://127.0.0.1:{port}/health")
    finally:
        process.terminate()
        process.communicate(timeout=START_SECONDS)

    assert f"http://localhost:{port}" in first_line
    assert answer == {"ok": True}


def wait_for(url: str) -> object:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return requests.get(url, timeout=2).json()
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
