"""ES256 (ECDSA on P-256 with SHA-256, RFC 6979 nonces) for demo webhooks only.

Slow and not constant-time, which is fine for a key that is printed in the source.
"""

import base64
import hashlib
import hmac
import json

from sandbox.world.jsontypes import Json

Point = tuple[int, int] | None

_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def public_point(private_key: int) -> tuple[int, int]:
    """Return the public key of a private scalar."""
    point = _multiply(private_key, _G)
    if point is None:
        raise ValueError("The private key must be between 1 and the group's order.")
    return point


def sign(message: bytes, *, private_key: int) -> bytes:
    """Return r ‖ s, 64 bytes, as JWS wants it."""
    digest = hashlib.sha256(message).digest()
    number = int.from_bytes(digest, "big")
    for nonce in _nonces(private_key, digest):
        point = _multiply(nonce, _G)
        r = point[0] % _N if point else 0
        s = pow(nonce, -1, _N) * (number + r * private_key) % _N
        if r and s:
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    raise AssertionError("Nonces never run out.")


def sign_token(claims: Json, *, key_id: str, private_key: int) -> str:
    """Return a compact ES256 JSON Web Token."""
    header = {"alg": "ES256", "kid": key_id, "typ": "JWT"}
    signed = f"{_encode(json.dumps(header).encode())}.{_encode(json.dumps(claims).encode())}"
    return f"{signed}.{_encode(sign(signed.encode(), private_key=private_key))}"


def public_key(*, key_id: str, private_key: int, created_at: int) -> Json:
    """Return the public half as a JSON Web Key, in the shape the bank link publishes."""
    x, y = public_point(private_key)
    return {
        "alg": "ES256",
        "crv": "P-256",
        "kid": key_id,
        "kty": "EC",
        "use": "sig",
        "x": _encode(x.to_bytes(32, "big")),
        "y": _encode(y.to_bytes(32, "big")),
        "created_at": created_at,
        "expired_at": None,
    }


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _add(one: Point, two: Point) -> Point:
    if one is None or two is None:
        return one or two
    if one[0] == two[0] and (one[1] + two[1]) % _P == 0:
        return None
    if one == two:
        slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], -1, _P)
    else:
        slope = (two[1] - one[1]) * pow(two[0] - one[0], -1, _P)
    x = (slope * slope - one[0] - two[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def _multiply(scalar: int, point: Point) -> Point:
    total: Point = None
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _nonces(private_key: int, digest: bytes) -> list[int]:
    """Return the first candidates of RFC 6979 §3.2; the first one is refused once in 2³²."""
    secret = private_key.to_bytes(32, "big")
    seed = (int.from_bytes(digest, "big") % _N).to_bytes(32, "big")
    key, value, found = b"\x00" * 32, b"\x01" * 32, []
    for mark in (b"\x00", b"\x01"):
        key = hmac.digest(key, value + mark + secret + seed, "sha256")
        value = hmac.digest(key, value, "sha256")
    for _ in range(4):
        value = hmac.digest(key, value, "sha256")
        candidate = int.from_bytes(value, "big")
        if 0 < candidate < _N:
            found.append(candidate)
        key = hmac.digest(key, value + b"\x00", "sha256")
        value = hmac.digest(key, value, "sha256")
    return found
