"""Fixtures of the use cases' tests."""

from collections.abc import Iterator

import pytest

from chalicelib.storage.records import use_table
from tests.conftest import LocalAws
from tests.services.settling import SettlingWorld, settling_world
from tests.storage.conftest import ledger

__all__ = ["ledger", "settling"]  # Ledger tests of both rooms share one fixture.


@pytest.fixture
def settling(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[SettlingWorld]:
    """A dealer's world of its own on the local database."""
    for name, value in local_aws.environment.items():
        monkeypatch.setenv(name, value)
    use_table(local_aws.table_name, "us-east-1")
    with settling_world() as world:
        yield world
