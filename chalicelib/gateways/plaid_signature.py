"""Checks the bank link's webhooks: an ES256 JWT over the body's SHA-256.

Scheme: plaid.com/docs/api/webhooks/webhook-verification. `cryptography` is imported on first use:
only this check needs it (docs/decisions/0005-es256-with-cryptography.md).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from chalicelib.gateways.bank_link import WebhookKey
from chalicelib.gateways.stripe_signature import TOLERANCE_SECONDS, SignatureRefused

MAX_TOKEN_CHARACTERS = 4_000
COORDINATE_BYTES = 32
Shape = TypeVar("Shape")


class _Header(msgspec.Struct):
    alg: str
    kid: str


class _Claims(msgspec.Struct):
    iat: int
    request_body_sha256: str


def check(
    body: bytes, token: str, *, key_of: Callable[[str], WebhookKey | None], now: datetime
) -> None:
    """Return if the JWT was signed by the key it names, lately, over exactly `body`.

    `key_of` fetches a key by its id (None: unknown or expired); it is asked only after the cheap
    checks, so that a forger cannot make us call the vendor at will. `now` is wall time.
    Raises SignatureRefused.
    """
    parts = token.split(".")
    if len(token) > MAX_TOKEN_CHARACTERS or len(parts) != 3:  # noqa: PLR2004  header.claims.signature
        raise SignatureRefused("not a signed token")
    header, claims = _decoded(parts[0], _Header), _decoded(parts[1], _Claims)
    if header.alg != "ES256":
        raise SignatureRefused("the algorithm is not ES256")
    if abs(now.timestamp() - claims.iat) > TOLERANCE_SECONDS:
        raise SignatureRefused("the token's time is too far from now")
    digest = hashlib.sha256(body).hexdigest()
    if not hmac.compare_digest(digest.encode(), claims.request_body_sha256.lower().encode()):
        raise SignatureRefused("the body is not the one that was signed")
    key = key_of(header.kid)
    if key is None:
        raise SignatureRefused("the key is unknown or expired")
    _check_ecdsa(f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2]), key)


def _check_ecdsa(signed: bytes, signature: bytes, key: WebhookKey) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    if len(signature) != 2 * COORDINATE_BYTES:
        raise SignatureRefused("the signature has the wrong length")
    r, s = signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]
    der = utils.encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    x, y = int.from_bytes(_bytes(key.x)), int.from_bytes(_bytes(key.y))
    try:
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        public.verify(der, signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise SignatureRefused("the signature does not match") from error


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise SignatureRefused("not base64url") from error


def _decoded(text: str, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(_bytes(text), type=shape)
    except msgspec.MsgspecError as error:
        raise SignatureRefused("the token is malformed") from error
