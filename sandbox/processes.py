"""Starts the sandbox's servers and ends exactly those: notes keep their ids and start times."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

from sandbox.places import ROOT
from sandbox.progress import StepFailed

PATIENCE_SECONDS = 8.0


def start(
    folder: Path, name: str, command: Sequence[str], *, environment: Mapping[str, str]
) -> None:
    """Start a server in a session of its own and note it; its words go to `<name>.log`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            list(command), cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    note = {"pid": process.pid, "started": _start_mark(process.pid)}
    (folder / f"{name}.json").write_text(json.dumps(note))


def wait_until_answering(folder: Path, name: str, url: str, *, seconds: float) -> None:
    """Return once `url` answers anything below 500; StepFailed names the log otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_running(folder, name):
            break
        # A hurried second request would only start a second Lambda beside the first.
        if _answers(url, seconds=max(1.0, deadline - time.monotonic())):
            return
        time.sleep(0.1)
    log = f"{folder / name}.log"
    raise StepFailed(f"{name} did not start. Its last words ({log}):\n{tail(folder, name)}")


def is_running(folder: Path, name: str) -> bool:
    """Whether the process we noted, and not a later one with its id, is alive."""
    note = _note(folder / f"{name}.json")
    return note is not None and _start_mark(note[0]) == note[1]


def stop_all(folder: Path) -> list[str]:
    """End every process noted in `folder` with its children; returns the names ended."""
    ended = []
    for path in sorted(folder.glob("*.json")):
        note = _note(path)
        if note and _start_mark(note[0]) == note[1]:
            _end_group(*note)
            ended.append(path.stem)
        path.unlink()
    return ended


def tail(folder: Path, name: str) -> str:
    """The last lines a server wrote."""
    log = folder / f"{name}.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""


def _note(path: Path) -> tuple[int, str] | None:
    try:
        note = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return int(note["pid"]), str(note["started"])


def _start_mark(pid: int) -> str:
    """When the process started, in its system's own words; empty if there is none or it is dead."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return "" if Path("/proc/self/stat").exists() else _start_mark_by_ps(pid)
    return "" if fields[0] == "Z" else fields[19]


def _start_mark_by_ps(pid: int) -> str:
    done = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _end_group(pid: int, started: str) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(pid, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if _start_mark(pid) != started:
                _end_leftovers(pid)
                return
            time.sleep(0.05)


def _end_leftovers(group: int) -> None:
    """Lambdas outlive a server that was ended; they share its process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _answers(url: str, *, seconds: float) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=seconds):  # noqa: S310 – our own loopback address.
            return True
    except urllib.error.HTTPError as error:
        return error.code < HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False
