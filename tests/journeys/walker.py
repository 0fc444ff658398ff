"""A person in front of the product: a browser page that is inspected at every step."""

import json
import os
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
LAST = ROOT / "build" / "last-seen"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
    "--disable-component-update",
]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


@dataclass
class Walker:
    """One person's browser window of one size."""

    context: BrowserContext
    page: Page
    size: str
    script: bool = True
    problems: list[str] = field(default_factory=list)

    def shot(self, name: str) -> None:
        """Picture the page, and hold it to axe and to a silent console."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{self.size}.png")
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{self.size}-full.png", full_page=True)
        if self.script:  # Axe is a script; the same page is held to it in a window that has one.
            assert axe_violations(self.page) == [], f"axe on {name} ({self.size})"
        assert self.problems == [], f"console on {name} ({self.size})"

    def keep_last(self, number: int) -> None:
        """Keep what the person saw last: the first thing to look at after a failure."""
        LAST.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=LAST / f"{number}-{self.size}.png", full_page=True)

    def has(self, text: str) -> None:
        """The page says so, visibly."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=15_000)


def new_walker(browser: Browser, size: str, *, script: bool = True) -> Walker:
    """A fresh window without cookies."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=script,
        is_mobile=size == "phone",
        has_touch=size == "phone",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    walker = Walker(context, page, size, script)
    page.on("console", lambda message: _note(walker, message.type, message.text))
    page.on("pageerror", lambda error: walker.problems.append(f"error: {error}"))
    return walker


def _note(walker: Walker, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        walker.problems.append(f"{kind}: {text}")


def axe_violations(page: Page) -> list[str]:
    """What axe finds, one line each; run in a world of its own, so the page's CSP stays whole."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
    options = json.dumps({"runOnly": AXE_RULES, "resultTypes": ["violations"]})
    script = (
        f"{AXE.read_text()};axe.run(document, {options}).then(r => JSON.stringify(r.violations))"
    )
    answer = session.send(
        "Runtime.evaluate",
        {
            "expression": script,
            "contextId": world["executionContextId"],
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    found: list[dict[str, Any]] = json.loads(answer["result"]["value"])
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]


def fetch_json(url: str, body: object | None = None) -> Any:
    """GET, or POST when there is a body, on this machine."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)
