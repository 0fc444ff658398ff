"""Runs the local AWS; executed by the Python of .venv-aws, and the only file here that is.

Lambdas run on a bare Python without any library, given as the first argument, so that whatever is
missing from the package fails here as it would on AWS. The second is where code is kept unpacked.
"""

import hashlib
import os
import shutil
import sys
import threading
import types
import zipfile
from pathlib import Path

from ministack.app import main
from ministack.core import lambda_runtime

KEPT_PACKAGES = 4
_unpacking = threading.Lock()


class SharedZip(zipfile.ZipFile):
    """Unpacks the same code once and links to it: a cold start then costs the import alone."""

    store: Path

    def extractall(self, path=None, members=None, pwd=None):  # type: ignore[no-untyped-def]
        """Make `path` a link to the unpacked code."""
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()[:16]
        shared = self.store / digest
        with _unpacking:
            if not shared.exists():
                half = self.store / f"{digest}.{os.getpid()}"
                super().extractall(half, members, pwd)
                half.rename(shared)
        shared.touch()
        Path(path).rmdir()
        os.symlink(shared, path)


def forget_old_packages(store: Path) -> None:
    """Keep the packages used last; another sandbox may still run one of them."""
    newest_first = sorted(store.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest_first[KEPT_PACKAGES:]:
        shutil.rmtree(old, ignore_errors=True)


def run(bare_python: str, store: Path) -> None:
    """Start the local AWS, its Lambdas on `bare_python`; returns when it is ended."""
    store.mkdir(parents=True, exist_ok=True)
    forget_old_packages(store)
    SharedZip.store = store
    lambda_runtime.zipfile = types.SimpleNamespace(
        ZipFile=SharedZip, BadZipFile=zipfile.BadZipFile, LargeZipFile=zipfile.LargeZipFile
    )
    sys.executable = bare_python
    sys.argv = sys.argv[:1]
    main()


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]))
