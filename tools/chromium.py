"""Finds the Chromium that journeys use; run as a command it says how to install a missing one."""

import os
import shutil
import sys

INSTALL = "Chromium is missing. Debian: apt-get install chromium   (or name one: CHROMIUM=/path)"


def find_chromium() -> str | None:
    """Path of the browser: CHROMIUM if set, else Debian's; None if there is none."""
    return shutil.which(os.environ.get("CHROMIUM") or "chromium")


if __name__ == "__main__" and find_chromium() is None:
    sys.exit(INSTALL)
