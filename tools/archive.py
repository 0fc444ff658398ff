"""Finishes the packaged zip: adds byte code, leaves out what of the libraries is never opened.

Otherwise Lambda would compile libraries while a payer waits, and unpack 22 MB for nothing.
"""

import importlib.util
import py_compile
import tempfile
import zipfile
from pathlib import Path

from tools.wheels import ROOT

CACHE = ROOT / "build" / "bytecode"

# boto3 clients the product makes; a package test holds them against the functions' policies.
SERVICES = frozenset({
    "dynamodb", "kms", "lambda", "s3", "secretsmanager", "ses", "sesv2", "sqs", "ssm",
    "stepfunctions", "sts",
})  # fmt: skip
DESCRIPTIONS = "botocore/data/"
# Receipts are text in a font every reader brings: no picture codec and no font is ever opened.
NEVER_OPENED = ("pillow.libs/libavif", "PIL/_avif", "reportlab/fonts/")


def finish_archive(archive: Path) -> None:
    """Rewrite the zip in place; byte code of unchanged modules comes from a cache."""
    CACHE.mkdir(parents=True, exist_ok=True)
    half = archive.with_suffix(".half")
    with (
        zipfile.ZipFile(archive) as packaged,
        zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as finished,
    ):
        for item in packaged.infolist():
            if _is_unused_description(item.filename) or item.filename.startswith(NEVER_OPENED):
                continue
            content = packaged.read(item)
            finished.writestr(item, content)
            if item.filename.endswith(".py"):
                compiled = importlib.util.cache_from_source(item.filename)
                finished.writestr(compiled, _bytecode(item, content))
    half.replace(archive)


def _is_unused_description(name: str) -> bool:
    """Whether it describes an AWS service outside SERVICES; files about all of them stay."""
    service, _, rest = name.removeprefix(DESCRIPTIONS).partition("/")
    return name.startswith(DESCRIPTIONS) and bool(rest) and service not in SERVICES


def _bytecode(module: zipfile.ZipInfo, source: bytes) -> bytes:
    """Unchecked, because Lambda's clock and file times must not decide whether it is used."""
    path_mark = module.filename.replace("/", "__")
    cached = CACHE / f"{path_mark}-{module.CRC:08x}-{module.file_size}.pyc"
    if not cached.exists():
        with tempfile.NamedTemporaryFile(suffix=".py") as copy:
            copy.write(source)
            copy.flush()
            py_compile.compile(
                copy.name,
                cfile=str(cached),
                dfile=module.filename,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
    return cached.read_bytes()
