"""Password hashing: argon2id with the parameters of docs (OWASP's 19 MiB profile)."""

from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)


def hash_password(password: str) -> str:
    """The encoded hash with its own salt and parameters."""
    return _hasher.hash(password)


def verify_password(encoded: str, password: str) -> bool:
    """True if `password` made `encoded`. With no hash the same work is done and refused."""
    try:
        matches = _hasher.verify(encoded or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(encoded)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of an address nobody registered")


_nobodys_hash()  # Made at import, so that the first unknown address takes no longer.
