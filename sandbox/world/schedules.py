"""Fires a deployed schedule by hand: finds its Lambda in the local AWS and invokes it."""

import json
from datetime import datetime

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from sandbox.world.jsontypes import Json

REGION = "us-east-1"


# One try only: a repeated invocation would run the schedule twice.
_ONE_TRY = Config(read_timeout=300, retries={"total_max_attempts": 1})


class LocalAwsUnreachable(ConnectionError):
    """The local AWS does not answer."""


class NoSuchSchedule(LookupError):
    """No deployed function has this name in its own."""


def fire_schedule(name: str, *, aws: str, now: datetime) -> Json:
    """Invoke the function whose name contains `name`; return its status, error and answer.

    Raises NoSuchSchedule where nothing like it is deployed, LocalAwsUnreachable without AWS.
    """
    try:
        return _fire(name, aws=aws, now=now)
    except BotoCoreError as error:
        raise LocalAwsUnreachable(f"The local AWS at {aws} does not answer: {error}.") from error


def _fire(name: str, *, aws: str, now: datetime) -> Json:
    client = boto3.client(
        "lambda",
        endpoint_url=aws,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=_ONE_TRY,
    )
    functions = [
        found["FunctionName"]
        for page in client.get_paginator("list_functions").paginate()
        for found in page["Functions"]
    ]
    match = find_function(name, functions)
    answer = client.invoke(FunctionName=match, Payload=json.dumps(_event(name, now)).encode())
    text = answer["Payload"].read().decode()
    return {
        "function": match,
        "status": answer["StatusCode"],
        "error": answer.get("FunctionError"),
        "answer": json.loads(text) if text else None,
    }


def find_function(name: str, functions: list[str]) -> str:
    """Return the function that carries `name`, whatever CloudFormation put around it."""
    wanted = _plain(name)
    for function in functions:
        if wanted and wanted in _plain(function):
            return function
    raise NoSuchSchedule(
        f"No deployed function is called {name}. Deployed: "
        f"{', '.join(sorted(functions)) or 'nothing'}."
    )


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _event(name: str, now: datetime) -> Json:
    return {
        "version": "0",
        "id": f"sandbox-{name}",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": now.isoformat(),
        "region": REGION,
        "resources": [],
        "detail": {},
    }
