"""What each kind of line does to documents and days in the simulated ERP, over HTTP."""

from typing import Any

import pytest

from tests.sandbox.conftest import Served
from tests.sandbox.test_erp_postings import CASH, INVOICES, Erp, changed


@pytest.fixture
def erp(served: Served) -> Erp:
    erp = Erp(served)
    erp.seed()
    return erp


BASE = {"customer": "C-1", "check_number": "DP-100482-R1", "amount_cents": 500}
CREDIT = {**BASE, "document": "INV-A", "credit_document": "CR-1", "debit_account": "1200"}
SURPLUS = {**BASE, "credit_document": "DP-100482", "debit_account": "1090"}


def opens(erp: Erp, *names: str) -> list[int]:
    return [erp.get(f"invoices/{name}").json()["open_cents"] for name in names]


@pytest.mark.parametrize(
    ("kind", "line", "moved"),
    [
        ("payment", {**BASE, "document": "INV-A", "debit_account": "1090"}, (-500, 0)),
        ("payment_reversed", {**BASE, "document": "INV-A", "debit_account": "1200"}, (500, 0)),
        ("discount_reversed", {**BASE, "document": "INV-A", "debit_account": "1200"}, (500, 0)),
        ("credit", CREDIT, (-500, -500)),
        ("credit_reversed", CREDIT, (500, 500)),
        ("credit_paid_out", {**CREDIT, "document": ""}, (0, -500)),
        ("credit_paid_out_reversed", {**CREDIT, "document": ""}, (0, 500)),
        ("payment", {**BASE, "debit_account": "1090"}, (0, 0)),
    ],
)
def test_a_line_moves_the_documents_it_names_its_own_way(
    erp: Erp, kind: str, line: dict[str, Any], moved: tuple[int, int]
) -> None:
    before = opens(erp, "INV-A", "CR-1")

    answer = erp.post(changed(INVOICES, lines=[{**line, "kind": kind, "credit_account": "1200"}]))

    after = opens(erp, "INV-A", "CR-1")
    assert answer.status_code == 201
    assert (after[0] - before[0], after[1] - before[1]) == moved


def test_cash_on_account_is_a_credit_that_is_used_and_paid_out(erp: Erp) -> None:
    made = {**SURPLUS, "kind": "unapplied", "credit_account": "2150", "amount_cents": 900}
    used = {**SURPLUS, "kind": "credit", "document": "INV-A", "credit_account": "1200"}
    paid_out = {**SURPLUS, "kind": "unapplied_reversed", "credit_account": "1090"}

    erp.post(changed(INVOICES, lines=[made]))
    first = erp.get("gl").json()["unapplied"]
    erp.post(changed(INVOICES, reference="po_2:invoices", lines=[used]))
    refused = erp.post(changed(INVOICES, reference="po_3:invoices", lines=[paid_out]))

    assert first == {"C-1": 900}
    assert opens(erp, "DP-100482", "INV-A") == [400, 99_500]
    assert refused.json()["error"]["code"] == "document_over_applied"


def test_a_document_is_judged_by_the_whole_posting(erp: Erp) -> None:
    again = {**INVOICES["lines"][0], "amount_cents": 100_500}
    opened = {**BASE, "kind": "payment_reversed", "document": "INV-A", "credit_account": "1090"}

    answer = erp.post(changed(INVOICES, lines=[again, {**opened, "debit_account": "1200"}]))

    assert (answer.status_code, opens(erp, "INV-A")) == (201, [0])


def test_a_line_has_a_day_of_its_own_that_must_be_open(erp: Erp) -> None:
    erp.script(dealer="demo", closed_through="2026-11-20")
    first = CASH["lines"][0]

    refused = erp.post(changed(CASH, lines=[{**first, "date": "2026-11-20"}, *CASH["lines"][1:]]))
    wrong = erp.post(changed(CASH, lines=[{**first, "date": "soon"}, *CASH["lines"][1:]]))
    taken = erp.post(changed(CASH, lines=[{**first, "date": "2026-11-21"}, *CASH["lines"][1:]]))

    assert [answer.status_code for answer in (refused, wrong, taken)] == [422, 400, 201]
