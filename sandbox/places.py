"""Where the sandbox's parts live: folders, ports and addresses. Everything listens on loopback."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"


@dataclass(frozen=True, slots=True)
class Places:
    """One running sandbox; two with different ports and folders do not disturb each other."""

    folder: Path
    port: int
    sandbox_port: int
    aws_port: int

    @property
    def front_url(self) -> str:
        """Address people and browsers use."""
        return f"http://localhost:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Address of the simulated companies, the clock and the mail viewer."""
        return f"http://localhost:{self.sandbox_port}"

    @property
    def world_url(self) -> str:
        """The same, as the product's own calls reach it: no name look-up on the way."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def aws_endpoint(self) -> str:
        """Address of the local AWS."""
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def run_file(self) -> Path:
        """What tests and people read to find everything."""
        return self.folder / "run.json"

    @property
    def processes(self) -> Path:
        """Process notes, one file per process, and their logs."""
        return self.folder / "run"


def places_from_environment() -> Places:
    """The sandbox that PORT, SANDBOX_PORT, AWS_PORT and RUN_FOLDER describe, or the usual one."""
    return Places(
        folder=Path(os.environ.get("RUN_FOLDER") or BUILD),
        port=int(os.environ.get("PORT") or 8080),
        sandbox_port=int(os.environ.get("SANDBOX_PORT") or 8090),
        aws_port=int(os.environ.get("AWS_PORT") or 4566),
    )
