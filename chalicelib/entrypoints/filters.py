"""Filters as URLs: what was typed, read forgivingly, and addresses that keep it."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from chalicelib.domain.errors import InvalidInput

MOST_DIGITS = 12


def href(path: str, parameters: Mapping[str, str], **changes: str) -> str:
    """The address of `path` with `parameters` as changed; empty ones are left out."""
    kept = {name: value for name, value in {**parameters, **changes}.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def cents_typed(text: str, field: str) -> int | None:
    """ "$1,234.5" → 123450, "" → None. Raises InvalidInput naming the field."""
    plain = text.replace("$", "").replace(",", "").strip()
    return _hundredths(plain, field, "Type an amount like 1250 or 1250.50.")


def basis_points_typed(text: str, field: str) -> int | None:
    """ "2.9 %" → 290, "" → None. Raises InvalidInput naming the field."""
    plain = text.replace("%", "").strip()
    return _hundredths(plain, field, "Type a percent like 3 or 2.95.")


def _hundredths(plain: str, field: str, sentence: str) -> int | None:
    if not plain:
        return None
    whole, _, part = plain.partition(".")
    digits = (whole or "0") + part.ljust(2, "0")
    if not (digits.isascii() and digits.isdigit()) or len(part) > 2 or len(digits) > MOST_DIGITS:  # noqa: PLR2004
        raise InvalidInput(sentence, {field: sentence})
    return int(digits)


def day_typed(text: str, field: str) -> date | None:
    """ "2026-11-22" → the day, "" → None. Raises InvalidInput naming the field."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        sentence = "Type a day like 2026-11-22."
        raise InvalidInput(sentence, {field: sentence}) from error
