"""Account numbers: readable by Spruce, and distinct where a balance proves something."""

from dataclasses import fields, replace

import pytest

from chalicelib.domain.dealers import GlAccounts
from chalicelib.domain.gl_numbers import SHARED, STAND_ALONE, UNREADABLE, wrong_numbers
from chalicelib.domain.ledger import LedgerAccount

NAMES = [field.name for field in fields(GlAccounts)]


def test_the_numbers_a_dealer_begins_with_are_right() -> None:
    assert wrong_numbers(GlAccounts()) == {}
    assert {account.value for account in LedgerAccount} == set(NAMES) >= STAND_ALONE


@pytest.mark.parametrize("number", ["", " ", "12 00", "=1+1", "-1200", "1200\n", "1" * 21, "１２"])
@pytest.mark.parametrize("name", ["clearing", "returns"])
def test_what_is_no_account_number_is_refused(name: str, number: str) -> None:
    assert wrong_numbers(replace(GlAccounts(), **{name: number})) == {name: UNREADABLE}


@pytest.mark.parametrize("number", ["1200", "10-1200-00", "1200.01", "AR"])
def test_a_number_as_ledgers_write_them_is_taken(number: str) -> None:
    assert wrong_numbers(replace(GlAccounts(), accounts_receivable=number)) == {}


@pytest.mark.parametrize("one", sorted(STAND_ALONE))
@pytest.mark.parametrize("other", NAMES)
def test_an_account_whose_balance_proves_something_shares_with_none(one: str, other: str) -> None:
    shared = replace(GlAccounts(), **{other: getattr(GlAccounts(), one)})

    wrong = wrong_numbers(shared)

    expected = {one, *({other} & STAND_ALONE)} if one != other else set()
    assert wrong == dict.fromkeys(expected, SHARED)


def test_costs_and_income_may_share_an_account() -> None:
    numbers = GlAccounts(
        processing_fees="6150", chargeback_fees="6150", returns="6150", discounts_allowed="6150",
        fee_income="6150",
    )  # fmt: skip

    assert wrong_numbers(numbers) == {}
