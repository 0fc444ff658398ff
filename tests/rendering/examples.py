"""All example views by name: what the rendering tests, screenshots and axe go through."""

from __future__ import annotations

from .console_examples import console_examples
from .mailing_examples import mailing_examples
from .part_examples import part_examples
from .portal_examples import portal_examples


def all_examples() -> dict[str, object]:
    """Full and empty examples of both faces."""
    return {
        **portal_examples(),
        **part_examples(),
        **console_examples(),
        **mailing_examples(),
    }
