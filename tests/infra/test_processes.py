"""Stopping ends exactly what was started, and nothing that merely has its number."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox import processes
from sandbox.progress import StepFailed

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_started_server_is_ended_and_its_note_removed(tmp_path: Path) -> None:
    processes.start(tmp_path, "sleeper", SLEEPER, environment={})
    assert processes.is_running(tmp_path, "sleeper")

    ended = processes.stop_all(tmp_path)

    assert ended == ["sleeper"]
    assert not processes.is_running(tmp_path, "sleeper")
    assert list(tmp_path.glob("*.json")) == []


def test_stopping_twice_is_harmless(tmp_path: Path) -> None:
    processes.start(tmp_path, "sleeper", SLEEPER, environment={})
    processes.stop_all(tmp_path)

    assert processes.stop_all(tmp_path) == []


def test_a_later_process_with_a_noted_number_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(SLEEPER, start_new_session=True)
    note = {"pid": stranger.pid, "started": "some other time"}
    (tmp_path / "gone.json").write_text(json.dumps(note))

    ended = processes.stop_all(tmp_path)

    assert ended == []
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_children_end_with_their_server(tmp_path: Path) -> None:
    mark = tmp_path / "child.pid"
    program = (
        "import pathlib, subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"pathlib.Path({str(mark)!r}).write_text(str(child.pid)); time.sleep(60)"
    )
    processes.start(tmp_path, "parent", [sys.executable, "-c", program], environment={})
    deadline = time.monotonic() + 10
    while not mark.exists() or not mark.read_text():
        assert time.monotonic() < deadline

    processes.stop_all(tmp_path)

    deadline = time.monotonic() + 10
    while _is_running(int(mark.read_text())):  # Told to end, it may still be about it.
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_server_that_dies_is_reported_with_its_last_words(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "raise SystemExit('the port is taken')"]
    processes.start(tmp_path, "server", program, environment=dict(os.environ))

    with pytest.raises(StepFailed, match="the port is taken"):
        processes.wait_until_answering(tmp_path, "server", "http://127.0.0.1:9", seconds=20)


def _is_running(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
