"""What a posting must look like (docs/SPRUCE.md), checked before anything is written."""

from datetime import date

from sandbox.world.jsontypes import Json

CATEGORIES = ("invoices", "credit_adjustments", "debit_adjustments", "cash")
_MAX_LINES = 10_000
_MAX_REFERENCE = 120
_PAYS = ("customer", "check_number")
_NEEDS: dict[str, tuple[str, ...]] = {
    "payment": _PAYS,
    "payment_reversed": _PAYS,
    "discount": _PAYS,
    "discount_reversed": _PAYS,
    "credit": (*_PAYS, "credit_document"),
    "credit_reversed": (*_PAYS, "credit_document"),
    "unapplied": (*_PAYS, "credit_document"),
    "unapplied_reversed": (*_PAYS, "credit_document"),
    "credit_paid_out": (*_PAYS, "credit_document"),
    "credit_paid_out_reversed": (*_PAYS, "credit_document"),
    "journal": (),
}
# Which way a line moves the open amounts of the documents it names.
_OPENS = {
    "payment_reversed",
    "discount_reversed",
    "credit_reversed",
    "unapplied",
    "credit_paid_out_reversed",
}
_POSTING_FIELDS = {"reference", "category", "date", "memo", "lines"}
_LINE_FIELDS = {
    "kind",
    "amount_cents",
    "debit_account",
    "credit_account",
    "customer",
    "job",
    "document",
    "credit_document",
    "check_number",
    "memo",
    "date",
}


class ErpRefusal(Exception):
    """A refusal with its HTTP status, code, sentence and facts."""

    def __init__(self, status: int, code: str, message: str, **facts: object) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"error": {"code": code, "message": message, **facts}}


def check_posting(posting: Json) -> None:
    """Raise ErpRefusal (400 malformed, 422 unbalanced) unless the posting can be understood."""
    _only(posting, _POSTING_FIELDS, "")
    _text(posting, "reference", "")
    if len(posting["reference"]) > _MAX_REFERENCE:
        raise _malformed("reference", f"is longer than {_MAX_REFERENCE} characters")
    if posting.get("category") not in CATEGORIES:
        raise _malformed("category", f"is none of {', '.join(CATEGORIES)}")
    _day(posting, "")
    lines = posting.get("lines")
    if not isinstance(lines, list) or not 1 <= len(lines) <= _MAX_LINES:
        raise _malformed("lines", f"must hold 1 to {_MAX_LINES} lines")
    for number, line in enumerate(lines):
        _check_line(line, f"lines[{number}].")
    debit, credit = totals(posting)
    if debit != credit:
        raise ErpRefusal(
            422,
            "unbalanced",
            "Debits and credits of the posting differ.",
            debit_cents=debit,
            credit_cents=credit,
        )


def totals(posting: Json) -> tuple[int, int]:
    """Return (Σ debits, Σ credits) in cents."""
    sides = ("debit_account", "credit_account")
    debit, credit = (
        sum(line["amount_cents"] for line in posting["lines"] if line.get(side)) for side in sides
    )
    return debit, credit


def moved_cents(line: Json) -> dict[str, int]:
    """By how much a line moves the open amount of each document it names, in cents."""
    if line["kind"] == "journal":
        return {}
    cents = line["amount_cents"] if line["kind"] in _OPENS else -line["amount_cents"]
    return {line[name]: cents for name in ("document", "credit_document") if line.get(name)}


def days_of(posting: Json) -> list[date]:
    """The posting's day and those of its lines that have one of their own."""
    own = [line["date"] for line in posting["lines"] if line.get("date")]
    return [date.fromisoformat(day) for day in (posting["date"], *own)]


def _check_line(line: object, where: str) -> None:
    if not isinstance(line, dict):
        raise _malformed(where.rstrip("."), "is not an object")
    _only(line, _LINE_FIELDS, where)
    if line.get("kind") not in _NEEDS:
        raise _malformed(f"{where}kind", f"is none of {', '.join(_NEEDS)}")
    amount = line.get("amount_cents")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        raise _malformed(f"{where}amount_cents", "is not a positive whole number of cents")
    if not line.get("debit_account") and not line.get("credit_account"):
        raise _malformed(f"{where}debit_account", "or credit_account must be named")
    for name in _NEEDS[line["kind"]]:
        _text(line, name, where)
    for name in _LINE_FIELDS - {"kind", "amount_cents"}:
        if not isinstance(line.get(name), str | None):
            raise _malformed(f"{where}{name}", "is not text")
    if line.get("date"):
        _day(line, where)


def _only(thing: Json, known: set[str], where: str) -> None:
    for name in thing:
        if name not in known:
            raise _malformed(f"{where}{name}", "is unknown")


def _text(thing: Json, name: str, where: str) -> None:
    if not isinstance(thing.get(name), str) or not thing[name]:
        raise _malformed(f"{where}{name}", "is missing")


def _day(thing: Json, where: str) -> None:
    try:
        date.fromisoformat(str(thing.get("date")))
    except ValueError as error:
        raise _malformed(f"{where}date", "is not a day (YYYY-MM-DD)") from error


def _malformed(field: str, problem: str) -> ErpRefusal:
    return ErpRefusal(400, "malformed", f"{field} {problem}.", field=field)
