"""Draws a receipt as PDF: text only, nothing from outside is interpreted, same view same bytes.

Helvetica is one of the fonts every reader brings: nothing is embedded, and no two files with one
PostScript name can collapse into each other. What its encoding lacks loses its accent.
"""

from __future__ import annotations

import io
import unicodedata
from typing import TYPE_CHECKING

from .views.receipt_document import ReceiptDocument, ReceiptLine
from .words import currency_in_use, money, money_or_blank

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD = "Helvetica", "Helvetica-Bold"
WIDTH, HEIGHT = 612, 792  # US Letter, points.
LEFT, RIGHT, TOP, BOTTOM = 54, WIDTH - 54, HEIGHT - 54, 64
INK, SOFT, BRAND, RULE = "#14201b", "#5a6862", "#14532d", "#dfe4e1"
ROW = 17
JOB, DUE, DEDUCTIONS = LEFT + 132, LEFT + 290, RIGHT - 100  # Columns of the table.
_OTHERWISE = str.maketrans({"−": "-", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"})


def render_receipt(view: ReceiptDocument) -> bytes:
    """The PDF's bytes; drawn twice, because the first drawing finds out how many pages it has."""
    token = currency_in_use.set(view.currency)
    try:
        pages = _Sheet(view, pages=0).drawn()[1]
        return _Sheet(view, pages=pages).drawn()[0]
    finally:
        currency_in_use.reset(token)


def printable(text: str) -> str:
    """`text` in what Helvetica's encoding (cp1252) holds: accents go, other letters become "?"."""
    return "".join(map(_letter, unicodedata.normalize("NFC", text).translate(_OTHERWISE)))


def _letter(letter: str) -> str:
    if not letter.isprintable():
        return " "
    for candidate in (letter, unicodedata.normalize("NFKD", letter)):
        found = candidate.encode("cp1252", "ignore").decode("cp1252")
        if found:
            return found
    return "?"


class _Sheet:
    """One drawing from top to bottom; `y` is where the next line stands."""

    def __init__(self, view: ReceiptDocument, *, pages: int) -> None:
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  Only who draws pays for it.

        self.view, self.pages, self.page, self.y = view, pages, 1, float(TOP)
        self.out = io.BytesIO()
        self.canvas: Canvas = Canvas(
            self.out, pagesize=(WIDTH, HEIGHT), invariant=1, lang="en-US", pageCompression=1
        )
        self.canvas.setTitle(printable(f"{view.title} {view.number}"))
        self.canvas.setAuthor(printable(view.dealer_name))

    def drawn(self) -> tuple[bytes, int]:
        """Everything; the bytes and the number of pages."""
        self._head()
        self._facts()
        self._table_head()
        for line in self.view.lines:
            self._row(line)
        self._sums()
        self._foot()
        self.canvas.save()
        return self.out.getvalue(), self.page

    def _head(self) -> None:
        view = self.view
        self._text(LEFT, view.dealer_name, font=BOLD, size=14, ink=BRAND, width=240)
        self._text(RIGHT, view.dealer_contact, size=9, ink=SOFT, width=256, right=True)
        self.y -= 14
        self._rule()
        self.y -= 30
        self._text(LEFT, f"{view.title} {view.number}", font=BOLD, size=20, width=RIGHT - LEFT)
        self.y -= 20
        self._text(LEFT, view.statement, size=10, ink=SOFT, width=RIGHT - LEFT)
        self.y -= 36
        self._text(LEFT, money(view.amount_cents), font=BOLD, size=26, width=RIGHT - LEFT)
        self.y -= 30

    def _facts(self) -> None:
        for label, value in self.view.facts:
            self._text(LEFT, label, size=9, ink=SOFT, width=120)
            self._text(JOB, value, size=10, width=RIGHT - JOB)
            self.y -= 16
        self.y -= 14

    def _table_head(self) -> None:
        cells = ((LEFT, "Document"), (JOB, "Job"), (DUE, "Due"))
        for x, label in cells:
            self._text(x, label, size=8.5, ink=SOFT, width=150)
        self._text(DEDUCTIONS, "Credits and discount", size=8.5, ink=SOFT, width=120, right=True)
        self._text(RIGHT, "Amount", size=8.5, ink=SOFT, width=90, right=True)
        self.y -= 6
        self._rule()
        self.y -= ROW - 3

    def _row(self, line: ReceiptLine) -> None:
        if self.y < BOTTOM + ROW:
            self._next_page()
            self._table_head()
        deducted = money_or_blank(line.deductions_cents)
        self._text(LEFT, line.number, font=BOLD, size=9.5, width=JOB - LEFT - 8)
        self._text(JOB, line.job, size=9.5, width=DUE - JOB - 8)
        self._text(DUE, line.due, size=9.5, width=70)
        self._text(DEDUCTIONS, deducted, size=9.5, width=90, right=True)
        self._text(RIGHT, money(line.amount_cents), size=9.5, width=90, right=True)
        self.y -= ROW

    def _sums(self) -> None:
        if self.y - ROW * (len(self.view.sums) + 2) < BOTTOM:
            self._next_page()
        self.y += ROW - 6
        self._rule()
        self.y -= ROW
        for label, cents in self.view.sums:
            self._text(DUE, label, size=10, ink=SOFT, width=DEDUCTIONS - DUE)
            self._text(RIGHT, money(cents), size=10, width=100, right=True)
            self.y -= ROW
        self._text(DUE, self.view.total_label, font=BOLD, size=11, width=DEDUCTIONS - DUE)
        self._text(RIGHT, money(self.view.amount_cents), font=BOLD, size=11, width=100, right=True)
        if self.view.refunded_cents:
            self.y -= ROW
            self._text(DUE, "Refunded", size=10, ink=SOFT, width=DEDUCTIONS - DUE)
            self._text(RIGHT, money(-self.view.refunded_cents), size=10, width=100, right=True)

    def _foot(self) -> None:
        self.y = BOTTOM - 28
        demo = " · Demo data, no real money" if self.view.is_demo else ""
        self._text(LEFT, f"{self.view.number}{demo}", size=8.5, ink=SOFT, width=300)
        of = f"Page {self.page} of {self.pages}"
        self._text(RIGHT, of, size=8.5, ink=SOFT, width=120, right=True)

    def _next_page(self) -> None:
        self._foot()
        self.canvas.showPage()
        self.page, self.y = self.page + 1, float(TOP)

    def _rule(self) -> None:
        self.canvas.setStrokeColor(RULE)
        self.canvas.setLineWidth(0.75)
        self.canvas.line(LEFT, self.y, RIGHT, self.y)

    def _text(
        self,
        x: float,
        text: str,
        *,
        size: float,
        width: float,
        font: str = PLAIN,
        ink: str = INK,
        right: bool = False,
    ) -> None:
        shown = self._fitted(printable(text), font, size, width)
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(ink)
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x, self.y, shown)

    def _fitted(self, text: str, font: str, size: float, width: float) -> str:
        """`text`, cut with an ellipsis if it is wider than its place."""
        if self.canvas.stringWidth(text, font, size) <= width:
            return text
        while text and self.canvas.stringWidth(text + "…", font, size) > width:
            text = text[:-1]
        return text + "…"
