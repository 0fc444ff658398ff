"""One dealer's ERP: documents with open amounts, postings by reference, a general ledger."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from sandbox.world.clock import SandboxClock
from sandbox.world.jsontypes import Json
from sandbox.world.spruce.postings import (
    ErpRefusal,
    check_posting,
    days_of,
    moved_cents,
    totals,
)

_FAULTS = ("timeout_before", "timeout_after", "unavailable", "period_closed")


@dataclass(frozen=True)
class Fault:
    """What happens to the next postings of a category (any when empty)."""

    fault: str
    category: str = ""
    times: int = 1
    seconds: float = 40.0


@dataclass
class DealerBooks:
    """Everything of one dealer; once documents are seeded, only those can be posted to."""

    documents: dict[str, Json] = field(default_factory=dict)
    postings: dict[str, Json] = field(default_factory=dict)
    contents: dict[str, Json] = field(default_factory=dict)
    debit_cents: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    credit_cents: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    closed_through: date | None = None
    is_strict: bool = False


class SpruceWorld:
    """The ERPs of all dealers; a dealer's books open on first use."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._books: dict[str, DealerBooks] = defaultdict(DealerBooks)
        self._faults: list[Fault] = []

    def dealers(self) -> list[str]:
        """Return the dealers whose books were opened."""
        return sorted(self._books)

    def script(self, wanted: Json) -> None:
        """Apply `next`, `closed_through` (with `dealer`) or `reset`; raise ValueError otherwise."""
        unknown = set(wanted) - {"reset", "next", "dealer", "closed_through"}
        if unknown:
            raise ValueError(f"The script knows nothing about {', '.join(sorted(unknown))}.")
        if wanted.get("reset"):
            self._faults.clear()
        if "next" in wanted:
            fault = Fault(**wanted["next"])
            if fault.fault not in _FAULTS:
                raise ValueError(f"fault is one of {', '.join(_FAULTS)}.")
            self._faults += [fault] * fault.times
        if "closed_through" in wanted:
            day = wanted["closed_through"]
            self._books[wanted["dealer"]].closed_through = date.fromisoformat(day) if day else None

    def take_fault(self, category: object) -> Fault | None:
        """Return and forget the first fault meant for this category."""
        with self._clock.lock:
            for fault in self._faults:
                if fault.category in {"", category}:
                    self._faults.remove(fault)
                    return fault
        return None

    def seed_documents(self, dealer: str, documents: list[Json]) -> int:
        """Set open amounts: each {document, customer, kind, open_cents}; return how many."""
        with self._clock.lock:
            self._books[dealer].is_strict = True
            for wanted in documents:
                self._books[dealer].documents[wanted["document"]] = {
                    "document": wanted["document"],
                    "customer": wanted["customer"],
                    "kind": wanted.get("kind", "invoice"),
                    "open_cents": int(wanted["open_cents"]),
                }
            return len(self._books[dealer].documents)

    def post(self, dealer: str, posting: Json) -> tuple[int, Json]:
        """Write a posting once; return (status, body) or raise ErpRefusal with nothing written."""
        check_posting(posting)
        with self._clock.lock:
            books, reference = self._books[dealer], posting["reference"]
            if reference in books.postings:
                if books.contents[reference] != posting:
                    raise ErpRefusal(
                        409,
                        "reference_conflict",
                        "This reference was written with other content.",
                        reference=reference,
                    )
                return 200, books.postings[reference] | {"status": "duplicate"}
            for day in days_of(posting):
                _check_period(books, day)
            _check_documents(books, posting["lines"])
            self._write(books, posting)
            return 201, books.postings[reference]

    def find_posting(self, dealer: str, reference: str) -> Json:
        """Return what was written for a reference; raise ErpRefusal if nothing was."""
        with self._clock.lock:
            found = self._books[dealer].postings.get(reference)
        if found is None:
            raise ErpRefusal(
                404,
                "unknown_reference",
                "Nothing was written for this reference.",
                reference=reference,
            )
        return found

    def get_document(self, dealer: str, document: str) -> Json:
        """Return a document's live open amount; raise ErpRefusal if it is unknown."""
        with self._clock.lock:
            found = self._books[dealer].documents.get(document)
            if found is None:
                raise ErpRefusal(
                    404, "unknown_document", "There is no such document.", document=document
                )
            return found | {"as_of": self._clock.now().isoformat()}

    def ledger(self, dealer: str) -> Json:
        """Return every GL account with its debits, credits and balance, and their total (0)."""
        with self._clock.lock:
            books = self._books[dealer]
            accounts = [
                {
                    "account": name,
                    "debit_cents": books.debit_cents[name],
                    "credit_cents": books.credit_cents[name],
                    "balance_cents": books.debit_cents[name] - books.credit_cents[name],
                }
                for name in sorted({*books.debit_cents, *books.credit_cents})
            ]
            return {
                "dealer": dealer,
                "accounts": accounts,
                "unapplied": _unapplied(books),
                "total_cents": sum(row["balance_cents"] for row in accounts),
                "posting_count": len(books.postings),
            }

    def _write(self, books: DealerBooks, posting: Json) -> None:
        for line in posting["lines"]:
            cents = line["amount_cents"]
            if line.get("debit_account"):
                books.debit_cents[line["debit_account"]] += cents
            if line.get("credit_account"):
                books.credit_cents[line["credit_account"]] += cents
            if line["kind"] == "unapplied":
                _open_credit(books, line)
            for name, moved in moved_cents(line).items():
                if name in books.documents:
                    books.documents[name]["open_cents"] += moved
        debit, credit = totals(posting)
        books.contents[posting["reference"]] = posting
        books.postings[posting["reference"]] = {
            "reference": posting["reference"],
            "status": "accepted",
            "posting_number": f"SP-{len(books.postings) + 1:06d}",
            "date": posting["date"],
            "category": posting["category"],
            "debit_cents": debit,
            "credit_cents": credit,
            "line_count": len(posting["lines"]),
            "accepted_at": self._clock.now().isoformat(),
        }


def _open_credit(books: DealerBooks, line: Json) -> None:
    """Cash on account is a credit document of its own, named as the posting says."""
    books.documents.setdefault(
        line["credit_document"],
        {
            "document": line["credit_document"],
            "customer": line["customer"],
            "kind": "on_account",
            "open_cents": 0,
        },
    )


def _unapplied(books: DealerBooks) -> dict[str, int]:
    """Cash on account by customer, in cents."""
    sums: dict[str, int] = defaultdict(int)
    for document in books.documents.values():
        if document["kind"] == "on_account":
            sums[document["customer"]] += document["open_cents"]
    return dict(sorted(sums.items()))


def _check_period(books: DealerBooks, day: date) -> None:
    if books.closed_through and day <= books.closed_through:
        first_open = books.closed_through + timedelta(days=1)
        raise ErpRefusal(
            422,
            "period_closed",
            "The books are closed for this day.",
            open_from=first_open.isoformat(),
        )


def _check_documents(books: DealerBooks, lines: list[Json]) -> None:
    """What the whole posting takes off each document must be open, whatever it opens itself."""
    if not books.is_strict:
        return
    moved: dict[str, int] = defaultdict(int)
    for line in lines:
        for name, cents in moved_cents(line).items():
            moved[name] += cents
    made_here = {line["credit_document"] for line in lines if line["kind"] == "unapplied"}
    for name, cents in moved.items():
        if name not in books.documents and name not in made_here:
            raise ErpRefusal(422, "unknown_document", "There is no such document.", document=name)
        open_cents = books.documents[name]["open_cents"] if name in books.documents else 0
        if open_cents + cents < 0:
            raise ErpRefusal(
                422,
                "document_over_applied",
                "The document has less open than this.",
                document=name,
                open_cents=open_cents,
            )
