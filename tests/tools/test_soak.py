"""The soak's plan, its resuming and its figures; the suites themselves are tested elsewhere."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tools import soak
from tools.soak import Soak, begun, left, summed, table
from tools.soak_plan import SUITES, Job, planned

FIGURE = {
    "suite": "R1 histories", "runs": 50, "crashes": 40, "lost": 0, "double": 0, "wrong_cents": 0,
    "seconds": 12.5,
}  # fmt: skip


def a_test(folder: Path, name: str, body: str) -> Job:
    """A job over one little test file."""
    path = folder / f"test_{name}.py"
    path.write_text(f"def test_it(): {body}\n")
    return Job(name, (str(path),), {})


def test_a_full_soak_lives_ten_thousand_histories_each_of_another_seed() -> None:
    counts, lived = 0, set()
    for job in planned(7):
        suite = job.name.partition("-")[0]
        if suite in ("histories", "lives", "meddled"):
            start = int(job.environment["HISTORY_SEED"])
            count = int(job.environment["HISTORIES" if suite == "histories" else "LONG_HISTORIES"])
            counts += count
            lived |= set(range(start, start + count))

    assert len(lived) == counts == 10_000


def test_a_short_soak_has_seen_every_suite() -> None:
    first = [job.name.partition("-")[0] for job in planned(7)[: len(SUITES)]]

    assert Counter(first) == Counter(suite.name for suite in SUITES)
    assert all(suite.tests for suite in SUITES)
    assert all(Path(path).exists() for suite in SUITES for path in suite.tests.split())


def test_a_full_soak_that_took_too_few_crashes_proves_nothing() -> None:
    few = {"R1 histories": {**FIGURE, "runs": 10_000, "crashes": 4_999}}

    assert soak.too_few(few) == ["R1 histories: 4,999 crashes, 5,000 are needed"]
    assert soak.too_few({"R1 histories": {**few["R1 histories"], "crashes": 5_000}}) == []


def test_what_is_done_is_not_done_again_and_what_failed_is(tmp_path: Path) -> None:
    good, bad = a_test(tmp_path, "good", "pass"), a_test(tmp_path, "bad", "assert False")
    running = Soak(tmp_path, [good, bad])

    running.run(workers=2)

    assert running.failed == ["bad"]
    assert left(tmp_path, [good, bad]) == [bad]


def test_a_soak_whose_time_is_up_ends_what_runs_and_starts_nothing_more(tmp_path: Path) -> None:
    endless = a_test(tmp_path, "endless", "__import__('time').sleep(60)")
    running = Soak(tmp_path, [endless, endless], stops_at=0.0)
    running.stops_at = soak.time.monotonic() + 1.5

    running.run(workers=1)

    assert running.is_stopped
    assert running.failed == []
    assert left(tmp_path, [endless]) == [endless]


def test_a_soak_goes_on_with_its_seed_until_it_is_finished(tmp_path: Path) -> None:
    folder = tmp_path / "soak"
    first = begun(folder, fresh=False, seed="")
    again = begun(folder, fresh=False, seed="")
    (folder / "finished").touch()
    after = begun(folder, fresh=False, seed="41")

    assert first == again
    assert after == 41
    assert not (folder / "finished").exists()


def test_figures_are_summed_by_suite_and_shown_in_one_table(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(FIGURE) + "\n" + json.dumps(FIGURE) + "\n")
    (tmp_path / "b.jsonl").write_text(json.dumps(FIGURE | {"suite": "R4", "double": 1}) + "\n")

    sums = summed(tmp_path)
    lines = table(sums).splitlines()

    assert (sums["R1 histories"]["runs"], sums["R4"]["double"]) == (100, 1)
    assert lines[0].startswith("suite        | runs | crashes taken | lost | double | wrong cents")
    assert "R1 histories |  100 |" in lines[1]


ENOUGH = {"runs": 10_000, "crashes": 5_000}


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [(ENOUGH, 0), (ENOUGH | {"wrong_cents": 1}, 1), (ENOUGH | {"lost": 1}, 1), ({}, 1)],
)
def test_any_wrong_figure_fails_the_soak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, int], answer: int
) -> None:
    monkeypatch.setattr(soak, "FOLDER", tmp_path / "soak")
    monkeypatch.setattr(soak, "planned", lambda *_, **__: [])
    monkeypatch.delenv("SEED", raising=False)
    begun(soak.FOLDER, fresh=False, seed="")
    (soak.FOLDER / "a.jsonl").write_text(json.dumps(FIGURE | wrong) + "\n")

    assert soak.main() == answer
