"""What every room's tests share: the package, a local AWS with the table, the running product."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox import processes
from sandbox.aws import CREDENTIALS, local_client
from sandbox.build import build_product
from sandbox.local_aws import start_local_aws
from sandbox.places import BUILD, ROOT, Places
from tests import dynamodb_local
from tests.chromium import browser
from tests.workers import GroupScheduling, arrange
from tools.merge import write_merged_resources

__all__ = ["browser"]
TABLE = "drypowder-sandbox"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order tests run in, alone or shared."""
    arrange(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """How workers share the tests; in the order collected, not the largest group first."""
    config.option.loadscopereorder = False
    return GroupScheduling(config, log)


@dataclass(frozen=True, slots=True)
class LocalAws:
    """A local AWS of the tests' own, with the product's table in it and nothing else."""

    endpoint: str
    table_name: str
    database: str = ""  # DynamoDB's address, if it is another.

    @property
    def environment(self) -> dict[str, str]:
        """What boto3 and PynamoDB need in their environment to find it."""
        database = {"AWS_ENDPOINT_URL_DYNAMODB": self.database} if self.database else {}
        known = {"AWS_ENDPOINT_URL": self.endpoint, "TABLE_NAME": self.table_name}
        return {**CREDENTIALS, **known, **database}

    def client(self, service: str) -> Any:  # Any: boto3 makes its clients at run time.
        """A client of one of its services."""
        is_database = service == "dynamodb" and self.database
        return local_client(service, self.database if is_database else self.endpoint)


@pytest.fixture(scope="session")
def package() -> Path:
    """The folder with sam.json and deployment.zip, built once."""
    return build_product()


@pytest.fixture(scope="session")
def template(package: Path) -> dict[str, Any]:
    """The packaged template."""
    parsed: dict[str, Any] = json.loads((package / "sam.json").read_text())
    return parsed


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A bare local AWS on a free port with the template's table; ended with the session.

    Where DYNAMODB_LOCAL says so, its database is Amazon's own.
    """
    places = _places(tmp_path_factory.mktemp("local-aws"))
    start_local_aws(places, AUTH="false", LOG_LEVEL="WARNING")  # A database needs neither.
    folder = os.environ.get(dynamodb_local.FOLDER)
    database = dynamodb_local.start_dynamodb_local(places, Path(folder)) if folder else ""
    create_table(database or places.aws_endpoint)
    yield LocalAws(endpoint=places.aws_endpoint, table_name=TABLE, database=database)
    processes.stop_all(places.processes)


@pytest.fixture(scope="session")
def run_json(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What build/run.json says of the running product, started once on free ports.

    DRYPOWDER_RUN names the run.json of a product that already runs, for daily work.
    """
    running = os.environ.get("DRYPOWDER_RUN")
    if running:
        yield json.loads(Path(running).read_text())
        return
    places = _places(tmp_path_factory.mktemp("product"))
    _bring_up(places)
    yield json.loads(places.run_file.read_text())
    _keep_logs(places)
    processes.stop_all(places.processes)


def create_table(endpoint: str) -> None:
    """Create the template's table at a local AWS."""
    merged = json.loads(write_merged_resources().read_text())
    definition = merged["Resources"]["Table"]["Properties"]
    wanted = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
    table = {name: definition[name] for name in wanted}
    local_client("dynamodb", endpoint).create_table(TableName=TABLE, **table)


def _bring_up(places: Places) -> None:
    environment = {
        **os.environ,
        "RUN_FOLDER": str(places.folder),
        "PORT": str(places.port),
        "SANDBOX_PORT": str(places.sandbox_port),
        "AWS_PORT": str(places.aws_port),
    }
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.up", "--detach"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.fail(f"The product did not start:\n{done.stdout}\n{done.stderr}", pytrace=False)


def _keep_logs(places: Places) -> None:
    kept = BUILD / "logs"
    kept.mkdir(parents=True, exist_ok=True)
    for log in places.processes.glob("*.log"):
        (kept / log.name).write_bytes(log.read_bytes())


def _places(folder: Path) -> Places:
    first, second, third = _free_ports(3)
    return Places(folder=folder, port=first, sandbox_port=second, aws_port=third)


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports: list[int] = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
