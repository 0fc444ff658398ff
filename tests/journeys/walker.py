"""A person in front of the product: a browser page that is inspected at every step."""

import json
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, StorageState

from tests.axe import axe_violations, session_of

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
LAST = ROOT / "build" / "last-seen"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
PICTURED: set[str] = set()  # Of this run, at both sizes.
LONGEST_PICTURE = 2_000
PATIENCE_SECONDS = 60


@dataclass
class Walker:
    """One person's browser window of one size."""

    context: BrowserContext
    page: Page
    size: str
    problems: list[str] = field(default_factory=list)
    reader: Page | None = None  # For axe, where the person's own window runs no script.

    def shot(self, name: str, *, status: int = 200) -> None:
        """Picture the page at both sizes, and hold each to axe and to a silent console.

        A walk that is repeated, on a phone or without script, pictures it at its own size alone.
        A browser reports a page's own error status in the console; that one is expected.
        """
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        others = () if name in PICTURED else SIZES.keys() - {self.size}
        PICTURED.add(name)
        for size in (*others, self.size):
            self.resize(size)
            self.page.screenshot(
                path=SCREENSHOTS / f"{name}-{size}.png", full_page=True, clip=self._picture(size)
            )
            assert axe_violations(self._readable()) == [], f"axe on {name} ({size})"
        echo = f"status of {status} "
        assert [said for said in self.problems if echo not in said] == [], f"console on {name}"
        self.problems.clear()

    def resize(self, size: str) -> None:
        """Make the window as large as a desk's or a phone's."""
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})

    def _readable(self) -> Page:
        """The page itself, or the same document where axe can run."""
        if self.reader is None:
            return self.page
        document = self.page.content()
        self.reader.set_viewport_size(self.page.viewport_size or {"width": 0, "height": 0})
        self.reader.route(self.page.url, lambda route: route.fulfill(
            body=document, content_type="text/html; charset=utf-8"))  # fmt: skip
        self.reader.goto(self.page.url)
        self.reader.unroute(self.page.url)
        return self.reader

    def close(self) -> None:
        """Close the person's windows."""
        self.context.close()
        if self.reader is not None:
            self.reader.context.close()

    def _picture(self, size: str) -> FloatRect:
        """The page down to where a long list only repeats itself."""
        width, height = SIZES[size]
        layout = session_of(self.page).send("Page.getLayoutMetrics")
        length = max(height, layout["cssContentSize"]["height"])
        assert layout["cssContentSize"]["width"] <= width, f"wider than the {size}"
        return {"x": 0, "y": 0, "width": width, "height": min(length, LONGEST_PICTURE)}

    def keep_last(self, number: int) -> None:
        """Keep what the person saw last: the first thing to look at after a failure."""
        LAST.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=LAST / f"{number}-{self.size}.png", full_page=True)

    def until(self, text: str, url: str) -> None:
        """Load a page again until it says so; what is told by others takes some seconds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        self.page.goto(url)
        while not self.page.get_by_text(text).locator("visible=true").count():
            assert time.monotonic() < deadline, f"{url} never said {text}"
            self.page.wait_for_timeout(500)
            self.page.reload()

    def has(self, text: str) -> None:
        """The page says so, visibly."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=15_000)


def new_walker(
    browser: Browser, size: str, *, script: bool = True, state: StorageState | None = None
) -> Walker:
    """A fresh window, with the cookies in `state` or none."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=script,
        storage_state=state,
        is_mobile=size == "phone",
        has_touch=size == "phone",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)  # Two workers share the cores.
    walker = Walker(context, page, size)
    if not script:
        walker.reader = browser.new_context().new_page()
        walker.reader.route("**/*.js", lambda route: route.abort())
    page.on("console", lambda message: _note(walker, message.type, message.text))
    page.on("pageerror", lambda error: walker.problems.append(f"error: {error}"))
    return walker


def _note(walker: Walker, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        walker.problems.append(f"{kind}: {text}")


def fetch_json(url: str, body: object | None = None) -> Any:
    """GET, or POST when there is a body, on this machine."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)
