"""What is owed (money.md), random: files of any hour, postings, returns, money at the counter.

Whatever the order, each of our effects counts once: in the ERP's figure or in ours, never in both
and never in neither.
"""

import os
import random

from tests.properties.owing_files import overpays
from tests.properties.owing_world import OwingWorld

SEED = int(os.environ.get("OWED_SEED", "1"))
HISTORIES, HOURS = int(os.environ.get("OWED_HISTORIES", "120")), 40
FOUND = (1242, 1275, 1345)  # Histories that were wrong once.


def test_every_effect_of_ours_counts_once_whatever_the_files_show() -> None:
    happened = 0
    for seed in (*FOUND, *range(SEED, SEED + HISTORIES)):
        world = OwingWorld(random.Random(seed))  # noqa: S311
        for _ in range(HOURS):
            world.act()
            told = f"OWED_SEED={seed} OWED_HISTORIES=1\n" + "\n".join(world.story)
            assert world.owed() == world.truth(), told
            assert overpays(world.state, world.owed()) == [], told
        happened += sum(one.return_posted for one in world.paid)

    assert happened > HISTORIES // 4
