"""Starts the local AWS with Lambdas that see nothing but their own package."""

import shutil
import subprocess
import sys
from pathlib import Path

from sandbox import processes
from sandbox.aws import ACCOUNT, CREDENTIALS, REGION
from sandbox.places import BUILD, ROOT, Places
from tools.locks import alone_making

AWS_PYTHON = ROOT / ".venv-aws" / "bin" / "python"
BARE = BUILD / "bare-python"
NAME = "local-aws"


def start_local_aws(places: Places, **settings: str) -> None:
    """Start it on loopback and wait until it answers; StepFailed says why it did not.

    `settings` are MiniStack's own, instead of the product's.
    """
    scratch = places.processes / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    environment = {
        **CREDENTIALS,
        # Policies are enforced: a function that lacks a permission fails here as it would on AWS.
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(places.aws_port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "TMPDIR": str(scratch),
        "LOG_LEVEL": "INFO",
        "PYTHONNOUSERSITE": "1",
        **settings,
    }
    launcher = str(ROOT / "sandbox" / "launch_aws.py")
    command = [str(AWS_PYTHON), launcher, str(ensure_bare_python()), str(BUILD / "unpacked")]
    processes.start(places.processes, NAME, command, environment=environment)
    processes.wait_until_answering(
        places.processes, NAME, f"{places.aws_endpoint}/_ministack/health", seconds=30
    )


def ensure_bare_python() -> Path:
    """A Python of our version without a single library, not even pip; made once."""
    python = BARE / "bin" / "python"
    with alone_making("bare-python"):
        if not python.exists():
            command = [sys.executable, "-m", "venv", "--without-pip", str(BARE)]
            subprocess.run(command, check=True, capture_output=True)
    return python
