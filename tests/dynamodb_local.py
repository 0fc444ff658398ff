"""Amazon's own DynamoDB Local instead of the simulated one, where it was installed on request.

Its licence forbids passing it on, so it is no part of this repository (`make dynamodb`).
"""

from pathlib import Path

from sandbox import processes
from sandbox.places import Places

FOLDER = "DYNAMODB_LOCAL"  # Names the folder with DynamoDBLocal.jar.
NAME = "dynamodb-local"


def start_dynamodb_local(places: Places, folder: Path) -> str:
    """Start it in memory on the port no product needs here; its address, or StepFailed."""
    command = [
        "java", f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}", "-jar",
        str(folder / "DynamoDBLocal.jar"), "-inMemory", "-sharedDb", "-disableTelemetry",
        "-port", str(places.port),
    ]  # fmt: skip
    address = f"http://127.0.0.1:{places.port}"
    processes.start(places.processes, NAME, command, environment={})
    processes.wait_until_answering(places.processes, NAME, address, seconds=60)
    return address
