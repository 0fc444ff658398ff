"""`make stop`: ends what `make run` started, and nothing else; harmless when nothing runs."""

from sandbox import processes
from sandbox.places import places_from_environment


def main() -> None:
    """Stop the sandbox and say what was ended."""
    places = places_from_environment()
    ended = processes.stop_all(places.processes)
    places.run_file.unlink(missing_ok=True)
    print(f"stopped: {', '.join(ended)}" if ended else "nothing is running")


if __name__ == "__main__":
    main()
