"""`make check`: runs every static check, shows what each found, and fails if one did."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tools.wheels import ROOT

BIN = Path(sys.executable).parent
CHECKS = {
    "style": ["ruff", "check", "."],
    "layout": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "directions": ["lint-imports"],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "sizes": ["pytest", "tests/architecture"],
}


def run_checks() -> list[str]:
    """Run every check and return the names of those that failed, their words printed."""
    failed = []
    for name, command in CHECKS.items():
        started = time.monotonic()
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]], cwd=ROOT, env=dict(os.environ),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        word = "failed" if done.returncode else "ok"
        print(f"  {name:12} {word} ({time.monotonic() - started:.1f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout)
    return failed


if __name__ == "__main__":
    sys.exit(1 if run_checks() else 0)
