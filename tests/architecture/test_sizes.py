"""House rules on size: a file is read in one go, a function on one screen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE, LONGEST_LINE = 300, 40, 150, 100
ROOMS = ("chalicelib", "sandbox", "tools", "tests")
SHEETS = ("assets", ".ci", "infra")

# Path → why it may be longer.
LONGER_FILES: dict[str, str] = {}
LONGER_FUNCTIONS: dict[str, str] = {}


def sources() -> list[Path]:
    """Every Python file of ours."""
    found = [Path("app.py")]
    for room in ROOMS:
        found += sorted(Path(room).rglob("*.py"))
    return found


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function in a file, decorators left out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_300_lines() -> None:
    long = {
        str(path): lines
        for path in sources() + sheets()
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
        and str(path) not in LONGER_FILES
    }

    assert long == {}


def sheets() -> list[Path]:
    """Style sheets, scripts and infrastructure of ours."""
    kinds = {".css", ".js", ".yaml", ".json"}
    return [path for room in SHEETS for path in sorted(Path(room).rglob("*"))
            if path.suffix in kinds]  # fmt: skip


def test_no_function_is_longer_than_40_lines() -> None:
    long = {
        name: lines
        for path in sources()
        for name, lines in functions(path)
        if lines > LONGEST_FUNCTION and name not in LONGER_FUNCTIONS
    }

    assert long == {}


def test_no_template_is_longer_than_150_lines() -> None:
    templates = [path for path in Path("templates").rglob("*") if path.is_file()]

    long = [str(path) for path in templates
            if len(path.read_text().splitlines()) > LONGEST_TEMPLATE]  # fmt: skip

    assert templates
    assert long == []


def test_no_line_of_python_is_wider_than_100_characters() -> None:
    wide = [
        f"{path}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > LONGEST_LINE and "# noqa" not in line
    ]

    assert wide == []


@pytest.mark.parametrize("listed", [LONGER_FILES, LONGER_FUNCTIONS], ids=["files", "functions"])
def test_every_exception_is_still_needed_and_says_why(listed: dict[str, str]) -> None:
    assert all(reason for reason in listed.values())
    assert all(Path(name.split(":")[0]).exists() for name in listed)
