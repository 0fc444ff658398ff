"""Fixtures of the use cases' tests."""

from collections.abc import Iterator

import pytest

from chalicelib.storage.records import use_table
from tests.conftest import LocalAws
from tests.services.integrating import Integrator
from tests.services.settling import SettlingWorld, settling_world
from tests.storage.conftest import ledger
from tests.storage.ledgers import LedgerWorld

__all__ = ["ledger", "settling"]  # Ledger tests of both rooms share one fixture.


@pytest.fixture
def settling(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[SettlingWorld]:
    """A dealer's world of its own on the local database."""
    for name, value in local_aws.environment.items():
        monkeypatch.setenv(name, value)
    use_table(local_aws.table_name, "us-east-1")
    with settling_world() as world:
        yield world


@pytest.fixture
def integrator(ledger: LedgerWorld, local_aws: LocalAws) -> Integrator:
    """An operator of a fresh dealer."""
    return Integrator(ledger, local_aws)
