"""Builds what is deployed: the pages' assets, then the package that names them.

Run as `python -m sandbox.build` before the tests, so that their workers find it built.
"""

from pathlib import Path

from sandbox.assets import build_assets
from sandbox.progress import StepFailed, step, stop_with
from tools.package import PackagingFailed, ensure_package
from tools.wheels import WheelUnavailable


def build_product() -> Path:
    """The package's folder; each part is built anew only if something in it changed.

    Raises StepFailed, PackagingFailed or WheelUnavailable.
    """
    with step("building style sheet, script and font"):
        build_assets()
    with step("packaging the product"):
        return ensure_package()


if __name__ == "__main__":
    try:
        build_product()
    except (StepFailed, PackagingFailed, WheelUnavailable) as failure:
        stop_with(failure)
