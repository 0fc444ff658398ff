"""Every control that docs/SANDBOX.md writes down works as written."""

import os
import re
import socket
import subprocess
import sys
import time
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
