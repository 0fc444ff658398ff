"""What a request says, read strictly: form bodies and queries with repeated names."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from chalicelib.domain.errors import InvalidInput

LARGEST_BODY_BYTES = 1_000_000
MOST_FIELDS = 25_000
_UNREADABLE = "The form could not be read. Go back, reload the page and send it again."


@dataclass(frozen=True, slots=True)
class Form:
    """Names and values in the order sent; a name may repeat (ticked rows)."""

    pairs: tuple[tuple[str, str], ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The first value of a name, surrounding white space removed."""
        for key, value in self.pairs:
            if key == name:
                return value.strip()
        return default

    def raw(self, name: str) -> str:
        """The first value of a name exactly as sent (passwords)."""
        return next((value for key, value in self.pairs if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a name."""
        return tuple(value.strip() for key, value in self.pairs if key == name)


def read_form(body: bytes) -> Form:
    """A urlencoded body. Raises InvalidInput if it is too large, not UTF-8 or holds NUL."""
    if len(body) > LARGEST_BODY_BYTES:
        raise InvalidInput("The form is larger than this page accepts. Choose fewer rows.")
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise InvalidInput(_UNREADABLE) from error
    return from_pairs(pairs)


def from_pairs(pairs: Iterable[tuple[str, str]]) -> Form:
    """A Form of pairs already decoded; the same refusals."""
    found = tuple(pairs)
    if any("\0" in name or "\0" in value for name, value in found):
        raise InvalidInput(_UNREADABLE)
    return Form(found)
