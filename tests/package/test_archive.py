"""The zip that Lambda gets: complete by itself, small enough, and free of anything local."""

import json
import re
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from sandbox.local_aws import ensure_bare_python
from tools.wheels import REQUIREMENTS, WHEELS

MEBIBYTE = 1024 * 1024
# The first is for uploads by hand; from S3 only the second counts.
LARGEST_ZIP, LARGEST_UNZIPPED = 50 * MEBIBYTE, 250 * MEBIBYTE

# Import names of the distributions in requirements.txt where they differ.
IMPORT_NAMES = {
    "argon2-cffi": "argon2",
    "argon2-cffi-bindings": "_argon2_cffi_bindings",
    "aws-lambda-powertools": "aws_lambda_powertools",
    "css-inline": "css_inline",
    "pillow": "PIL",
    "plaid-python": "plaid",
    "python-ulid": "ulid",
}


@pytest.fixture(scope="session")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip's content in a folder of its own."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(package / "deployment.zip") as archive:
        archive.extractall(folder)
    return folder


def runtime_libraries() -> list[str]:
    """Import names of every library the product declares."""
    lines = [line.split("#")[0].strip() for line in REQUIREMENTS.read_text().splitlines()]
    names = [re.split(r"[=<>\[]", line)[0] for line in lines if line]
    return [IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names]


def test_the_zip_is_within_lambdas_limits(package: Path) -> None:
    archive = package / "deployment.zip"

    with zipfile.ZipFile(archive) as opened:
        unzipped = sum(item.file_size for item in opened.infolist())

    assert archive.stat().st_size <= LARGEST_ZIP
    assert unzipped <= LARGEST_UNZIPPED


def test_every_runtime_library_imports_from_the_package_alone(unpacked: Path) -> None:
    modules = runtime_libraries()
    program = (
        "import importlib, json, sys; sys.path.insert(0, sys.argv[1]);"
        "places = {name: importlib.import_module(name).__file__ for name in sys.argv[2:]};"
        "print(json.dumps(places))"
    )
    command = [str(ensure_bare_python()), "-I", "-c", program, str(unpacked), *modules]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    places = json.loads(done.stdout)
    assert len(places) == len(modules) > 10
    assert all(place.startswith(str(unpacked)) for place in places.values()), places


def test_the_app_imports_from_the_package_alone(unpacked: Path) -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); import app; print(len(app.app.routes))"
    command = [str(ensure_bare_python()), "-I", "-c", program, str(unpacked)]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=unpacked)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_every_shipped_library_came_as_a_wheel_for_lambda(package: Path, unpacked: Path) -> None:
    assert package.exists()

    shipped = {path.name.split("-")[0].lower() for path in unpacked.glob("*.dist-info")}

    fetched = {path.name.split("-")[0].lower() for path in WHEELS.glob("*.whl")}
    assert shipped == fetched
    assert not list(WHEELS.glob("*-linux_*.whl"))


def test_templates_and_the_asset_manifest_ship(unpacked: Path) -> None:
    assert list((unpacked / "templates").rglob("*.html"))
    assert json.loads((unpacked / "assets.json").read_text())


def test_no_name_is_packed_twice(package: Path) -> None:
    with zipfile.ZipFile(package / "deployment.zip") as archive:
        counts = Counter(archive.namelist())

    assert [name for name, count in counts.items() if count > 1] == []


def test_every_module_ships_byte_code_that_ignores_file_times(package: Path) -> None:
    with zipfile.ZipFile(package / "deployment.zip") as archive:
        names = set(archive.namelist())
        sources = [name for name in names if name.endswith(".py")]
        compiled = [name for name in names if name.endswith(".pyc")]
        flags = {archive.read(name)[4:8] for name in compiled}

    assert len(compiled) == len(sources) > 100
    assert flags == {b"\x01\x00\x00\x00"}


def test_every_aws_service_a_policy_names_is_described_in_the_package(unpacked: Path) -> None:
    named = {
        action.split(":")[0]
        for policy in Path(".chalice").glob("policy-*.json")
        for statement in json.loads(policy.read_text())["Statement"]
        for action in statement["Action"]
    }
    clients = {"states": "stepfunctions", "ses": "sesv2"}

    # Lambda itself writes the logs, by its own means.
    wanted = {clients.get(name, name) for name in named - {"logs"}}

    assert wanted <= {path.name for path in (unpacked / "botocore" / "data").iterdir()}


def test_nothing_of_the_sandbox_or_the_tests_ships(unpacked: Path) -> None:
    shipped = {path.name for path in unpacked.iterdir()}

    assert not shipped & {"sandbox", "tools", "tests", "build", "infra", "pytest", "ministack"}
