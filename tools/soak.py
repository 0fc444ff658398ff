"""`make soak`: the reliability suites in full, on every core, with their figures in one table.

What was done lies in build/soak; a soak that was stopped (MINUTES=, Ctrl-C) goes on where it was.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.soak_plan import Job, planned
from tools.wheels import ROOT

FOLDER = ROOT / "build" / "soak"
COLUMNS = ("runs", "crashes", "lost", "double", "wrong_cents", "seconds")
WRONG = ("lost", "double", "wrong_cents")
LEAST = {"R1 histories": {"runs": 10_000, "crashes": 5_000}}  # Of a full soak.
PATIENCE_SECONDS = 60  # For a run that was told to stop: it ends its own local AWS first.
POLL_SECONDS = 0.5


@dataclass
class Soak:
    """One soak: what is left to do, what failed, and when it must stop."""

    folder: Path
    jobs: list[Job]
    stops_at: float | None = None
    failed: list[str] = field(default_factory=list)
    is_stopped: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, workers: int) -> None:
        """Run the jobs that are not done, on `workers` at once, until none is left or time is up.

        Ctrl-C stops it like the limit does.
        """
        threads = [threading.Thread(target=self._work) for _ in range(workers)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt:
            self.is_stopped = True
            for thread in threads:
                thread.join()

    def _work(self) -> None:
        while True:
            with self.lock:
                if not self.jobs or self._time_is_up():
                    return
                job = self.jobs.pop(0)
            self._run(job)

    def _time_is_up(self) -> bool:
        if self.stops_at is not None and time.monotonic() >= self.stops_at:
            self.is_stopped = True
        return self.is_stopped

    def _run(self, job: Job) -> None:
        figures = self.folder / f"{job.name}.jsonl"
        figures.unlink(missing_ok=True)
        environment = {**os.environ, **job.environment, "FIGURES": str(figures)}
        command = [
            sys.executable, "-m", "pytest", "-p", "tests.soaking", "-p", "no:cacheprovider",
            "-p", "no:logging", *job.arguments,
        ]  # fmt: skip
        with (self.folder / f"{job.name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            ended = self._waited(process)
        self._note(job, ended)

    def _waited(self, process: "subprocess.Popen[bytes]") -> int | None:
        """How it ended; None if it was told to stop."""
        while process.poll() is None:
            if self._time_is_up():
                _tell_to_stop(process)
                return None
            time.sleep(POLL_SECONDS)
        return process.returncode

    def _note(self, job: Job, ended: int | None) -> None:
        said = " ".join(f"{name}={value}" for name, value in job.environment.items())
        word = {0: "ok", None: "stopped"}.get(ended, "FAILED")
        print(f"  {job.name:15} {word:8} {said}", flush=True)
        if ended == 0:
            (self.folder / f"{job.name}.done").touch()
        elif ended is not None:
            self.failed.append(job.name)


def _tell_to_stop(process: "subprocess.Popen[bytes]") -> None:
    """Interrupt it: pytest then ends its own local AWS. What does not listen is ended."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def begun(folder: Path, *, fresh: bool, seed: str) -> int:
    """The seed of the soak in `folder`: one that goes on, or a new one if that is asked for."""
    note = folder / "seed"
    if fresh or seed or (folder / "finished").exists():
        shutil.rmtree(folder, ignore_errors=True)
    if not note.exists():
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(seed or str(random.SystemRandom().randint(1, 10**9)))
    return int(note.read_text())


def left(folder: Path, jobs: Iterable[Job]) -> list[Job]:
    """The jobs that are not done yet."""
    return [job for job in jobs if not (folder / f"{job.name}.done").exists()]


def summed(folder: Path) -> dict[str, dict[str, float]]:
    """The figures of every job by suite, finished or not."""
    sums: dict[str, dict[str, float]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            figure = json.loads(line)
            row = sums.setdefault(figure["suite"], dict.fromkeys(COLUMNS, 0))
            for name in COLUMNS:
                row[name] += figure[name]
    return dict(sorted(sums.items()))


def table(sums: Mapping[str, Mapping[str, float]]) -> str:
    """The figures as people read them."""
    heads = ("suite", "runs", "crashes taken", "lost", "double", "wrong cents", "seconds")
    rows = [(suite, *(f"{row[name]:,.0f}" for name in COLUMNS)) for suite, row in sums.items()]
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
    return "\n".join(
        " | ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (heads, *rows)
    )


def too_few(sums: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What a full soak has not done often enough to prove anything."""
    return [
        f"{suite}: {sums.get(suite, {}).get(column, 0):,.0f} {column}, {least:,} are needed"
        for suite, columns in LEAST.items()
        for column, least in columns.items()
        if sums.get(suite, {}).get(column, 0) < least
    ]


def main() -> int:
    """Soak; 0 if no figure is wrong and no test failed, whether or not all was done."""
    minutes = float(os.environ.get("MINUTES") or 0)
    seed = begun(FOLDER, fresh=bool(os.environ.get("FRESH")), seed=os.environ.get("SEED", ""))
    share = float(os.environ.get("SHARE") or 1)
    jobs = planned(seed, share=share)
    stops_at = time.monotonic() + 60 * minutes if minutes else None
    soak = Soak(FOLDER, left(FOLDER, jobs), stops_at)
    print(f"SEED={seed}; {len(jobs) - len(soak.jobs)} of {len(jobs)} jobs are done", flush=True)
    soak.run(int(os.environ.get("WORKERS") or os.cpu_count() or 1))
    sums = summed(FOLDER)
    print(f"\n{table(sums)}\n")
    rest = len(left(FOLDER, jobs))
    if not rest:
        (FOLDER / "finished").touch()
    elif soak.is_stopped:
        print(f"Stopped with {rest} of {len(jobs)} jobs left; `make soak` goes on with them.")
    for name in soak.failed:
        print(f"FAILED: {FOLDER / name}.log")
    missing = too_few(sums) if not rest and share >= 1 else []
    print(*missing, sep="\n", end="\n" if missing else "")
    wrong = any(row[name] for row in sums.values() for name in WRONG)
    return 1 if soak.failed or wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())
