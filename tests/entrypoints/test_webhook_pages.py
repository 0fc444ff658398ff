"""Webhooks at the door: a forged one is refused, and refusals are what an alarm looks at."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from chalicelib.entrypoints.telemetry import metrics
from tests.entrypoints.browser import Browser
from tests.stage import Stage
from tools.merge import InfraLoader

ALARMS = Path(__file__).parents[2] / "infra" / "resources" / "alarms.yaml"
PATHS = ("/webhooks/stripe/account", "/webhooks/stripe/connect", "/webhooks/plaid")


@pytest.mark.parametrize("path", PATHS)
def test_a_forged_webhook_is_refused_and_counted_where_the_alarm_looks(
    browser: Browser, stage: Stage, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.bank_link = SimpleNamespace(webhook_key=None)  # Never asked: there is no signature.
    metrics.clear_metrics()
    capsys.readouterr()

    answer = browser.post(path, {"id": "evt_forged"}, Stripe_Signature="t=1,v1=0")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    (said,) = (line for line in lines if "webhook_refused" in line)
    (measured,) = said["_aws"]["CloudWatchMetrics"]
    assert answer.status == 400
    assert said["webhook_refused"] == [1.0]
    assert (measured["Namespace"], measured["Dimensions"], said["service"]) == watched()


def watched() -> tuple[str, list[list[str]], str]:
    """What WebhooksRefusedAlarm looks at: namespace, names of dimensions, the one's value."""
    part = yaml.load(ALARMS.read_text(), Loader=InfraLoader)  # noqa: S506 – a SafeLoader.
    alarm = part["Resources"]["WebhooksRefusedAlarm"]["Properties"]
    (dimension,) = alarm["Dimensions"]
    assert alarm["MetricName"] == "webhook_refused"
    return alarm["Namespace"], [[dimension["Name"]]], dimension["Value"]
