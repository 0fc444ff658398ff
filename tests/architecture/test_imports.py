"""Who may touch the outside: only the configuration reads the environment, the domain nothing."""

import ast
import sys
from pathlib import Path

# Modules of Python's own library that reach for a clock, chance, files, processes or the network.
IMPURE = frozenset({
    "asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random",
    "secrets", "shutil", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading",
    "time", "urllib", "uuid",
})  # fmt: skip
CLOCK_READS = frozenset({"now", "utcnow", "today"})
FORBIDDEN_NAMES = ("utils", "helpers", "manager", "common")
GIVEN_NAMES = {"secrets_manager"}  # What AWS calls its service.


def modules(folder: str) -> list[Path]:
    """Every Python file below a folder."""
    return sorted(Path(folder).rglob("*.py"))


def imported_roots(tree: ast.Module) -> set[str]:
    """First names of everything a module imports."""
    roots: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            roots.add(node.module.split(".")[0])
    return roots


def reads_environment(tree: ast.Module) -> bool:
    """Whether a module uses os.environ or os.getenv."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
        for node in ast.walk(tree)
    )


def test_only_the_configuration_reads_the_environment() -> None:
    readers = [str(path) for path in modules("chalicelib")
               if reads_environment(ast.parse(path.read_text()))]  # fmt: skip

    assert readers == ["chalicelib/config.py"]


def test_the_domain_imports_nothing_that_reaches_outside() -> None:
    impure = {
        str(path): sorted(found)
        for path in modules("chalicelib/domain")
        if (found := imported_roots(ast.parse(path.read_text())) & IMPURE)
    }

    assert impure == {}


def test_the_domain_imports_only_python_and_itself() -> None:
    allowed = sys.stdlib_module_names | {"chalicelib"}

    foreign = {
        str(path): sorted(found)
        for path in modules("chalicelib/domain")
        if (found := imported_roots(ast.parse(path.read_text())) - allowed)
    }

    assert foreign == {}


def test_the_domain_never_asks_what_time_it_is() -> None:
    asking = [
        f"{path}:{node.lineno}"
        for path in modules("chalicelib/domain")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK_READS
        and isinstance(node.func.value, ast.Name | ast.Attribute)
        and ast.unparse(node.func.value).split(".")[-1] in ("date", "datetime")
    ]

    assert asking == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [
        str(path)
        for room in ("chalicelib", "sandbox", "tools", "tests")
        for path in modules(room)
        if path.stem not in GIVEN_NAMES
        and any(word in path.stem.split("_") for word in FORBIDDEN_NAMES)
    ]

    assert vague == []


def test_every_module_and_public_function_says_what_it_is_for() -> None:
    silent = [
        f"{path}:{getattr(node, 'name', 'module')}"
        for room in ("chalicelib", "sandbox", "tools")
        for path in modules(room)
        for node in public_parts(ast.parse(path.read_text()))
        if not ast.get_docstring(node)
    ]

    assert silent == []


def public_parts(
    tree: ast.Module,
) -> list[ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """A module and the public functions and classes at its top; an empty module has no parts."""
    if not tree.body:
        return []
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [
        tree,
        *(node for node in tree.body if isinstance(node, named) and not node.name.startswith("_")),
    ]
