"""The built assets, made by the same step as `make run` makes them."""

from pathlib import Path

import pytest

from sandbox.assets import build_assets
from sandbox.places import BUILD


@pytest.fixture(scope="session", autouse=True)
def built_assets() -> Path:
    """The folder of hashed files; fails, saying why, where they cannot be built."""
    build_assets()
    return BUILD / "static"
