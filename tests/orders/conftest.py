"""The app over the local database, for plays."""

from collections.abc import Iterator

import pytest
from chalice.app import Chalice

from chalicelib.storage.records import use_table
from tests.conftest import LocalAws
from tests.entrypoints.conftest import app
from tests.orders.scenes import SCENES
from tests.orders.stages import Stages

__all__ = ["app"]


@pytest.fixture(scope="module")
def stages(request: pytest.FixtureRequest, local_aws: LocalAws, app: Chalice) -> Iterator[Stages]:
    """Plays of this module's scenes, those of the road if it names none."""
    patch = pytest.MonkeyPatch()
    for name, value in local_aws.environment.items():
        patch.setenv(name, value)
    use_table(local_aws.table_name, "us-east-1")
    yield Stages(app, patch, getattr(request.module, "SCENES", SCENES))
    patch.undo()
