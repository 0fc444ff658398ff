"""Password hashing: argon2id with OWASP's 19 MiB profile (m=19456 KiB, t=2, p=1)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# Made once with the same parameters from random bytes nobody kept: an address without a login
# costs the same work as one with a login, and no process makes a hash just by starting.
_NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1"
    "$tUQeWgnQFpL47VXFohdCWg$r27ftz+j8roKw3oQT4PkfxkbibZG3+51UP2PrvpjVPI"
)


def hash_password(password: str) -> str:
    """The encoded hash with its own salt and parameters."""
    return _hasher().hash(password)


def verify_password(encoded: str, password: str) -> bool:
    """True if `password` made `encoded`. With no hash the same work is done and refused."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        matches = _hasher().verify(encoded or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(encoded)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher, Type

    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)
