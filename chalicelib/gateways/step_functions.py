"""Step Functions: executions are named `<id>-<run>`, so a start can be repeated."""

import json
from functools import cached_property
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.gateways.workflows import WorkflowsUnreachable

TIMEOUTS = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})
# TaskDoesNotExist and TaskTimedOut mean the step is done with; the table has the outcome.
FINISHED_TASK = {"TaskDoesNotExist", "TaskTimedOut"}


class StepFunctions:
    """The Workflows of the deployed product."""

    def __init__(self, payment_machine_arn: str, settlement_machine_arn: str) -> None:
        self._payment_machine_arn = payment_machine_arn
        self._settlement_machine_arn = settlement_machine_arn

    @cached_property
    def _client(self) -> Any:  # Botocore makes its clients' methods at run time.
        return botocore.session.get_session().create_client("stepfunctions", config=TIMEOUTS)

    def start_payment(self, *, dealer: str, account: str, payment: str, run: int) -> bool:
        """Start `<payment>-<run>`; True if it runs now, False if that name is used up."""
        body = {"dealer": dealer, "account": account, "payment": payment}
        return self._start(self._payment_machine_arn, f"{payment}-{run}", body)

    def start_settlement(self, *, dealer: str, settlement: str, run: int) -> bool:
        """Start `<settlement>-<run>`; True if it runs now, False if that name is used up."""
        body = {"dealer": dealer, "settlement": settlement}
        return self._start(self._settlement_machine_arn, f"{settlement}-{run}", body)

    def complete(self, token: str, outcome: dict[str, str]) -> None:
        """Complete a waiting step; one that is done or timed out is no error."""
        try:
            self._client.send_task_success(taskToken=token, output=json.dumps(outcome))
        except (ClientError, BotoCoreError) as error:
            if _code(error) not in FINISHED_TASK:
                raise WorkflowsUnreachable from error

    def _start(self, machine_arn: str, name: str, body: dict[str, str]) -> bool:
        try:
            self._client.start_execution(
                stateMachineArn=machine_arn, name=name, input=json.dumps(body)
            )
        except (ClientError, BotoCoreError) as error:
            if _code(error) != "ExecutionAlreadyExists":
                raise WorkflowsUnreachable from error
            return self._is_running(machine_arn, name)
        return True

    def _is_running(self, machine_arn: str, name: str) -> bool:
        execution_arn = machine_arn.replace(":stateMachine:", ":execution:") + f":{name}"
        try:
            found = self._client.describe_execution(executionArn=execution_arn)
        except (ClientError, BotoCoreError) as error:
            raise WorkflowsUnreachable from error
        return bool(found["status"] == "RUNNING")


def _code(error: Exception) -> str:
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))
