"""Cells of an import file: text in, typed value out, or the reason why not in plain words."""

import re
from datetime import date

LONGEST_ID = 64
LONGEST_TEXT = 200
LARGEST_CENTS = 10**12  # Ten thousand million; beyond it a file is broken, not rich.

_AMOUNT = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,180}\.[^@\s<>\".]{2,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TRUE, _FALSE = {"true", "yes", "1", "y"}, {"false", "no", "0", "n", ""}


class CellRefused(Exception):
    """A cell that cannot be taken in; `reason` is what the person reads."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class Cells:
    """One row of a file by column name; blank and absent cells are the same."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def text(self, column: str, *, limit: int = LONGEST_TEXT) -> str:
        """Text without surrounding blanks; "" if blank."""
        value = self._values.get(column, "").strip()
        if len(value) > limit:
            raise CellRefused(column, f"is longer than {limit} characters")
        if _CONTROL.search(value):
            raise CellRefused(column, "contains a line break or control character")
        return value

    def needed(self, column: str) -> str:
        """Text that must be there."""
        value = self.text(column)
        if not value:
            raise CellRefused(column, "is empty")
        return value

    def identifier(self, column: str, *, optional: bool = False) -> str:
        """A number of the ERP's: at most 64 characters, no #, which our own keys use."""
        value = self.text(column, limit=LONGEST_ID)
        if not value and not optional:
            raise CellRefused(column, "is empty")
        if "#" in value:
            raise CellRefused(column, f"“{value}” contains #, which an id must not")
        return value

    def amount(self, column: str) -> int:
        """Cents of a required amount: at most two decimals after a point, not negative."""
        value = self.text(column)
        if not value:
            raise CellRefused(column, "is empty; write 0.00 for nothing")
        return _cents(column, value)

    def optional_amount(self, column: str) -> int:
        """Cents; 0 if blank."""
        value = self.text(column)
        return _cents(column, value) if value else 0

    def day(self, column: str) -> date:
        """A required ISO date."""
        value = self.text(column)
        if not value:
            raise CellRefused(column, "is empty; write a date as 2026-03-31")
        return _day(column, value)

    def optional_day(self, column: str) -> date | None:
        """An ISO date; None if blank."""
        value = self.text(column)
        return _day(column, value) if value else None

    def email(self, column: str) -> str:
        """An address that looks deliverable, in lower case."""
        value = self.needed(column)
        if not _EMAIL.fullmatch(value):
            raise CellRefused(column, f"“{value}” is not an e-mail address")
        return value.lower()

    def whole(self, column: str) -> int:
        """A whole number from 0 to 999; 0 if blank."""
        value = self.text(column)
        if value and not re.fullmatch(r"[0-9]{1,3}", value):
            raise CellRefused(column, f"“{value}” is not a whole number from 0 to 999")
        return int(value or 0)

    def flag(self, column: str) -> bool:
        """true/false, yes/no, 1/0; false if blank."""
        value = self.text(column).lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise CellRefused(column, f"“{value}” is neither true nor false")

    def word(self, column: str, allowed: frozenset[str], default: str) -> str:
        """One of the allowed words, in lower case; the default if blank."""
        value = self.text(column).lower() or default
        if value not in allowed:
            raise CellRefused(column, f"“{value}” is not one of {', '.join(sorted(allowed))}")
        return value


def _cents(column: str, value: str) -> int:
    match = _AMOUNT.fullmatch(value)
    if not match:
        reason = f"“{value}” is not an amount; write digits, a decimal point and two decimals"
        raise CellRefused(column, reason)
    sign, whole, decimals = match.groups()
    cents = int(whole) * 100 + int((decimals or "0").ljust(2, "0"))
    if sign and cents:
        raise CellRefused(column, f"“{value}” is negative; credits belong in the adjustments file")
    if cents > LARGEST_CENTS:
        raise CellRefused(column, f"“{value}” is larger than any amount we take")
    return cents


def _day(column: str, value: str) -> date:
    if _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise CellRefused(column, f"“{value}” is not a date; write it as 2026-03-31")
