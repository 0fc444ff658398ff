"""An account's partition: packed pages, guarded headers, activity, numbers."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.accounts import Account
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, DealerId, PayableId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.storage.accounts import (
    find_accounts,
    get_account,
    get_state,
    header_put,
    list_account_ids,
    list_log,
    log_put,
    page_puts,
)
from chalicelib.storage.dealers import (
    dealer_of_processor_account,
    get_dealer,
    list_dealers,
    next_number,
)
from chalicelib.storage.pages import packed_pages, unpacked_page
from chalicelib.storage.transactions import WritesRefused, transact
from tests.storage.ledgers import NOW, LedgerWorld, renamed


def payables(count: int) -> tuple[Payable, ...]:
    return tuple(
        Payable(
            PayableId(f"INV-{100_000 + number}"),
            PayableKind.INVOICE,
            10_000 + number,
            10_000 + number,
            date(2026, 1, 1) + timedelta(days=number % 300),
            due_day=date(2026, 2, 1) + timedelta(days=number % 300),
            job_id=f"J-{number % 40}",
            job_name=f"{number % 40} Alder Street – kitchen remodel",
            po_number=f"PO {number}",
        )
        for number in range(count)
    )


def store(world: LedgerWorld, items: tuple[Payable, ...]) -> Account:
    account = Account(world.dealer_id, AccountId("C-1"), "Alder Homes").raised()
    writes = [header_put(account, expected_version=None), *page_puts(account, (), items)]
    transact(writes, token=uuid4().hex)
    return account


def test_pages_hold_250_payables_and_come_back_equal() -> None:
    items = payables(501)

    pages = packed_pages(items)

    assert len(pages) == 3
    assert sum((unpacked_page(page) for page in pages), ()) == items


def test_500_payables_stay_within_12_read_units() -> None:
    stored_bytes = sum(len(page) for page in packed_pages(payables(500)))

    assert stored_bytes < 12 * 8_192


def test_a_state_is_read_whole(ledger: LedgerWorld) -> None:
    account, items = store(ledger, payables(600)), payables(600)

    state = get_state(ledger.dealer_id, AccountId("C-1"))

    assert (state.account, state.claims, state.payables) == (account, (), items)


def test_only_changed_pages_are_written(ledger: LedgerWorld) -> None:
    account, items = store(ledger, payables(600)), payables(600)

    writes = page_puts(account, items, items[:499])

    assert [write.name for write in writes] == ["page 1", "page 2"]


def test_a_header_read_too_early_is_refused(ledger: LedgerWorld) -> None:
    first = store(ledger, ())
    second = first.raised()
    transact([header_put(second, expected_version=1)], token=uuid4().hex)

    with pytest.raises(WritesRefused) as refused:
        transact([header_put(first.raised(), expected_version=1)], token=uuid4().hex)

    assert refused.value.names == {"account"}
    assert get_account(ledger.dealer_id, AccountId("C-1")).money_version == 2


def test_a_header_that_was_not_raised_cannot_be_written(ledger: LedgerWorld) -> None:
    account = store(ledger, ())

    with pytest.raises(ValueError, match="one version on"):
        header_put(account, expected_version=1)


def test_another_dealers_account_is_not_found(ledger: LedgerWorld) -> None:
    store(ledger, ())

    with pytest.raises(NotFound):
        get_state(DealerId("other"), AccountId("C-1"))
    assert find_accounts(DealerId("other"), [AccountId("C-1")]) == {}
    assert list(list_account_ids(ledger.dealer_id)) == ["C-1"]


def test_activity_is_newest_first_and_pages_on(ledger: LedgerWorld) -> None:
    account = store(ledger, ())
    for minute in range(51):
        at = NOW + timedelta(minutes=minute)
        put = log_put(account.dealer_id, account.account_id, at, "ar", f"line {minute}")
        transact([put], token=uuid4().hex)

    newest, cursor = list_log(account.dealer_id, account.account_id)
    rest, end = list_log(account.dealer_id, account.account_id, before=cursor)

    assert (newest[0].text, len(newest)) == ("line 50", 50)
    assert ([entry.text for entry in rest], end) == (["line 0"], "")


def test_payment_numbers_rise_and_never_repeat(ledger: LedgerWorld) -> None:
    numbers = [next_number(ledger.dealer) for _ in range(3)]

    assert numbers == ["DP-100001", "DP-100002", "DP-100003"]


def test_a_connected_account_leads_to_its_dealer_only(ledger: LedgerWorld) -> None:
    acct = f"acct_{uuid4().hex[:10]}"
    renamed(ledger.dealer, processor_account=acct)

    assert dealer_of_processor_account(acct) == ledger.dealer_id
    assert get_dealer(ledger.dealer_id).processor_account == acct
    assert ledger.dealer_id in list_dealers()
    with pytest.raises(NotFound):
        dealer_of_processor_account("acct_unknown")
