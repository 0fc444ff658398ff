"""Accounts billed by balance: their documents are not ticked, and people read jobs (money.md)."""

from dataclasses import replace

import pytest

from chalicelib.domain.accounts import BillingKind
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.pricing import sign, verify
from chalicelib.domain.quotes import Quote
from chalicelib.domain.receipt_words import covered
from chalicelib.domain.selections import Selection, check_billing
from tests.domain.builders import a_credit, a_payable, a_quote, an_account

BY_BALANCE = an_account(billing_kind=BillingKind.BALANCE_FORWARD)
OWED = (
    a_payable("A", 100_000, job_id="J-7", job_name="Barn"),
    a_payable("B", 50_000, job_id="J-7", job_name="Barn"),
    a_payable("C", 20_000),
    a_payable("D", 5_000, kind=PayableKind.DEBIT, job_id="J-7", job_name="Barn"),
    a_credit("K", 10_000, job_id="J-7"),
)


def balance_quote() -> Quote:
    """Everything of the account: $1,750 less a credit of $100."""
    return a_quote(OWED, account=BY_BALANCE)


def test_single_documents_cannot_be_chosen() -> None:
    chosen = Selection({PayableId("A"): None}, names_documents=True)

    with pytest.raises(InvalidInput, match="paid by its balance"):
        check_billing(chosen, BY_BALANCE)

    check_billing(replace(chosen, names_documents=False), BY_BALANCE)
    check_billing(chosen, an_account())


def test_it_charges_the_same_cents_as_the_same_documents_ticked() -> None:
    ticked = a_quote(OWED)

    quote = balance_quote()

    assert quote.charged_cents == ticked.charged_cents == 165_000
    assert quote.effects == ticked.effects


def test_people_read_one_line_a_job_without_a_document() -> None:
    shown = [(line.job_name, line.allocation_cents, line.credit_cents, line.payable_id)
             for line in balance_quote().lines_as_billed]  # fmt: skip

    assert shown == [("Barn", 155_000, 10_000, ""), ("", 20_000, 0, "")]
    assert covered(balance_quote()) == "balance of 2 jobs"


def test_documents_that_are_ticked_are_read_one_by_one() -> None:
    quote = a_quote(OWED)

    assert quote.lines_as_billed == quote.lines
    assert covered(quote) == "4 documents"


def test_how_it_is_billed_is_signed() -> None:
    signed = sign(balance_quote(), b"a key of the test")

    assert not verify(replace(signed, is_on_balance=False), b"a key of the test")
