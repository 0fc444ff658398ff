"""R6 of reliability.md for what comes after settling: refunds, disputes and returns."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from chalice.app import Chalice

from chalicelib.storage.ledger import trial_balance
from tests.faults.proxy import FaultProxy, Rule, mixed
from tests.faults.shop import SCHEDULED
from tests.faults.test_fault_kinds import MIXES, SEED, SUITE
from tests.faults.works import handled
from tests.figures import Figures
from tests.orders.later_scenes import LATER
from tests.orders.play import Play, at_once
from tests.orders.stages import Stages

SCENES = {name: scene for name, (scene, _) in LATER.items()}
PLAYS = max(2, MIXES // 2)
MOST_PRESSES = 12


class Failing:
    """Delivers as it comes while AWS fails, from the moment that everything is settled."""

    def __init__(self, proxy: FaultProxy, rules: list[Rule], seed: int) -> None:
        self._proxy, self._rules, self._seed = proxy, rules, seed
        self._rng = random.Random(seed)  # noqa: S311
        self._faults = ExitStack()
        self._fails = False

    def __call__(self, play: Play) -> None:
        if not play.is_later:
            at_once(play)
            return
        if not self._fails:
            self._fails = True
            self._faults.enter_context(self._proxy.failing(self._rules, seed=self._seed))
        jobs: list[Callable[[], object]] = [
            lambda: accepted(play), play.work, play.works.run_ready, lambda: swept(play)
        ]  # fmt: skip
        for job in self._rng.sample(jobs * 2, len(jobs) * 2):
            job()
        if play.is_over:
            self.mended()

    def mended(self) -> None:
        """AWS works again."""
        self._faults.close()


def accepted(play: Play) -> None:
    """What the product does not take now the processor delivers again."""
    waiting, play.waiting = play.waiting, []
    for hook in waiting:
        try:
            play.world.accept(hook)
        except Exception:  # noqa: BLE001  The processor sees only that it was not 200.
            play.waiting.append(hook)


def swept(play: Play) -> None:
    handled(play.works.app, "sweep_due", SCHEDULED)


def pressing(play: Play) -> None:
    """An operator who is told to try again presses again."""
    refund = play.refund

    def again(*asked: Any) -> None:
        for left in reversed(range(MOST_PRESSES)):
            try:
                refund(*asked)
            except Exception:
                if not left:
                    raise
            else:
                return

    play.refund = again  # type: ignore[method-assign]


def calmed(play: Play) -> None:
    """Without faults: what is left is delivered, and days go by with their sweeps."""
    for _ in range(4):
        accepted(play)
        play.work()
        play.works.run_ready()
        play.world.clock.advance(timedelta(days=1, minutes=16))
        swept(play)
        play.works.run_ready()
    at_once(play)


@pytest.mark.usefixtures("behind_proxy")
@pytest.mark.parametrize("number", range(PLAYS))
def test_no_cent_is_wrong_after_faults_while_money_goes_back(
    app: Chalice, proxy: FaultProxy, figures: Figures, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    seed = SEED + number
    scene = sorted(SCENES)[seed % len(SCENES)]
    print(f"FAULT_SEED={SEED} {scene}")  # noqa: T201  pytest shows it when a play fails.
    failing = Failing(proxy, mixed(random.Random(seed)), seed)  # noqa: S311
    stages, sums = Stages(app, monkeypatch, SCENES), []

    _, calm = stages.played(scene, at_once, after=calmed)
    proxy.taken()
    try:
        _, facts = stages.played(
            scene, failing, before=pressing, after=calmed,
            ended=lambda play: sums.append(sum(trial_balance(play.world.dealer_id).values())),
        )  # fmt: skip
    finally:
        failing.mended()

    differences = sorted(set(calm) ^ set(facts))
    taken = proxy.taken()
    figures.add(SUITE, crashes=bool(taken), wrong_cents=len(differences))
    assert differences == []
    assert len(calm) == len(facts)
    assert sums == [0]
    assert taken
