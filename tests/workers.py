"""Who runs what when several workers share the tests: the product's group first, then by file.

pytest-xdist's own `--dist=loadgroup` loses its groups under pytest 9.2
(https://github.com/pytest-dev/pytest-xdist/issues/1386); once it is repaired, marks can replace
this file.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

PRODUCT = "product"
# A statement's discount ends by the clock, which other journeys move on by days.
FIRST_ON_THE_PRODUCT = "tests/journeys/test_statements.py"
# It invites every small account that nobody was invited for, the other journeys' own included.
LAST_ON_THE_PRODUCT = "tests/journeys/test_invitations.py"
NEEDS_THE_PRODUCT = ("tests/journeys/", "tests/infra/test_running_product.py")


def group_of(nodeid: str) -> str:
    """What runs on one worker in its own order: everything on the product, else a file's tests."""
    path = nodeid.partition("::")[0]
    return PRODUCT if path.startswith(NEEDS_THE_PRODUCT) else path


def arrange(items: list[pytest.Item]) -> None:
    """Put the longest group first. Raises UsageError for what would start a second product."""
    for item in items:
        asks = "run_json" in getattr(item, "fixturenames", ())
        if asks and group_of(item.nodeid) != PRODUCT:
            sentence = f"{item.nodeid} asks for run_json outside of {NEEDS_THE_PRODUCT}"
            raise pytest.UsageError(sentence)
    items.sort(key=lambda item: place_of(item.nodeid))


def place_of(nodeid: str) -> tuple[bool, bool, bool]:
    """The product's tests before all others; among them one journey first and one last."""
    return (
        group_of(nodeid) != PRODUCT,
        not nodeid.startswith(FIRST_ON_THE_PRODUCT),
        nodeid.startswith(LAST_ON_THE_PRODUCT),
    )


class GroupScheduling(LoadScopeScheduling):
    """Hands whole groups to whichever worker is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
