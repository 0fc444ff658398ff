"""Adds byte code to a packaged zip, so that no Lambda compiles a library while a payer waits."""

import importlib.util
import py_compile
import tempfile
import zipfile
from pathlib import Path

from tools.wheels import ROOT

CACHE = ROOT / "build" / "bytecode"


def add_bytecode(archive: Path) -> int:
    """Append an unchecked-hash .pyc for each module; returns how many. Libraries come from a cache.

    Unchecked, because Lambda's clock and file times must not decide whether it is used.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as package:
        modules = [item for item in package.infolist() if item.filename.endswith(".py")]
        for module in modules:
            package.writestr(_compiled_name(module.filename), _bytecode(package, module))
    return len(modules)


def _compiled_name(source: str) -> str:
    return importlib.util.cache_from_source(source)


def _bytecode(package: zipfile.ZipFile, module: zipfile.ZipInfo) -> bytes:
    path_mark = module.filename.replace("/", "__")
    cached = CACHE / f"{path_mark}-{module.CRC:08x}-{module.file_size}.pyc"
    if not cached.exists():
        with tempfile.NamedTemporaryFile(suffix=".py") as source:
            source.write(package.read(module))
            source.flush()
            py_compile.compile(
                source.name,
                cfile=str(cached),
                dfile=module.filename,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
    return cached.read_bytes()
