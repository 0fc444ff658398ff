"""CSV cells: text cannot become a formula, our own figures stay numbers."""

from __future__ import annotations

import csv
import io

import pytest

from chalicelib.rendering.csv_files import csv_text, decimal_text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_could_be_a_formula_is_neutralised(start: str) -> None:
    written = csv_text(("name",), [(f"{start}1+1",)])

    cell = list(csv.reader(io.StringIO(written, newline="")))[1][0]

    assert cell == f"'{start}1+1"


def test_headings_are_neutralised_too() -> None:
    assert csv_text(("=x",), []) == "'=x\r\n"


def test_negative_amounts_stay_numbers() -> None:
    assert csv_text(("a", "b"), [(decimal_text(-38650), -3)]) == "a,b\r\n-386.50,-3\r\n"


def test_nothing_is_an_empty_cell() -> None:
    assert csv_text(("a", "b"), [(None, "")]) == "a,b\r\n,\r\n"


def test_cents_below_a_dollar_keep_their_zeros() -> None:
    assert decimal_text(5) == "0.05"
    assert decimal_text(-5) == "-0.05"
