"""What is owed, by extract and by posting (money.md): never too little said paid, never twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.ids import PayableId, SettlementId
from chalicelib.domain.pricing import owed_on
from chalicelib.gateways.s3_files import S3Files
from chalicelib.services.import_ledger import apply_ledger
from chalicelib.services.request_posting import request_posting
from chalicelib.services.reverse_posting import carry_out_reversal, request_reversal
from chalicelib.storage.accounts import get_state
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.settlements import get_settlement
from tests.domain.builders import a_payable
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import link_bank, open_account, open_dealer, pay, pay_out, settle
from tests.services.test_movements_posted import next_payout
from tests.storage.ledgers import ACCOUNTS, ADJUSTMENTS, BUCKET, INVOICES, LedgerWorld

ROW = f"{ACCOUNT},{{name}},{{cents:.2f}},{{open:.2f}},USD,2026-10-01,2026-10-31,\n"
HOUR = timedelta(hours=1)
Sync = Callable[..., None]


@pytest.fixture
def sync(settling: SettlingWorld, ledger: LedgerWorld) -> Sync:
    """Bring in what the ERP shows as of a moment: open dollars of documents, other files."""
    settling.files = S3Files(BUCKET)

    def bring_in(
        as_of: datetime, *, payments: str = "", credits_open: str = "", **shown: float
    ) -> None:
        files: dict[str, Any] = {"accounts": f"{ACCOUNTS}{ACCOUNT},Oak Homes,credit,\n"}
        rows = [ROW.format(name=name, cents=1000.0, open=left) for name, left in shown.items()]
        if rows:
            files["invoices"] = INVOICES + "".join(rows)
        if credits_open:
            files["adjustments"] = credits_open
        if payments:
            files["payments"] = "account_id,document_id,reference,amount,applied_on\n" + payments
        dealer = get_dealer(settling.dealer_id)
        importing = LedgerWorld(dealer, settling.clock, settling.files)  # type: ignore[arg-type]
        with importing.check(as_of, **files) as found:
            apply_ledger(importing, found)

    return bring_in


def owed(world: SettlingWorld) -> dict[str, int]:
    """Dollars owed on each document, and open on each credit."""
    state = get_state(world.dealer_id, ACCOUNT)
    standing = owed_on(state.payables, state.claims, state.account)
    return {name: it.owed_cents // 100 for name, it in standing.items() if it.owed_cents}


def open_books(world: SettlingWorld, **changes: object) -> None:
    open_dealer(world, **changes)
    open_account(world, (a_payable("A", 100_000), a_payable("B", 100_000)))


def paid_a(world: SettlingWorld, **more: int) -> SettlementId:
    """A is paid, settled and in a payout that waits to be posted."""
    open_books(world)
    settle(world, pay(world, link_bank(world), "A", **more))
    settlement_id = pay_out(world)
    world.run_settlement(settlement_id)
    world.advance(hours=1)
    return settlement_id


def post(world: SettlingWorld, settlement_id: SettlementId) -> datetime:
    """Post it; the moment just after."""
    request_posting(world, world.dealer_id, settlement_id=settlement_id, operator="Ann")
    assert world.run_postings(settlement_id) == "posted"
    world.advance(hours=1)
    return world.clock.now()


def test_an_extract_made_before_the_posting_and_uploaded_after_it_owes_nothing_again(
    settling: SettlingWorld, sync: Sync
) -> None:
    settlement_id = paid_a(settling)
    extracted = settling.clock.now()
    settling.advance(hours=1)
    post(settling, settlement_id)

    sync(extracted, A=1000, B=1000)

    assert owed(settling) == {"B": 1000}


def test_an_extract_that_contains_the_posting_is_not_counted_twice(
    settling: SettlingWorld, sync: Sync
) -> None:
    settlement_id = paid_a(settling)
    after = post(settling, settlement_id)
    settling.advance(hours=1)

    sync(after, A=0, B=400)

    assert owed(settling) == {"B": 400}
    assert get_state(settling.dealer_id, ACCOUNT).claims == ()


def test_a_payments_file_that_lists_it_replaces_the_clock(
    settling: SettlingWorld, sync: Sync
) -> None:
    settlement_id = paid_a(settling)
    number = get_state(settling.dealer_id, ACCOUNT).claims[0].number
    posted_at = post(settling, settlement_id)
    listed = f"{ACCOUNT},A,{number},1000.00,2026-11-30\n"

    sync(posted_at - 2 * HOUR, A=0, B=1000, payments=listed)

    assert owed(settling) == {"B": 1000}
    assert get_state(settling.dealer_id, ACCOUNT).claims == ()


def test_a_payments_file_without_it_keeps_it_counted(settling: SettlingWorld, sync: Sync) -> None:
    settlement_id = paid_a(settling)
    after = post(settling, settlement_id)

    sync(after, A=1000, B=1000, payments=f"{ACCOUNT},B,CHECK-7,1.00,2026-11-30\n")

    assert owed(settling) == {"B": 1000}


def test_a_return_after_posting_is_owed_at_once_and_once(
    settling: SettlingWorld, sync: Sync
) -> None:
    settlement_id = paid_a(settling)
    after = post(settling, settlement_id)
    sync(after, A=0, B=1000)
    (part,) = get_settlement(settling.dealer_id, settlement_id).parts
    settling.stripe.return_payment(part.number, "R01")
    settling.deliver()
    at_once = owed(settling)

    returned_in = next_payout(settling)
    settling.run_settlement(returned_in)
    sync(settling.clock.now(), B=1000)
    unposted = owed(settling)
    settling.advance(hours=1)
    posted_at = post(settling, returned_in)
    sync(posted_at, A=1000, B=1000)

    assert at_once == unposted == owed(settling) == {"A": 1000, "B": 1000}


def test_an_invoice_paid_at_the_counter_while_money_is_in_flight_becomes_cash_on_account(
    settling: SettlingWorld, sync: Sync
) -> None:
    open_books(settling)
    payment = pay(settling, link_bank(settling), "A")
    settling.advance(hours=1)
    sync(settling.clock.now(), A=400, B=1000)

    settle(settling, payment)

    assert owed(settling) == {"B": 1000, payment.number: 600}


def test_a_surplus_that_comes_back_as_a_credit_is_shown_once(
    settling: SettlingWorld, sync: Sync
) -> None:
    settlement_id = paid_a(settling, surplus_cents=25_000)
    number = get_state(settling.dealer_id, ACCOUNT).claims[0].number
    before = owed(settling)
    after = post(settling, settlement_id)
    head = ADJUSTMENTS.strip() + ",voucher_id\n"
    row = f"{ACCOUNT},OA-77,250.00,250.00,USD,credit,2026-11-30,{number}\n"

    sync(after, A=0, B=1000, credits_open=head + row)

    assert before == {"B": 1000, number: 250}
    assert owed(settling) == {"B": 1000, "OA-77": 250}


def test_a_reversed_posting_is_owed_neither_too_much_nor_twice(
    settling: SettlingWorld, sync: Sync
) -> None:
    settlement_id = paid_a(settling)
    after = post(settling, settlement_id)
    sync(after, A=0, B=1000)
    settling.advance(hours=1)
    request_reversal(
        settling,
        settling.dealer_id,
        settlement_id=settlement_id,
        operator="Ann",
        reason="Posted into the wrong period.",
    )
    carry_out_reversal(settling, settling.dealer_id, settlement_id=settlement_id)
    reversed_now = owed(settling)
    settling.advance(hours=1)
    sync(settling.clock.now(), A=1000, B=1000)
    between = owed(settling)
    again = _post_again(settling, settlement_id)
    sync(again, A=0, B=1000)

    assert reversed_now == between == owed(settling) == {"B": 1000}


def _post_again(world: SettlingWorld, settlement_id: SettlementId) -> datetime:
    world.run_settlement(settlement_id, token="again")
    return post(world, settlement_id)


def test_the_surplus_can_be_used_before_any_posting(settling: SettlingWorld) -> None:
    paid_a(settling, surplus_cents=25_000)
    number = get_state(settling.dealer_id, ACCOUNT).claims[0].number

    second = pay(settling, link_bank(settling), "B")

    assert [(use.payable_id, use.is_unapplied) for use in second.credits_used] == [
        (PayableId(number), True)
    ]
    assert second.charged_cents == 75_300
