"""Builds the assets once when they are missing or older than their sources."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "vendor" / "assets.json"


def _stale() -> bool:
    if not MANIFEST.exists():
        return True
    sources = [path for path in (ROOT / "assets").rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in sources) > MANIFEST.stat().st_mtime


@pytest.fixture(scope="session", autouse=True)
def built_assets() -> Path:
    """The folder of hashed files; skips when Node is not there to build them."""
    npm = shutil.which("npm")
    if _stale():
        if not npm or not (ROOT / "node_modules").exists():
            pytest.skip("Assets are not built: npm ci && npm run build")
        subprocess.run([npm, "run", "build"], cwd=ROOT, check=True, capture_output=True)
    return ROOT / "build" / "static"
