"""Makes the two environments when they are missing, with nothing but Python's own library.

Run by any Python 3.11–3.13 as `python sandbox/prepare.py`; afterwards everything runs in .venv.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)
ENVIRONMENTS = {
    ".venv": ("requirements.txt", "requirements-dev.txt"),
    ".venv-aws": ("sandbox/requirements-aws.txt",),
}


def main() -> None:
    """Bring both environments up to date, or end with a sentence on what this machine lacks."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(f"Python 3.11, 3.12 or 3.13 is needed; this is {sys.version.split()[0]}. "
                 "Name another one: make PYTHON=python3.11 …")  # fmt: skip
    for folder, requirement_files in ENVIRONMENTS.items():
        prepare_environment(ROOT / folder, [ROOT / name for name in requirement_files])


def prepare_environment(folder: Path, requirement_files: list[Path]) -> None:
    """Make or update one environment; does nothing when its requirements are unchanged."""
    stamp = folder / ".requirements"
    wanted = _digest(requirement_files)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    started = time.monotonic()
    print(f"  libraries for {folder.name} … ", end="", flush=True)
    if not (folder / "bin" / "python").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)], "Debian: apt-get install python3-venv")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    last = str(requirement_files[-1])  # It names the others.
    _run(
        [*pip, "--disable-pip-version-check", "--requirement", last],
        "Check the connection to the package index and try again",
    )
    stamp.write_text(wanted)
    print(f"{time.monotonic() - started:.0f} s", flush=True)


def _digest(files: list[Path]) -> str:
    version = sys.version.split()[0].encode()
    return hashlib.sha256(version + b"".join(path.read_bytes() for path in files)).hexdigest()


def _run(command: list[str], advice: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"failed\n\n{done.stderr.strip() or done.stdout.strip()}\n\n{advice}.")


if __name__ == "__main__":
    main()
