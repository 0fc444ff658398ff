"""Builds what is deployed: `chalice package` with our resources merged in, and byte code added.

Run as `python -m tools.package`; leaves build/package/sam.json and build/package/deployment.zip.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.bytecode import add_bytecode
from tools.merge import write_merged_resources
from tools.wheels import ROOT, ensure_wheels

PACKAGE = ROOT / "build" / "package"
TEMPLATE = PACKAGE / "sam.json"
ARCHIVE = PACKAGE / "deployment.zip"


class PackagingFailed(Exception):
    """Chalice could not build the package; the message is what it said."""


def build_package() -> Path:
    """Build the package anew and return its folder.

    Raises PackagingFailed, or WheelUnavailable when a library has no wheel for Lambda.
    """
    wheels = ensure_wheels()
    merged = write_merged_resources()
    link_shipped_files()
    # Chalice's cache misses renamed files, so it never gets the chance to reuse one.
    shutil.rmtree(ROOT / ".chalice" / "deployments", ignore_errors=True)
    shutil.rmtree(PACKAGE, ignore_errors=True)
    _run_chalice(wheels, merged)
    add_bytecode(ARCHIVE)
    return PACKAGE


def link_shipped_files() -> None:
    """Give vendor/ its link to the templates: Chalice ships links there and drops them elsewhere."""
    link = ROOT / "vendor" / "templates"
    if not link.is_symlink():
        link.parent.mkdir(exist_ok=True)
        link.symlink_to("../templates")


def _run_chalice(wheels: Path, merged: Path) -> None:
    chalice = Path(sys.executable).parent / "chalice"
    command = [str(chalice), "package", "--stage", "live", "--merge-template", str(merged)]
    environment = {
        **os.environ,
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_CONFIG_FILE": os.devnull,
    }
    done = subprocess.run(
        [*command, str(PACKAGE)], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    # A missing wheel still exits 0, so its words are the only sign of it.
    if done.returncode or "Could not install" in said:
        raise PackagingFailed(said.strip()[-3000:])


def main() -> None:
    """Build the package and say what it weighs."""
    started = time.monotonic()
    build_package()
    megabytes = ARCHIVE.stat().st_size / 1_000_000
    print(f"build/package: {megabytes:.0f} MB in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
