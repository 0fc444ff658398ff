"""CSV text that a spreadsheet can open without running anything in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# OWASP's list for CSV injection: a cell that starts with one of these may be a formula.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> str:
    """CSV with CRLF line ends. Text cells are neutralised; integers are written as they are.

    Amounts come in as text made by `decimal_text`, which stays a number. An empty header leaves
    the header row out.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    if header:
        writer.writerow(_cell(label) for label in header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


class DecimalText(str):
    """Digits we formatted ourselves, so a leading minus is a sign and no formula."""

    __slots__ = ()


def decimal_text(cents: int) -> DecimalText:
    """-38650 → "-386.50": a plain number for a CSV cell."""
    sign = "-" if cents < 0 else ""
    return DecimalText(f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}")


def _cell(value: str | int | None) -> str:
    if value is None:
        return ""
    if isinstance(value, DecimalText | int):
        return str(value)
    return f"'{value}" if value.startswith(_RISKY) else value
