"""Where scenes are played, and what each ends with when everything goes in order."""

from collections.abc import Callable, Mapping

import pytest
from chalice.app import Chalice

from chalicelib.entrypoints import queues, schedules, steps
from tests.orders.play import Deliver, Play, at_once, playing
from tests.orders.scenes import SCENES, Scene

Change = Callable[[Play], None]


class Stages:
    """Plays scenes; remembers the facts of each when webhooks come in order and once."""

    def __init__(
        self, app: Chalice, patch: pytest.MonkeyPatch, scenes: Mapping[str, Scene] = SCENES
    ) -> None:
        self._app, self._patch, self._scenes = app, patch, scenes
        self._known: dict[str, list[str]] = {}

    def played(
        self, scene: str, deliver: Deliver, *, before: Change | None = None,
        after: Change | None = None, ended: Change | None = None,
    ) -> tuple[str, list[str]]:  # fmt: skip
        """Hash and facts after a scene; `before` and `after` may change it, `ended` looks."""
        with playing(self._app, deliver) as play:
            for room in (queues, schedules, steps):
                self._patch.setattr(room, "world", lambda: play.world)
            if before is not None:
                before(play)
            self._scenes[scene](play)
            play.is_over = True
            deliver(play)
            if after is not None:
                after(play)
            play.end()
            if ended is not None:
                ended(play)
            return play.hash, play.facts

    def known(
        self, scene: str, deliver: Deliver = at_once, *, ended: Change | None = None
    ) -> list[str]:
        """The facts after a scene in order, played at the first asking."""
        if scene not in self._known or ended is not None:
            self._known[scene] = self.played(scene, deliver, ended=ended)[1]
        return self._known[scene]

    def differences(self, scene: str, facts: list[str]) -> list[str]:
        """Facts that are not as when the scene goes in order, and those that are missing."""
        known = self.known(scene)
        differing = sorted(set(facts) ^ set(known))
        return differing or ([] if facts == known else ["a fact is there twice"])
