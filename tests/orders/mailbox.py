"""A queue as Lambda reads it: batches, repeats, partial failures, dead letters after five tries."""

import json
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from chalice.app import Chalice

from tests.faults.shop import BATCH, sqs_event
from tests.faults.works import handled

MOST_RECEIVES = 5  # maxReceiveCount in infra/resources/queues.yaml.


@dataclass
class Message:
    """One message and how often it was received."""

    body: str
    message_id: str = field(default_factory=lambda: uuid4().hex)
    receives: int = 0


@dataclass
class Mailbox:
    """One queue before one worker; SQS gives each message 1 to 5 times, in any order."""

    app: Chalice
    worker: str
    rng: random.Random
    copies: tuple[int, ...] = (1, 1, 2, 3, 5)
    waiting: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)

    def put(self, body: object) -> Message:
        """Queue a message; text that is not JSON is possible too."""
        message = Message(body if isinstance(body, str) else json.dumps(body))
        self.waiting.append(message)
        return message

    def batch(self, messages: list[Message]) -> set[str]:
        """Give one batch to the worker; the ids it says have failed."""
        event = sqs_event(
            [
                {"MessageId": one.message_id, "ReceiptHandle": "r", "Body": one.body}
                for one in messages
            ]
        )
        answer: Any = handled(self.app, self.worker, event)
        assert answer is not None, "a worker must name what failed, not fail as a whole"
        return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}

    def work(self) -> None:
        """Until every message is done with or dead."""
        while self.waiting:
            self._once()

    def _once(self) -> None:
        self.rng.shuffle(self.waiting)
        taken = self.waiting[: self.rng.randint(1, BATCH)]
        for message in taken:
            message.receives += 1
        failed = self.batch(taken)
        for message in [one for one in taken if one.message_id not in failed]:
            self.waiting.remove(message)
            # Delivered again although it was done with, as SQS may.
            if self.rng.choice(self.copies) > message.receives:
                self.waiting.append(message)
        for message in [one for one in self.waiting if one.receives >= MOST_RECEIVES]:
            self.waiting.remove(message)
            self.dead += [message] if message.message_id in failed else []

    def redrive(self) -> None:
        """What an operator does with dead letters once the cause is gone."""
        self.waiting, self.dead = [Message(one.body) for one in self.dead], []
