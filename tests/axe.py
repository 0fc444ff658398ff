"""What axe finds on a page; it runs in a world of its own, so the page's CSP stays whole."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import CDPSession, Page

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f"axe.run(document, {json.dumps({'runOnly': RULES, 'resultTypes': ['violations']})})"
_sessions: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def axe_violations(page: Page) -> list[str]:
    """One line each. A document is given axe once, however often it is looked at."""
    session = session_of(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
    where = world["executionContextId"]
    if not _value(session, "'axe' in self", where):
        _value(session, f"{_source()};1", where)
    said = _value(session, f"{RUN}.then(it => JSON.stringify(it.violations))", where)
    found: list[dict[str, Any]] = json.loads(said)
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]


def session_of(page: Page) -> CDPSession:
    """The page's own session with the browser's debugger."""
    if page not in _sessions:
        _sessions[page] = page.context.new_cdp_session(page)
    return _sessions[page]


def _value(session: CDPSession, expression: str, where: int) -> Any:
    wanted = {"contextId": where, "awaitPromise": True, "returnByValue": True}
    answer = session.send("Runtime.evaluate", {"expression": expression, **wanted})
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"]["value"]


@cache
def _source() -> str:
    return AXE.read_text()
