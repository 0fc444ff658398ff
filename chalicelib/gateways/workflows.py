"""Starting and continuing Step Functions executions; the table stays the truth."""

from typing import Protocol


class WorkflowsUnreachable(Exception):
    """No answer: the start or completion may or may not have happened; repeating it is safe."""


class Workflows(Protocol):
    """The two machines of docs/ARCHITECTURE.md."""

    def start_payment(self, *, dealer: str, account: str, payment: str, run: int) -> bool:
        """Start `<payment>-<run>`; True while it runs, False if that name is used up."""

    def start_settlement(self, *, dealer: str, settlement: str, run: int) -> bool:
        """Start `<settlement>-<run>`; False if that name was used and is closed."""

    def complete(self, token: str, outcome: dict[str, str]) -> None:
        """Complete a waiting step; a token that is done or timed out is no error."""
