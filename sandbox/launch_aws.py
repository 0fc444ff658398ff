"""Runs the local AWS; executed by the Python of .venv-aws, and the only file here that is.

Lambdas run on a bare Python without any library, given as the first argument, so that whatever is
missing from the package fails here as it would on AWS.
"""

import hashlib
import os
import sys
import tempfile
import threading
import types
import zipfile
from pathlib import Path

from ministack.app import main
from ministack.core import lambda_runtime

_unpacking = threading.Lock()
_unpacked = tempfile.TemporaryDirectory(prefix="drypowder-code-")


class SharedZip(zipfile.ZipFile):
    """Unpacks the same code once and links to it: a cold start then costs the import alone."""

    def extractall(self, path=None, members=None, pwd=None):  # type: ignore[no-untyped-def]
        """Make `path` a link to the unpacked code."""
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()[:16]
        shared = Path(_unpacked.name) / digest
        with _unpacking:
            if not shared.exists():
                super().extractall(shared, members, pwd)
        Path(path).rmdir()
        os.symlink(shared, path)


def run(bare_python: str) -> None:
    """Start the local AWS, its Lambdas on `bare_python`; returns when it is ended."""
    lambda_runtime.zipfile = types.SimpleNamespace(
        ZipFile=SharedZip, BadZipFile=zipfile.BadZipFile, LargeZipFile=zipfile.LargeZipFile
    )
    sys.executable = bare_python
    sys.argv = sys.argv[:1]
    main()


if __name__ == "__main__":
    run(sys.argv[1])
