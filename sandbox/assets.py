"""Builds the style sheet, script and font into hashed files when their sources changed."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from sandbox.places import BUILD, ROOT
from sandbox.progress import StepFailed
from tools.locks import alone_making

NODE_MAJOR = 20


def build_assets() -> bool:
    """Bring build/static and vendor/assets.json up to date; False when nothing had to be done.

    Raises StepFailed when Node is missing or a build step fails.
    """
    with alone_making("static"):
        return _build_when_changed()


def _build_when_changed() -> bool:
    sources = [ROOT / "package.json", ROOT / "package-lock.json", *_files(ROOT / "assets")]
    wanted = _digest(sources)
    stamp = BUILD / "static.digest"
    if stamp.exists() and stamp.read_text() == wanted and (ROOT / "vendor/assets.json").exists():
        return False
    _require_node()
    lock = _digest([ROOT / "package-lock.json"])
    installed = ROOT / "node_modules" / ".installed"
    if not installed.exists() or installed.read_text() != lock:
        _run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"])
        installed.write_text(lock)
    _run(["npm", "run", "--silent", "build"])
    BUILD.mkdir(exist_ok=True)
    stamp.write_text(wanted)
    return True


def _require_node() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise StepFailed("Node 20 or newer is needed to build the pages' style sheet and script.")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    if int(version.stdout.lstrip("v").split(".")[0]) < NODE_MAJOR:
        raise StepFailed(f"Node 20 or newer is needed; this is {version.stdout.strip()}.")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise StepFailed(f"`{' '.join(command)}` failed:\n{said}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
