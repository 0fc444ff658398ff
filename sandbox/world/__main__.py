"""`python -m sandbox.world --port 8090 --webhooks http://127.0.0.1:8080 --aws http://…:4566`."""

import argparse

from waitress import serve

from sandbox.world.server import create_app
from sandbox.world.world import build_world, keep_ticking

# A scripted timeout holds a thread; the others keep answering.
_THREADS = 24


def main() -> None:
    """Serve one new world until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.world", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument(
        "--webhooks",
        default="http://127.0.0.1:8080",
        help="the product's front door; webhooks go to <it>/webhooks/…",
    )
    parser.add_argument("--aws", default="http://127.0.0.1:4566", help="the local AWS")
    parser.add_argument("--public-url", help="how browsers reach this server")
    wanted = parser.parse_args()
    world = build_world(
        public_url=wanted.public_url or f"http://localhost:{wanted.port}",
        webhooks_url=wanted.webhooks,
    )
    keep_ticking(world.clock)
    print(f"Sandbox world on http://localhost:{wanted.port}", flush=True)
    serve(create_app(world, aws=wanted.aws), host=wanted.host, port=wanted.port, threads=_THREADS)


if __name__ == "__main__":
    main()
