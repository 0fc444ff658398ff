"""The packaged template: what AWS demands and the local stack does not tell."""

import json
from pathlib import Path
from typing import Any

import pytest

FUNCTIONS = {
    "APIHandler": "ApiHandlerRole",
    "DeliverMail": "DeliverMailRole",
    "HandleEvent": "HandleEventRole",
    "ImportFiles": "ImportFilesRole",
    "RecordDelivery": "RecordDeliveryRole",
    "PaymentStep": "PaymentStepRole",
    "SettlementStep": "SettlementStepRole",
    "SweepDue": "SweepDueRole",
    "Nightly": "NightlyRole",
}
LARGEST_TEMPLATE_BYTES = 900_000
MOST_RESOURCES = 450
MOST_API_RESOURCES = 300
VISIBILITY_PER_TIMEOUT = 6


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Resources of one type: name → properties."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def test_the_template_is_plain_json_without_aliases(package: Path) -> None:
    text = (package / "sam.json").read_text()

    json.loads(text)

    assert len(text.encode()) <= LARGEST_TEMPLATE_BYTES


def test_the_template_stays_within_the_resource_limits(template: dict[str, Any]) -> None:
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    nodes = {"/".join(path.split("/")[:depth]) for path in paths
             for depth in range(2, len(path.split("/")) + 1)}  # fmt: skip

    assert len(template["Resources"]) <= MOST_RESOURCES
    assert 0 < len(nodes) <= MOST_API_RESOURCES


def test_sibling_path_variables_share_their_name(template: dict[str, Any]) -> None:
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    variables: dict[str, set[str]] = {}

    for path in paths:
        parts = path.strip("/").split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                variables.setdefault("/".join(parts[:place]), set()).add(part)

    assert {parent: names for parent, names in variables.items() if len(names) > 1} == {}


def test_the_functions_are_the_ones_we_know(template: dict[str, Any]) -> None:
    assert set(of_type(template, "AWS::Serverless::Function")) == set(FUNCTIONS)


@pytest.mark.parametrize(("function", "role"), FUNCTIONS.items())
def test_each_function_has_a_role_of_its_own_with_named_resources(
    template: dict[str, Any], function: str, role: str
) -> None:
    properties = template["Resources"][function]["Properties"]
    policies = template["Resources"][role]["Properties"]["Policies"]

    statements = [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]

    assert properties["Role"] == {"Fn::GetAtt": [role, "Arn"]}
    assert statements
    assert all(statement["Resource"] != "*" for statement in statements)
    assert not [a for statement in statements for a in statement["Action"] if a.endswith("*")]


def test_every_queue_worker_reports_failures_singly_and_has_time_to(
    template: dict[str, Any],
) -> None:
    functions = of_type(template, "AWS::Serverless::Function")
    workers = {
        name: (properties, event["Properties"])
        for name, properties in functions.items()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "SQS"
    }

    assert set(workers) == {"DeliverMail", "HandleEvent", "ImportFiles", "RecordDelivery"}
    for properties, mapping in workers.values():
        queue = template["Resources"][mapping["Queue"]["Fn::GetAtt"][0]]["Properties"]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert queue["VisibilityTimeout"] >= VISIBILITY_PER_TIMEOUT * properties["Timeout"]
        assert "deadLetterTargetArn" in queue["RedrivePolicy"]


def test_ses_tells_the_recorder_and_nobody_else_can(template: dict[str, Any]) -> None:
    found = template["Resources"]
    told = found["MailEvents"]["Properties"]
    subscription = found["MailEventsSubscription"]["Properties"]
    (may_publish,) = found["MailEventsTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    (may_queue,) = found["DeliveriesQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert found["MailSender"]["Properties"]["ConfigurationSetAttributes"] == {
        "ConfigurationSetName": told["ConfigurationSetName"]
    }
    assert told["EventDestination"]["Enabled"] is True
    assert set(told["EventDestination"]["MatchingEventTypes"]) == {
        "DELIVERY", "BOUNCE", "COMPLAINT"
    }  # fmt: skip
    assert told["EventDestination"]["SnsDestination"] == {"TopicARN": {"Ref": "MailEventsTopic"}}
    assert subscription["TopicArn"] == {"Ref": "MailEventsTopic"}
    assert subscription["Endpoint"] == {"Fn::GetAtt": ["DeliveriesQueue", "Arn"]}
    assert subscription["RawMessageDelivery"] is True
    assert may_publish["Principal"] == {"Service": "ses.amazonaws.com"}
    assert set(may_publish["Condition"]["StringEquals"]) == {"aws:SourceAccount", "aws:SourceArn"}
    assert may_queue["Principal"] == {"Service": "sns.amazonaws.com"}
    assert may_queue["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "MailEventsTopic"}}}


def test_the_recorder_may_read_and_write_single_items_and_nothing_else(
    template: dict[str, Any],
) -> None:
    (policy,) = template["Resources"]["RecordDeliveryRole"]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]

    services = {action.partition(":")[0] for s in statements for action in s["Action"]}
    table = [s["Action"] for s in statements if s["Action"][0].startswith("dynamodb:")]

    assert services == {"logs", "sqs", "dynamodb"}
    assert table == [["dynamodb:GetItem", "dynamodb:PutItem"]]


def test_every_scheduled_function_has_dead_letters(template: dict[str, Any]) -> None:
    functions = of_type(template, "AWS::Serverless::Function")

    scheduled = {
        name: properties
        for name, properties in functions.items()
        if any(event["Type"] == "Schedule" for event in properties.get("Events", {}).values())
    }

    assert set(scheduled) == {"SweepDue", "Nightly"}
    assert all("DeadLetterQueue" in properties for properties in scheduled.values())


def test_pages_end_before_the_gateway_gives_up(template: dict[str, Any]) -> None:
    assert template["Resources"]["APIHandler"]["Properties"]["Timeout"] < 29


def test_secrets_are_not_among_the_environment_variables(template: dict[str, Any]) -> None:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]

    own = [p["Environment"] for p in of_type(template, "AWS::Serverless::Function").values()
           if "Environment" in p]  # fmt: skip

    assert own == []
    assert [name for name in variables if "SECRET" in name] == ["SECRET_ID", "ORIGIN_SECRET_SHA256"]


def test_the_configuration_reads_only_what_the_template_gives(template: dict[str, Any]) -> None:
    given = set(template["Globals"]["Function"]["Environment"]["Variables"])
    source = Path("chalicelib/config.py").read_text()

    read = {word for word in source.replace('"', " ").split() if word.isupper() and len(word) > 4}

    assert read
    # Lambda itself sets the last one.
    assert read <= given | {"AWS_REGION"}


def test_gateway_answers_of_its_own_carry_security_headers(template: dict[str, Any]) -> None:
    answers = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]

    for kind in ("DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN"):
        headers = answers[kind]["ResponseParameters"]["Headers"]
        assert {"Strict-Transport-Security", "X-Content-Type-Options"} <= set(headers)


def test_access_logs_omit_query_referrer_and_cookie(template: dict[str, Any]) -> None:
    setting = template["Resources"]["RestAPI"]["Properties"]["AccessLogSetting"]["Fn::If"][1]

    words = setting["Format"].lower()

    assert "$context.resourcepath" in words
    assert not any(word in words for word in ("query", "referer", "cookie", '$context.path"'))
