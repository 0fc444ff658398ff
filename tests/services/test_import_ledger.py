"""Importing an ERP's files: what changes, what does not, and what is never closed."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import AccountId, PayableId, PaymentId
from chalicelib.storage.accounts import get_state, header_put, list_closed
from chalicelib.storage.claims import claim_put
from chalicelib.storage.roster import get_head
from chalicelib.storage.transactions import transact
from tests.storage.ledgers import (
    ADJUSTMENTS,
    CONTACTS,
    INVOICES,
    NOW,
    THREE_INVOICES,
    TWO_ACCOUNTS,
    LedgerWorld,
    counted,
    stored_items,
)

C1, C2 = AccountId("C-1"), AccountId("C-2")
PAYMENT = PaymentId("01PAYMENT")


def hold(world: LedgerWorld, claim: Claim) -> None:
    """Store a claim on C-1 the way a submitted payment does."""
    account = get_state(world.dealer_id, C1).account
    raised = account.raised()
    writes = [
        header_put(raised, expected_version=account.money_version),
        claim_put(world.dealer_id, C1, claim, expected=None),
    ]
    transact(writes, token=uuid4().hex)


def a_claim(state: ClaimState = ClaimState.IN_FLIGHT, **changes: object) -> Claim:
    claim = Claim(PAYMENT, "DP-100001", state, (Effect(PayableId("I-1"), 6_000),))
    return replace(claim, **changes)


def test_accounts_contacts_and_open_items_are_stored(ledger: LedgerWorld) -> None:
    contacts = CONTACTS + "C-1,1,AP@Example.com,Ana Abbott,true\n"
    adjustments = ADJUSTMENTS + "C-1,CM-1,20.00,20.00,USD,credit,2026-11-02\n"

    ledger.bring_in(
        accounts=TWO_ACCOUNTS, contacts=contacts, invoices=THREE_INVOICES, adjustments=adjustments
    )

    state = get_state(ledger.dealer_id, C1)
    assert [payable.payable_id for payable in state.payables] == ["I-1", "CM-1"]
    assert state.account.name == "Alder Homes"
    assert state.account.credit_limit_cents == 500_000
    assert state.account.primary_contact
    assert state.account.primary_contact.email == "ap@example.com"
    assert state.account.totals.outstanding_cents == 8_000
    assert state.account.totals.days_31_60_cents == 10_000


def test_paid_rows_become_the_accounts_history(ledger: LedgerWorld) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)

    account = get_state(ledger.dealer_id, C1).account
    assert account.paid_late_days == ((10, 1),)
    assert [item.payable.payable_id for item in list_closed(ledger.dealer_id, C1)] == ["I-3"]


def test_the_same_files_twice_change_nothing(ledger: LedgerWorld) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    before = stored_items(ledger.dealer_id)

    again = ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)

    assert stored_items(ledger.dealer_id) == before
    assert again.accounts_changed == 0
    assert again.reports["invoices"].unchanged == 3
    assert again.reports["accounts"].unchanged == 2


def test_unchanged_accounts_share_one_read_and_cost_no_write(
    ledger: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)

    with counted(monkeypatch) as requests:
        ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)

    assert requests.count("BatchGetItem") == 1
    assert not {"TransactWriteItems", "PutItem", "PutObject"} & set(requests)


def test_a_later_extract_without_changes_only_moves_its_time(
    ledger: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    ledger.clock.at = later = NOW + timedelta(hours=1)

    with counted(monkeypatch) as requests:
        ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)

    assert requests.count("TransactWriteItems") == 1
    assert "PutObject" not in requests
    assert get_head(ledger.dealer_id).as_of == later


def test_one_changed_account_is_one_transaction(
    ledger: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    untouched = get_state(ledger.dealer_id, C2)

    changed = ledger.bring_in(
        accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES.replace("100.00,100.00", "100.00,40.00")
    )

    report = changed.reports["invoices"]
    assert (report.inserted, report.updated, report.unchanged) == (0, 1, 2)
    assert changed.accounts_changed == 1
    assert get_state(ledger.dealer_id, C1).payables[0].open_cents == 4_000
    assert get_state(ledger.dealer_id, C2).payables == untouched.payables


def test_rows_need_no_order_and_files_may_carry_bom_crlf_and_quotes(ledger: LedgerWorld) -> None:
    accounts = '\ufeffaccount_id,name\r\nC-2,"Peña, Sons ""&"" Co."\r\nC-1,Alder\r\n'
    invoices = THREE_INVOICES.replace("\n", "\r\n")

    imported = ledger.bring_in(accounts=accounts, invoices=invoices)

    assert imported.reports["invoices"].invalid == 0
    assert get_state(ledger.dealer_id, C2).account.name == 'Peña, Sons "&" Co.'


@pytest.mark.parametrize("state", [ClaimState.IN_FLIGHT, ClaimState.REVERSED])
def test_a_payable_that_is_being_paid_or_that_a_return_opens_is_not_closed(
    ledger: LedgerWorld, state: ClaimState
) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    hold(ledger, a_claim(state))  # Not posted, so the ERP's figures cannot contain it.
    later = NOW + timedelta(hours=1)
    ledger.clock.at = later

    imported = ledger.bring_in(later, full=True, accounts=TWO_ACCOUNTS, invoices=INVOICES)

    assert [payable.payable_id for payable in get_state(ledger.dealer_id, C1).payables] == ["I-1"]
    assert imported.kept_open == ["C-1 I-1"]
    assert get_state(ledger.dealer_id, C2).payables == ()


def test_without_full_files_a_missing_row_changes_nothing(ledger: LedgerWorld) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)

    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=INVOICES)

    assert len(get_state(ledger.dealer_id, C2).payables) == 1


def test_a_posted_claim_ends_once_the_extract_contains_it(ledger: LedgerWorld) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    posted = a_claim(ClaimState.APPLIED, posted_at=NOW + timedelta(minutes=30))
    hold(ledger, posted)
    later = NOW + timedelta(hours=1)
    ledger.clock.at = later

    ledger.bring_in(
        later,
        accounts=TWO_ACCOUNTS,
        invoices=THREE_INVOICES.replace("100.00,100.00", "100.00,40.00"),
    )

    state = get_state(ledger.dealer_id, C1)
    assert state.claims == ()
    assert state.account.totals.outstanding_cents == 4_000


def test_a_posted_claim_stays_while_the_extract_is_older(ledger: LedgerWorld) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    hold(ledger, a_claim(ClaimState.APPLIED, posted_at=NOW + timedelta(hours=2)))
    ledger.clock.at = NOW + timedelta(hours=3)

    ledger.bring_in(NOW + timedelta(hours=1), accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)

    assert len(get_state(ledger.dealer_id, C1).claims) == 1


def test_the_payments_file_replaces_the_clock(ledger: LedgerWorld) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    hold(ledger, a_claim(ClaimState.APPLIED, posted_at=NOW - timedelta(hours=1)))
    header = "account_id,document_id,reference,amount,applied_on\n"

    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES, payments=header)
    unlisted = get_state(ledger.dealer_id, C1)
    listed_row = header + "C-1,I-1,DP-100001,60.00,2026-11-22\n"
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES, payments=listed_row)

    assert len(unlisted.claims) == 1
    assert unlisted.account.totals.outstanding_cents == 4_000
    assert get_state(ledger.dealer_id, C1).claims == ()


def test_an_older_or_future_extract_is_refused(ledger: LedgerWorld) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS)

    with pytest.raises(InvalidInput, match="older than the last one"):
        ledger.check(NOW - timedelta(days=1), accounts=TWO_ACCOUNTS)
    with pytest.raises(InvalidInput, match="future"):
        ledger.check(NOW + timedelta(days=1), accounts=TWO_ACCOUNTS)
