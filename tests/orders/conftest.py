"""The app over the local database, for plays."""

from collections.abc import Iterator

import pytest
from chalice.app import Chalice

from chalicelib.storage.records import use_table
from tests.conftest import LocalAws
from tests.entrypoints.conftest import app
from tests.orders.stages import Stages

__all__ = ["app"]


@pytest.fixture(scope="module")
def stages(local_aws: LocalAws, app: Chalice) -> Iterator[Stages]:
    """Plays of this module's scenes."""
    patch = pytest.MonkeyPatch()
    for name, value in local_aws.environment.items():
        patch.setenv(name, value)
    use_table(local_aws.table_name, "us-east-1")
    yield Stages(app, patch)
    patch.undo()
