"""Where scenes are played, and what each ends with when everything goes in order."""

from collections.abc import Callable

import pytest
from chalice.app import Chalice

from chalicelib.entrypoints import queues, schedules, steps
from tests.orders.play import Deliver, Play, at_once, playing
from tests.orders.scenes import SCENES

Change = Callable[[Play], None]


class Stages:
    """Plays scenes; remembers the facts of each when webhooks come in order and once."""

    def __init__(self, app: Chalice, patch: pytest.MonkeyPatch) -> None:
        self._app, self._patch = app, patch
        self._known: dict[str, list[str]] = {}

    def played(
        self, scene: str, deliver: Deliver, *, before: Change | None = None,
        after: Change | None = None,
    ) -> tuple[str, list[str]]:  # fmt: skip
        """The hash and the facts after a scene; `before` and `after` may change the play."""
        with playing(self._app, deliver) as play:
            for room in (queues, schedules, steps):
                self._patch.setattr(room, "world", lambda: play.world)
            if before is not None:
                before(play)
            SCENES[scene](play)
            play.is_over = True
            deliver(play)
            if after is not None:
                after(play)
            play.end()
            return play.hash, play.facts

    def differences(self, scene: str, facts: list[str]) -> list[str]:
        """Facts that are not as when the scene goes in order, and those that are missing."""
        if scene not in self._known:
            self._known[scene] = self.played(scene, at_once)[1]
        known = self._known[scene]
        differing = sorted(set(facts) ^ set(known))
        return differing or ([] if facts == known else ["a fact is there twice"])
