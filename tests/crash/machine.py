"""Walks infra/state_machines/payment.asl.json in-process; crashes are a Lambda's crashes."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ASL = Path(__file__).parents[2] / "infra" / "state_machines" / "payment.asl.json"
STATES: dict[str, dict[str, Any]] = json.loads(ASL.read_text())["States"]
FIRST = json.loads(ASL.read_text())["StartAt"]
MOST_STATES = 20
Step = Callable[[dict[str, str]], dict[str, str]]


class Crash(BaseException):
    """The process dies here; nothing in the product may catch it."""


@dataclass
class Execution:
    """One run of the machine."""

    name: str
    data: dict[str, Any]
    state: str = FIRST
    status: str = "RUNNING"
    token: str = ""
    results: dict[str, dict[str, str]] = field(default_factory=dict)
    transitions: int = 0


@dataclass
class Machine:
    """The Workflows gateway over executions in memory; `point` is where a caller may crash."""

    point: Callable[[str, Callable[[], Any]], Any]
    step: Step | None = None
    executions: dict[str, Execution] = field(default_factory=dict)
    dies_on_crash: bool = False

    def start_payment(self, *, dealer: str, account: str, payment: str, run: int) -> bool:
        body = {"dealer": dealer, "account": account, "payment": payment}
        started: bool = self.point("start", lambda: self._start(f"{payment}-{run}", body))
        return started

    def start_settlement(self, *, dealer: str, settlement: str, run: int) -> bool:
        raise AssertionError("no settlement is started here")

    def complete(self, token: str, outcome: dict[str, str]) -> None:
        self.point("complete", lambda: self._complete(token, outcome))

    def run_ready(self) -> None:
        """Take every running execution as far as it goes."""
        for execution in list(self.executions.values()):
            for _ in range(MOST_STATES):
                if execution.status != "RUNNING" or self._waits(execution):
                    break
                self._advance(execution)

    def _start(self, name: str, body: dict[str, str]) -> bool:
        known = self.executions.setdefault(name, Execution(name, dict(body)))
        return known.status == "RUNNING"

    def _complete(self, token: str, outcome: dict[str, str]) -> None:
        for execution in self.executions.values():
            if execution.token == token and execution.status == "RUNNING":
                execution.results.setdefault(token, outcome)

    def _waits(self, execution: Execution) -> bool:
        return bool(execution.token) and execution.token not in execution.results

    def _advance(self, execution: Execution) -> None:
        state = STATES[execution.state]
        execution.transitions += 1
        match state["Type"]:
            case "Task":
                self._task(execution, state)
            case "Choice":
                execution.state = _chosen(execution, state)
            case "Fail":
                execution.status = "FAILED"

    def _task(self, execution: Execution, state: dict[str, Any]) -> None:
        if execution.token:
            result: dict[str, str] | None = execution.results[execution.token]
            execution.token = ""
        else:
            result = self._tried(execution, state)
            if execution.status != "RUNNING":
                return
            if result is None:
                execution.state = state["Catch"][0]["Next"]
                return
            if execution.token:
                return
        execution.data[state["ResultPath"].removeprefix("$.")] = result
        if state.get("End"):
            execution.status = "SUCCEEDED"
        else:
            execution.state = state["Next"]

    def _tried(self, execution: Execution, state: dict[str, Any]) -> dict[str, str] | None:
        """The step's answer, None if every attempt failed."""
        assert self.step is not None
        payload = state["Parameters"]["Payload"]
        event = {name: value for name, value in payload.items() if not name.endswith(".$")}
        event |= {name: execution.data[name] for name in ("dealer", "account", "payment")}
        if state["Resource"].endswith(".waitForTaskToken"):
            event["token"] = f"token-{execution.name}-{execution.transitions}"
            execution.token = event["token"]
        for _ in range(1 + sum(retry["MaxAttempts"] for retry in state.get("Retry", []))):
            try:
                return self.step(event)
            except Crash:
                if self.dies_on_crash:
                    execution.status = "ABORTED"
                    return None
            except Exception:  # noqa: BLE001, S112  What States.ALL means.
                continue
        execution.token = ""
        return None


def _chosen(execution: Execution, state: dict[str, Any]) -> str:
    for choice in state["Choices"]:
        holder, name = choice["Variable"].removeprefix("$.").split(".")
        if execution.data[holder][name] == choice["StringEquals"]:
            return str(choice["Next"])
    return str(state["Default"])
