"""Both state machines in this process; their steps run through the Lambda handlers."""

import json
from dataclasses import dataclass, field
from typing import Any

from chalice.app import Chalice

from chalicelib.domain.settlements import PostingCategory
from tests.crash.machine import Machine

MOST_TRIES = 5  # One try and four retries, as settlement.asl.json says.
RUNNING, WAITING, SUCCEEDED, FAILED = "RUNNING", "WAITING", "SUCCEEDED", "FAILED"


@dataclass
class Posting:
    """One run of the settlement machine."""

    body: dict[str, str]
    status: str = RUNNING
    token: str = ""
    decision: str = ""


@dataclass
class Works(Machine):
    """The Workflows gateway: payments by their ASL, settlements by the road of theirs."""

    settlements: dict[str, Posting] = field(default_factory=dict)
    app: Chalice | None = None

    def start_settlement(self, *, dealer: str, settlement: str, run: int) -> bool:
        """As Step Functions: a name that was used up starts nothing."""
        body = {"dealer": dealer, "settlement": settlement}
        known = self.settlements.setdefault(f"{settlement}-{run}", Posting(body))
        return known.status in (RUNNING, WAITING)

    def complete(self, token: str, outcome: dict[str, str]) -> None:
        """Complete the step that waits with this token, of either machine."""
        for posting in self.settlements.values():
            if posting.token == token and posting.status in (RUNNING, WAITING):
                posting.status, posting.decision = RUNNING, outcome["outcome"]
        super().complete(token, outcome)

    def run_ready(self) -> None:
        """Take both machines as far as they go."""
        super().run_ready()
        for name, posting in self.settlements.items():
            if posting.status == RUNNING:
                self._run(name, posting)

    def _run(self, name: str, posting: Posting) -> None:
        decision, posting.decision = posting.decision, ""
        if not decision:
            proof = self._step(posting, "prove")
            if not proof:
                posting.status = FAILED
                return
            decision = "post" if proof == "auto" else "wait"
        if decision == "post":
            done = [self._step(posting, "post", category=one.value) for one in PostingCategory]
            decision = "posted" if set(done) == {"posted"} else "wait"
        if decision == "posted":
            marked = self._step(posting, "mark_posted")
            posting.status = SUCCEEDED if marked == "posted" else FAILED
            return
        posting.token = f"token-{name}-{len(posting.token)}"
        posting.status = WAITING
        if self._step(posting, "wait_post", token=posting.token) == "":
            posting.status = FAILED
        elif posting.decision:
            self._run(name, posting)

    def _step(self, posting: Posting, step: str, **more: str) -> str:
        """The step's outcome after its retries; "" if all of them failed."""
        for _ in range(MOST_TRIES):
            answer = handled(self.app, "settlement_step", {**posting.body, "step": step, **more})
            if answer is not None:
                return str(answer["outcome"])
        return ""


def handled(app: Any, function: str, event: dict[str, Any]) -> Any:
    """What a Lambda of ours answers, over JSON and back; None if it raised."""
    try:
        answer = app.handler_map[function](json.loads(json.dumps(event)), None)
    except Exception:  # noqa: BLE001  Step Functions and SQS call any of them a failed invocation.
        return None
    return json.loads(json.dumps(answer))
