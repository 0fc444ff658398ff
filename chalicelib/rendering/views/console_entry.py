"""How an operator gets in: password, then the six-digit code."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Chrome


@dataclass(frozen=True, kw_only=True)
class OperatorSignIn:
    """GET/POST /console/sign-in; fields csrf, email, password."""

    chrome: Chrome
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class OperatorCode:
    """GET/POST /console/sign-in/code; fields csrf, code (TOTP, six digits)."""

    chrome: Chrome
    email: str = ""
