"""`make run`: the packaged product, deployed to a local AWS beside simulated companies.

Run as `python -m sandbox.up [--detach]`; ports come from PORT, SANDBOX_PORT and AWS_PORT.
"""

import argparse
import json
import secrets
import signal
import socket
import sys
import time
from pathlib import Path

from sandbox import processes
from sandbox.build import build_product
from sandbox.deploy import add_erp_keys, deploy_stack, put_secret, sync_static_files
from sandbox.local_aws import start_local_aws
from sandbox.places import Places, places_from_environment
from sandbox.progress import StepFailed, step, stop_with
from sandbox.runfile import announce, describe_run, function_environment, write_run_file
from sandbox.seeding import seed_demo
from tools.package import PackagingFailed
from tools.wheels import WheelUnavailable

# A server that was just ended may hold its port for a moment, until its last thread is gone.
LAST_BREATH_SECONDS = 3.0


def bring_up(places: Places) -> None:
    """Start everything anew and write run.json; whatever ran before in this folder is ended.

    Raises StepFailed, PackagingFailed or WheelUnavailable.
    """
    processes.stop_all(places.processes)
    places.run_file.unlink(missing_ok=True)
    _refuse_taken_ports(places)
    package = build_product()
    origin_secret = secrets.token_hex(24)
    with step("starting the local AWS"):
        start_local_aws(places)
    with step("deploying the package by change set"):
        outputs = deploy_stack(places, package=package, origin_secret=origin_secret)
        put_secret(places, secret_id=outputs["SecretId"])
        sync_static_files(places, bucket=outputs["StaticBucketName"])
    with step("starting the simulated companies"):
        start_world(places)
    with step("opening the front door"):
        start_front_door(places, outputs=outputs, origin_secret=origin_secret)
    environment = function_environment(places, function=outputs["APIHandlerName"])
    with step("seeding the demo"):
        seeded = seed_demo(places, environment=environment)
        dealers = [dealer["id"] for dealer in seeded.get("dealers", [])]
        add_erp_keys(places, secret_id=outputs["SecretId"], dealers=dealers)
    write_run_file(places, describe_run(places, environment=environment, seeded=seeded))


def start_world(places: Places) -> None:
    """Start the simulated processor, bank link and ERP, the clock and the mail viewer."""
    command = [
        sys.executable, "-m", "sandbox.world",
        "--port", str(places.sandbox_port),
        "--webhooks", f"http://127.0.0.1:{places.port}",
        "--aws", places.aws_endpoint,
    ]  # fmt: skip
    processes.start(places.processes, "world", command, environment={})
    processes.wait_until_answering(
        places.processes, "world", f"{places.world_url}/clock", seconds=30
    )


def start_front_door(places: Places, *, outputs: dict[str, str], origin_secret: str) -> None:
    """Open the one address people use, and wait for the first page: it unpacks the code."""
    settings = {
        "port": places.port,
        "aws_endpoint": places.aws_endpoint,
        "api_id": outputs["RestAPIId"],
        "stage": "live",
        "static_bucket": outputs["StaticBucketName"],
        "secret": origin_secret,
    }
    command = [sys.executable, "-m", "sandbox.front_door"]
    environment = {"FRONT_DOOR": json.dumps(settings)}
    processes.start(places.processes, "front-door", command, environment=environment)
    processes.wait_until_answering(
        places.processes, "front-door", f"http://127.0.0.1:{places.port}/health", seconds=90
    )


def main() -> None:
    """Bring the sandbox up; without --detach stay until Ctrl-C and take it down again."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--detach", action="store_true", help="return once everything is ready")
    detach = parser.parse_args().detach
    places = places_from_environment()
    started = time.monotonic()
    try:
        bring_up(places)
    except (StepFailed, PackagingFailed, WheelUnavailable) as failure:
        processes.stop_all(places.processes)
        stop_with(failure)
    announce(places, seconds=time.monotonic() - started)
    if not detach:
        _stay(places.processes)


def _stay(folder: Path) -> None:
    print("\nCtrl-C ends it.", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        processes.stop_all(folder)


def _refuse_taken_ports(places: Places) -> None:
    ports = {"PORT": places.port, "SANDBOX_PORT": places.sandbox_port, "AWS_PORT": places.aws_port}
    for name, port in ports.items():
        deadline = time.monotonic() + LAST_BREATH_SECONDS
        while _is_taken(port):
            if time.monotonic() > deadline:
                raise StepFailed(
                    f"Port {port} is taken by another program. "
                    f"Choose another one: make run {name}={port + 10}"
                )
            time.sleep(0.1)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
