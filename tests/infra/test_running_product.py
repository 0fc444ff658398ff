"""The deployed product on one machine: one address, enforced policies, schedules by hand."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.local_aws


def fetch(url: str, *, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case and body of one request."""
    request = urllib.request.Request(url, method=method)  # noqa: S310 – our own loopback address.
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 – the same.
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, b""


def test_run_json_says_where_everything_is(run_json: dict[str, Any]) -> None:
    wanted = {
        "console_url", "portal_url", "mail_url", "aws_endpoint", "sandbox_url", "webhook_urls",
        "dealers", "logins",
    }  # fmt: skip

    assert wanted <= set(run_json)
    assert {"role", "email", "password"} <= set(run_json["logins"][0])


def test_pages_come_from_the_deployed_function(run_json: dict[str, Any]) -> None:
    status, headers, _ = fetch(f"{run_json['portal_url']}/health")

    assert status == 200
    assert headers["strict-transport-security"].startswith("max-age=")


def test_built_files_come_from_the_bucket(run_json: dict[str, Any]) -> None:
    sheet = next(Path("build/static").glob("*.css"))

    status, headers, _ = fetch(f"{run_json['portal_url']}/static/{sheet.name}")

    assert status == 200
    assert "immutable" in headers["cache-control"]


def test_an_unknown_page_still_carries_security_headers(run_json: dict[str, Any]) -> None:
    status, headers, _ = fetch(f"{run_json['portal_url']}/no-such-page")

    assert status in (403, 404)
    assert headers["x-content-type-options"] == "nosniff"


def test_the_local_aws_enforces_the_functions_policies(run_json: dict[str, Any]) -> None:
    _, _, body = fetch(f"{run_json['aws_endpoint']}/_ministack/health")

    assert json.loads(body)["auth"] == "enabled"


@pytest.mark.parametrize("name", ["sweep_due", "nightly"])
def test_every_schedule_can_be_fired_by_hand(run_json: dict[str, Any], name: str) -> None:
    status, _, body = fetch(f"{run_json['sandbox_url']}/schedules/{name}", method="POST")

    assert status == 200
    assert json.loads(body)["error"] is None
