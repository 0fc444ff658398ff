"""The packaged template in the eyes of AWS's own linter, and what must be watched."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from sandbox.front_door import EDGE_ANSWER_HEADERS


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Resources of one type: name → properties."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def test_cfn_lint_finds_nothing(package: Path) -> None:
    linter = Path(sys.executable).parent / "cfn-lint"

    done = subprocess.run(
        [str(linter), str(package / "sam.json")], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_every_dead_letter_queue_has_an_alarm(template: dict[str, Any]) -> None:
    dead = {name for name in resources(template, "AWS::SQS::Queue") if "DeadLetters" in name}
    alarms = resources(template, "AWS::CloudWatch::Alarm").values()

    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in alarms
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "QueueName"
    }

    assert dead
    assert watched == dead


def test_every_function_and_machine_has_an_alarm(template: dict[str, Any]) -> None:
    wanted = {
        *resources(template, "AWS::Serverless::Function"),
        *resources(template, "AWS::StepFunctions::StateMachine"),
    }
    alarms = resources(template, "AWS::CloudWatch::Alarm").values()

    watched = {
        dimension["Value"]["Ref"]
        for alarm in alarms
        for dimension in alarm["Dimensions"]
        if dimension["Name"] in ("FunctionName", "StateMachineArn")
    }

    assert watched == wanted
    assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in alarms)


def test_the_table_is_encrypted_restorable_and_kept(template: dict[str, Any]) -> None:
    table = template["Resources"]["Table"]

    indexes = {
        index["IndexName"]: index["Projection"]["ProjectionType"]
        for index in table["Properties"]["GlobalSecondaryIndexes"]
    }

    assert table["DeletionPolicy"] == "Retain"
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True
    }
    assert table["Properties"]["SSESpecification"]["SSEType"] == "KMS"
    assert indexes == {
        "by_time": "ALL", "by_status": "ALL", "by_amount": "ALL", "lookup": "KEYS_ONLY"
    }  # fmt: skip


def test_no_bucket_can_become_public(template: dict[str, Any]) -> None:
    buckets = resources(template, "AWS::S3::Bucket")

    assert set(buckets) == {"FilesBucket", "StaticBucket"}
    for bucket in buckets.values():
        assert all(bucket["PublicAccessBlockConfiguration"].values())


def test_the_secret_gets_no_value_from_the_template(template: dict[str, Any]) -> None:
    secret = template["Resources"]["ProductSecret"]["Properties"]

    assert set(secret) == {"Name", "Description"}


def test_the_edge_exists_in_production_only(template: dict[str, Any]) -> None:
    edge = {
        name: resource.get("Condition")
        for name, resource in template["Resources"].items()
        if resource["Type"].startswith("AWS::CloudFront")
    }

    assert set(edge.values()) == {"Production"}
    assert {"PortalDistribution", "ConsoleDistribution"} <= set(edge)


def test_the_front_door_adds_what_the_edge_adds(template: dict[str, Any]) -> None:
    policy = template["Resources"]["EdgeHeaders"]["Properties"]
    security = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]

    added = {
        "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": (
            f"max-age={security['StrictTransportSecurity']['AccessControlMaxAgeSec']}"
            "; includeSubDomains"
        ),
    }

    assert added == EDGE_ANSWER_HEADERS


def test_stage_files_name_only_the_templates_parameters(template: dict[str, Any]) -> None:
    files = list(Path("infra/stages").glob("*.json"))

    assert files
    for path in files:
        assert set(json.loads(path.read_text())) <= set(template["Parameters"]), path.name


def test_the_parts_of_infra_are_yaml_that_a_person_can_read() -> None:
    parts = list(Path("infra/resources").glob("*.yaml"))

    assert len(parts) > 3
    for part in parts:
        assert next(yaml.scan(part.read_text())) is not None
        assert part.read_text().startswith("# "), f"{part.name} does not say what it holds"
