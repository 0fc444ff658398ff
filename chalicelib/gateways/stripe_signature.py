"""Checks the processor's webhook signature on the raw bytes, without importing its library.

Stripe's own check accepts timestamps in the future; ours is two-sided (reliability.md, rule 3).
Scheme: docs.stripe.com/webhooks/signature – `t=<unix>,v1=<hex>[,v1=…]`, HMAC-SHA256 of
"<t>.<body>".
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

TOLERANCE_SECONDS = 300
MAX_HEADER_CHARACTERS = 2_000


class SignatureRefused(Exception):
    """The request is not provably the sender's, now; the message says which check failed."""


def check(body: bytes, header: str, *, secrets: Sequence[str], now: datetime) -> None:
    """Return if any of `secrets` signed exactly `body` within 300 s of `now` (wall time).

    Several secrets may be valid while one is being rotated. Raises SignatureRefused, also when
    there is no secret to check with.
    """
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise SignatureRefused("no secret is configured for this endpoint")
    timestamp, signatures = _parsed(header)
    if abs(now.timestamp() - timestamp) > TOLERANCE_SECONDS:
        raise SignatureRefused("the timestamp is too far from now")
    signed = f"{timestamp}.".encode() + body
    for secret in usable:
        wanted = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        if any(hmac.compare_digest(wanted.encode(), given) for given in signatures):
            return
    raise SignatureRefused("no signature matches")


def _parsed(header: str) -> tuple[int, list[bytes]]:
    if not header or len(header) > MAX_HEADER_CHARACTERS:
        raise SignatureRefused("the signature is missing or too long")
    pairs = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in pairs if name == "t"]
    signatures = [value.encode() for name, _, value in pairs if name == "v1"]
    # isdecimal() alone would admit digits of other scripts.
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdecimal()):
        raise SignatureRefused("there must be exactly one timestamp")
    return int(stamps[0][:15]), signatures
