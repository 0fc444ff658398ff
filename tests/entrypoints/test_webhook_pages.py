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

    said = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert answer.status == 400
    assert [line["webhook_refused"] for line in said] == [[1.0]]
    assert (said[0]["entry"], said[0]["service"]) in watched()


def watched() -> list[tuple[str, str]]:
    """The dimensions of the metrics that WebhooksRefusedAlarm adds up."""
    part = yaml.load(ALARMS.read_text(), Loader=InfraLoader)  # noqa: S506 – a SafeLoader.
    alarm = part["Resources"]["WebhooksRefusedAlarm"]
    stats = [row["MetricStat"]["Metric"] for row in alarm["Properties"]["Metrics"][1:]]
    assert {stat["MetricName"] for stat in stats} == {"webhook_refused"}
    return [tuple(it["Value"] for it in stat["Dimensions"]) for stat in stats]
