"""Runs the seed with the deployed product's own configuration and reads what it made."""

import importlib.util
import json
import os
import subprocess
import sys
from typing import Any

from sandbox.places import ROOT, Places
from sandbox.progress import StepFailed


def seed_demo(places: Places, *, environment: dict[str, str]) -> dict[str, Any]:
    """Run `sandbox.seed`; returns its `dealers` and `logins`. StepFailed carries its last words."""
    if importlib.util.find_spec("sandbox.seed") is None:
        return {}
    out = places.processes / "seeded.out"
    command = [sys.executable, "-m", "sandbox.seed", "--out", str(out)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise StepFailed(f"The demo could not be seeded:\n{done.stderr.strip()[-3000:]}")
    seeded: dict[str, Any] = json.loads(out.read_text())
    return seeded
