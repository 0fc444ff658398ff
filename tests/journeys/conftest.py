"""One Chromium for all journeys, and people who walk in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.walker import ARGS, CHROMIUM, Walker, new_walker


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield found
        found.close()


@pytest.fixture
def walk(browser: Browser) -> Iterator[Callable[..., Walker]]:
    """Open a window of a size for a person; all are closed at the end."""
    opened: list[Walker] = []

    def open_window(size: str, **options: Any) -> Walker:  # Any: Playwright's own options.
        opened.append(new_walker(browser, size, **options))
        return opened[-1]

    yield open_window
    for number, walker in enumerate(opened):
        walker.keep_last(number)
        walker.context.close()
