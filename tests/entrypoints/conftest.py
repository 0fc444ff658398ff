"""The app as it is deployed, over a stage instead of the vendors."""

import pytest
from chalice.app import Chalice

from chalicelib.entrypoints import guard
from chalicelib.rendering import templating
from tests.entrypoints.browser import Browser
from tests.stage import Stage, stage

__all__ = ["stage"]


@pytest.fixture(scope="session")
def app() -> Chalice:
    """The Chalice app with every blueprint of the registry."""
    from app import app as deployed

    return deployed


@pytest.fixture
def browser(app: Chalice, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A browser with no cookies; the guard hands the stage to every page."""
    monkeypatch.setattr(guard, "product_world", lambda: stage)
    monkeypatch.setattr(templating, "_manifest", AnyAsset)
    return Browser(app)


class AnyAsset(dict[str, str]):
    """Pages are looked at here, not their styles, so no assets need building."""

    def __missing__(self, name: str) -> str:
        return name
