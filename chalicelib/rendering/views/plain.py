"""Pages either face may show: help and errors."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Chrome


@dataclass(frozen=True, kw_only=True)
class Help:
    """GET /help and /console/help; `face` is "portal" or "console"."""

    chrome: Chrome
    face: str = "portal"


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """Any refused request: what happened, whether anything was charged, what to do next.

    `status` is the HTTP status; empty `heading`/`sentence` use the words for that status.
    `reference` is the correlation id; `money_untouched` adds that nothing was charged. With
    `sign_out_url` signing out (POST csrf) is what is left to do.
    """

    chrome: Chrome
    status: int
    face: str = "portal"
    heading: str = ""
    sentence: str = ""
    reference: str = ""
    money_untouched: bool = False
    next_href: str = ""
    next_label: str = ""
    sign_out_url: str = ""
