"""What Step Functions answers about a step or a name that is over, as the product takes it."""

from typing import Any

import pytest
from botocore.stub import Stubber

from chalicelib.gateways.step_functions import StepFunctions
from chalicelib.gateways.workflows import WorkflowsUnreachable

ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:payments"
RUN = {"dealer": "d", "account": "a", "payment": "p", "run": 1}


@pytest.fixture
def workflows(monkeypatch: pytest.MonkeyPatch) -> StepFunctions:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    return StepFunctions(ARN, ARN)


@pytest.mark.parametrize("code", ["TaskDoesNotExist", "TaskTimedOut"])
def test_a_step_that_is_over_counts_as_completed(workflows: StepFunctions, code: str) -> None:
    with Stubber(workflows._client) as answers:
        answers.add_client_error("send_task_success", code, http_status_code=400)

        workflows.complete("token", {"outcome": "settled"})

        answers.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["InvalidToken", "AccessDeniedException", "InternalFailure"])
def test_any_other_answer_is_unknown_and_said_so(workflows: StepFunctions, code: str) -> None:
    with Stubber(workflows._client) as answers:
        answers.add_client_error("send_task_success", code, http_status_code=400)

        with pytest.raises(WorkflowsUnreachable):
            workflows.complete("token", {"outcome": "settled"})


@pytest.mark.parametrize(
    ("status", "runs"), [("RUNNING", True), ("SUCCEEDED", False), ("TIMED_OUT", False)]
)
def test_a_name_that_was_used_says_whether_that_run_still_goes(
    workflows: StepFunctions, status: str, runs: bool
) -> None:
    known: dict[str, Any] = {
        "executionArn": "arn:aws:states:us-east-1:000000000000:execution:payments:p-1",
        "stateMachineArn": ARN, "name": "p-1", "status": status, "startDate": 0,
    }  # fmt: skip
    with Stubber(workflows._client) as answers:
        answers.add_client_error("start_execution", "ExecutionAlreadyExists")
        answers.add_response("describe_execution", known)

        assert workflows.start_payment(**RUN) is runs  # type: ignore[arg-type]
