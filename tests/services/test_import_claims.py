"""What an import may take off a claim: only what its own rows show to be in the ERP's figures."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.claims import ClaimState, Effect
from chalicelib.domain.ids import PayableId
from chalicelib.services import import_ledger_writes
from chalicelib.storage.accounts import get_state
from chalicelib.storage.claims import claim_change, due_payments, look_again, not_due_change
from chalicelib.storage.transactions import transact
from tests.services.test_import_ledger import C1, PAYMENT, a_claim, hold
from tests.storage.ledgers import INVOICES, NOW, THREE_INVOICES, TWO_ACCOUNTS, LedgerWorld

LATER = NOW + timedelta(hours=1)
LISTED = "account_id,document_id,reference,amount,applied_on\nC-1,I-1,DP-100001,60.00,2026-11-22\n"
PARTLY_PAID = THREE_INVOICES.replace("100.00,100.00", "100.00,40.00")


@pytest.mark.parametrize(
    "files",
    [
        {"accounts": TWO_ACCOUNTS},
        {"accounts": TWO_ACCOUNTS, "invoices": INVOICES},
        {"accounts": TWO_ACCOUNTS, "payments": LISTED},
    ],
    ids=["no invoices file", "an invoices file that does not name it", "a payments file alone"],
)
def test_a_paid_invoice_is_not_owed_again_by_files_that_say_nothing_of_it(
    ledger: LedgerWorld, files: dict[str, str]
) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    hold(ledger, a_claim(ClaimState.APPLIED, posted_at=NOW + timedelta(minutes=30)))
    ledger.clock.at = LATER + timedelta(hours=1)

    ledger.bring_in(LATER, **files)
    between = get_state(ledger.dealer_id, C1)
    ledger.bring_in(LATER + timedelta(minutes=30), accounts=TWO_ACCOUNTS, invoices=PARTLY_PAID)
    after = get_state(ledger.dealer_id, C1)

    assert between.account.totals.outstanding_cents == 4_000
    assert (after.claims, after.account.totals.outstanding_cents) == ((), 4_000)


def test_a_claim_posted_while_an_import_takes_a_part_of_it_keeps_both(
    ledger: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    credit = Effect(PayableId("CM-9"), 500, applied_to=PayableId("I-1"))
    claim = a_claim(ClaimState.APPLIED)
    claim = a_claim(ClaimState.APPLIED, effects=(*claim.effects, credit))
    hold(ledger, claim)
    posted_at = LATER + timedelta(minutes=5)
    write, changes = (
        import_ledger_writes.transact,
        [
            claim_change(
                ledger.dealer_id,
                C1,
                claim,
                a_claim(ClaimState.APPLIED, effects=claim.effects, posted_at=posted_at),
            )
        ],
    )

    def beaten(writes: Any, *, token: str) -> None:
        while changes:
            transact([changes.pop()], token=f"posted-{token[:20]}")
        write(writes, token=token)

    monkeypatch.setattr(import_ledger_writes, "transact", beaten)
    ledger.clock.at = LATER
    ledger.bring_in(LATER, accounts=TWO_ACCOUNTS, invoices=PARTLY_PAID, payments=LISTED)

    (left,) = get_state(ledger.dealer_id, C1).claims
    assert (left.effects, left.posted_at) == ((credit,), posted_at)


def test_what_a_return_opens_is_owed_once_though_a_full_file_leaves_the_paid_invoice_out(
    ledger: LedgerWorld,
) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    hold(ledger, a_claim(ClaimState.APPLIED, posted_at=NOW + timedelta(minutes=30)))
    hold(ledger, a_claim(ClaimState.REVERSED, event="returned"))
    ledger.clock.at = LATER

    imported = ledger.bring_in(LATER, full=True, accounts=TWO_ACCOUNTS, invoices=INVOICES)

    assert imported.kept_open == ["C-1 I-1"]
    assert get_state(ledger.dealer_id, C1).account.totals.outstanding_cents == 6_000


def test_a_claim_whose_payer_is_not_told_yet_is_left_to_the_janitor(ledger: LedgerWorld) -> None:
    ledger.bring_in(accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    hold(ledger, a_claim(ClaimState.APPLIED, posted_at=NOW + timedelta(minutes=30)))
    look_again(ledger.dealer_id, C1, PAYMENT, at=NOW, token="due")
    ledger.clock.at = LATER

    ledger.bring_in(LATER, accounts=TWO_ACCOUNTS, invoices=PARTLY_PAID)
    between = get_state(ledger.dealer_id, C1)
    due = [payment for _, account, payment in due_payments(LATER) if account == C1]
    transact([not_due_change(ledger.dealer_id, C1, PAYMENT)], token="told")
    ledger.bring_in(LATER, accounts=TWO_ACCOUNTS, invoices=PARTLY_PAID.replace("40.00", "30.00"))

    assert due == [PAYMENT]
    assert between.account.totals.outstanding_cents == 4_000
    assert get_state(ledger.dealer_id, C1).claims == ()
