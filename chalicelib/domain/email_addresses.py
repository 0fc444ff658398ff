"""E-mail addresses: the one form we store and compare, and how much of one we show."""

import re

from chalicelib.domain.errors import InvalidInput

LONGEST = 254  # RFC 5321, path without its brackets.
_SHAPE = re.compile(r"[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}")


def normal_address(typed: str) -> str:
    """The address in lower case without surrounding space; raises InvalidInput (field email)."""
    address = typed.strip().lower()
    if len(address) > LONGEST or not _SHAPE.fullmatch(address):
        sentence = "Type a full e-mail address, like name@company.com."
        raise InvalidInput(sentence, {"email": sentence})
    return address


def masked_address(address: str) -> str:
    """ "pat@ridge.example" → "p•••@ridge.example": recognisable to its owner only."""
    local, at, host = address.partition("@")
    return f"{local[:1]}•••{at}{host}"
