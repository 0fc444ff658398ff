"""How a payer gets in: sign-in, registration from a mail link, decline, terms."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Chrome

TERMS_VERSION = "2026-11"


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """GET/POST /sign-in; fields csrf, email, password.

    `linking_account` names the account an open invitation (cookie) would link after sign-in.
    """

    chrome: Chrome
    email: str = ""
    linking_account: str = ""


@dataclass(frozen=True, kw_only=True)
class Register:
    """GET/POST /register, filled from the invitation behind the short-lived cookie.

    Fields csrf, email, full_name, password, accept_terms ("yes"), terms_version.
    `signed_in_as`: the payer already has a login, so only the terms and the link remain.
    """

    chrome: Chrome
    account_name: str
    account_number: str
    email: str = ""
    full_name: str = ""
    terms_version: str = TERMS_VERSION
    expires_on: str = ""
    signed_in_as: str = ""


@dataclass(frozen=True, kw_only=True)
class VerifyAddress:
    """GET/POST /register/verify, when the address typed differs from the invited one.

    `state`: "code" (a code was mailed; field code), "link" (a link was mailed) or
    "confirm" (the mailed link was opened; a POST confirms, since GET consumes nothing).
    A second button posts `resend=yes`.
    """

    chrome: Chrome
    email: str
    state: str = "code"
    valid_minutes: int = 30


@dataclass(frozen=True, kw_only=True)
class LinkProblem:
    """A mail link that no longer registers anybody; never an error page.

    `reason`: expired, used, superseded, revoked, declined, disabled or unknown. `masked_address`
    (like "p•••@ridgeline.example") says where the newer link went when superseded.
    """

    chrome: Chrome
    reason: str
    masked_address: str = ""
    expired_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Decline:
    """GET/POST /decline; fields csrf, reason (free text, optional). `done` after the POST."""

    chrome: Chrome
    account_name: str
    done: bool = False


@dataclass(frozen=True, kw_only=True)
class Terms:
    """GET /terms; the words live in templates/terms/<version>.html, one file per version kept."""

    chrome: Chrome
    version: str = TERMS_VERSION
