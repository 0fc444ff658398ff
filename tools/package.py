"""Builds what is deployed: `chalice package` with our resources merged in, and byte code added.

Run as `python -m tools.package`; leaves build/package/sam.json and build/package/deployment.zip.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.archive import finish_archive
from tools.locks import alone_making
from tools.merge import write_merged_resources
from tools.wheels import ROOT, ensure_wheels, requirements_digest

PACKAGE = ROOT / "build" / "package"
ARCHIVE = PACKAGE / "deployment.zip"
DIGEST = PACKAGE / "inputs.digest"
INPUTS = ("app.py", "requirements.txt", ".chalice", "chalicelib", "infra", "templates", "vendor")


class PackagingFailed(Exception):
    """Chalice could not build the package; the message is what it said."""


def ensure_package() -> Path:
    """The package's folder, built anew only if anything that goes into it changed.

    Raises PackagingFailed, or WheelUnavailable when a library has no wheel for Lambda.
    """
    with alone_making("package"):
        wanted = _inputs_digest()
        if not (DIGEST.exists() and DIGEST.read_text() == wanted):
            half = PACKAGE.with_name("package.half")
            _build_package(half)
            (half / DIGEST.name).write_text(wanted)
            shutil.rmtree(PACKAGE, ignore_errors=True)
            half.rename(PACKAGE)
    return PACKAGE


def _build_package(target: Path) -> None:
    wheels = ensure_wheels()
    merged = write_merged_resources()
    link_shipped_files()
    # Chalice's cache misses renamed files, so it never gets the chance to reuse one.
    shutil.rmtree(ROOT / ".chalice" / "deployments", ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    _remove_local_bytecode()
    _run_chalice(wheels, merged, target)
    finish_archive(target / ARCHIVE.name)


def link_shipped_files() -> None:
    """Link the templates into vendor/: Chalice ships links there and drops them elsewhere."""
    link = ROOT / "vendor" / "templates"
    if not link.is_symlink():
        link.parent.mkdir(exist_ok=True)
        link.symlink_to("../templates")


def _remove_local_bytecode() -> None:
    """Chalice ships whatever lies in chalicelib; byte code that checks file times must not."""
    for folder in list((ROOT / "chalicelib").rglob("__pycache__")):
        shutil.rmtree(folder, ignore_errors=True)


def _inputs_digest() -> str:
    digest = hashlib.sha256(requirements_digest().encode())
    for name in INPUTS:
        for path in sorted([ROOT / name, *(ROOT / name).rglob("*")]):
            if path.is_file() and not {"__pycache__", "deployments"} & set(path.parts):
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _run_chalice(wheels: Path, merged: Path, target: Path) -> None:
    chalice = Path(sys.executable).parent / "chalice"
    command = [str(chalice), "package", "--stage", "live", "--merge-template", str(merged)]
    environment = {
        **os.environ,
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_CONFIG_FILE": os.devnull,
    }
    done = subprocess.run(
        [*command, str(target)], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    # A missing wheel still exits 0, so its words are the only sign of it.
    if done.returncode or "Could not install" in said:
        raise PackagingFailed(said.strip()[-3000:])


def main() -> None:
    """Build the package and say what it weighs."""
    started = time.monotonic()
    DIGEST.unlink(missing_ok=True)
    ensure_package()
    megabytes = ARCHIVE.stat().st_size / 1_000_000
    print(f"build/package: {megabytes:.0f} MB in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
