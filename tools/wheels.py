"""Fetches each runtime library's wheel once: packaging needs no index and compiles nothing."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ROOT / "build" / "wheels"
REQUIREMENTS = ROOT / "requirements.txt"

# Published as source only; its code is pure Python, so its wheel fits every machine.
SOURCE_ONLY = ("plaid-python",)

# The newest C library each Lambda runtime offers; Chalice refuses wheels built for a newer one.
NEWEST_GLIBC_MINOR = {(3, 11): 26, (3, 12): 34, (3, 13): 34}


class WheelUnavailable(Exception):
    """A runtime library has no wheel that Lambda can run; the message names pip's complaint."""


def ensure_wheels() -> Path:
    """The folder that holds one fitting wheel per runtime library, filled when requirements change.

    Raises WheelUnavailable if a library has none.
    """
    stamp = WHEELS / ".complete"
    wanted = requirements_digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return WHEELS
    shutil.rmtree(WHEELS, ignore_errors=True)
    WHEELS.mkdir(parents=True)
    for requirement in _source_only_requirements():
        _pip("wheel", "--no-deps", "--wheel-dir", str(WHEELS), requirement)
    _pip("download", "--only-binary=:all:", *_platforms(), "--find-links", str(WHEELS),
         "--dest", str(WHEELS), "--requirement", str(REQUIREMENTS))  # fmt: skip
    _refuse_compiled_here()
    stamp.write_text(wanted)
    return WHEELS


def requirements_digest() -> str:
    """SHA-256 over the pinned libraries and the Python that will run them."""
    runtime = f"{sys.version_info.major}.{sys.version_info.minor}"
    return hashlib.sha256(REQUIREMENTS.read_bytes() + runtime.encode()).hexdigest()


def _source_only_requirements() -> list[str]:
    lines = REQUIREMENTS.read_text().splitlines()
    return [line for line in lines if re.split(r"[=<>\[ ]", line)[0] in SOURCE_ONLY]


def _platforms() -> list[str]:
    newest = NEWEST_GLIBC_MINOR[sys.version_info[:2]]
    tags = [f"manylinux_2_{minor}_x86_64" for minor in range(newest, 16, -1)]
    tags += ["manylinux2014_x86_64", "any"]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return ["--python-version", version, *(f"--platform={tag}" for tag in tags)]


def _refuse_compiled_here() -> None:
    local = [wheel.name for wheel in WHEELS.glob("*-linux_*.whl")]
    if local:
        raise WheelUnavailable(f"Compiled on this machine, so Lambda may not run it: {local}")


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise WheelUnavailable(done.stderr.strip() or done.stdout.strip())
