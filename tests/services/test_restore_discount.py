"""An operator gives a discount back that a returned payment lost."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from ulid import ULID

from chalicelib.domain.accounts import BillingKind
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.refunds import RefundOrder, Target, TargetKind
from chalicelib.domain.selections import Selection
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.record_return import CameBack, write_return
from chalicelib.services.request_refund import request_refund
from chalicelib.services.restore_discount import restore_discount
from chalicelib.storage.accounts import get_account, header_put, list_log
from chalicelib.storage.transactions import transact
from tests.domain.builders import a_payable, a_statement
from tests.services.settling import ACCOUNT, START, SettlingWorld
from tests.services.story import carry, link_bank, open_account, open_dealer, settle

TODAY = START.date()
UNTIL = TODAY + timedelta(days=20)


@pytest.fixture
def world(settling: SettlingWorld) -> SettlingWorld:
    """A statement of $1,000 whose $20 end today."""
    open_dealer(settling, statements_on=True)
    statement = a_statement(
        discount_day=TODAY, discount_base_cents=100_000, discount_cents=2_000, grace_days=0
    )
    open_account(settling, (a_payable("INV-1", 100_000, statement_id="S-10"),), statement=statement)
    return settling


def quoted(world: SettlingWorld, view: View = View.STATEMENT) -> Quote:
    return quote_payment(
        world, world.dealer_id, account_id=ACCOUNT, view=view, method_kind="ach",
        selection=Selection({PayableId("INV-1"): None}),
    )  # fmt: skip


def came_back(world: SettlingWorld, payment: Payment) -> Payment:
    """The payment, settled and then returned by the payer's bank."""
    settle(world, payment)
    came = CameBack("du_1", "R01", world.clock.now(), payment.charged_cents)
    returned = write_return(world, payment, came=came)
    assert returned.status is PaymentStatus.RETURNED
    return returned


def restore(world: SettlingWorld, payment: Payment, **changes: object) -> None:
    named = {"name": payment.number, "until_day": UNTIL, "operator": "Maya"}
    restore_discount(world, world.dealer_id, **{**named, **changes})  # type: ignore[arg-type]


def test_a_restored_statement_discount_is_taken_again_after_its_day(world: SettlingWorld) -> None:
    bank = link_bank(world)
    first = quoted(world)
    payment = came_back(world, carry(world, bank, first))
    world.advance(days=12)

    restore(world, payment)

    account = get_account(world.dealer_id, ACCOUNT)
    assert first.discount_cents == 2_000
    assert payment.statement_id == "S-10"
    assert account.restored_until("S-10") == UNTIL
    (entry, *_), _ = list_log(world.dealer_id, ACCOUNT)
    assert f"Discount of payment {payment.number} restored until {UNTIL}" in entry.text


def test_a_discount_is_judged_by_the_restored_day_and_not_beyond_it() -> None:
    statement = a_statement(discount_day=TODAY, grace_days=0)

    plain = statement.discount_deadline("UTC")
    restored = statement.discount_deadline("UTC", UNTIL)
    earlier = statement.discount_deadline("UTC", TODAY - timedelta(days=5))

    assert plain is not None
    assert restored is not None
    assert restored - plain == timedelta(days=20)
    assert earlier == plain


def test_an_invoices_own_terms_are_restored_by_the_invoice(settling: SettlingWorld) -> None:
    open_dealer(settling)
    invoice = a_payable("INV-1", 100_000, discount_cents=1_500, discount_day=TODAY)
    open_account(settling, (invoice,), billing_kind=BillingKind.OPEN_ITEM_TERMS)
    payment = came_back(settling, carry(settling, link_bank(settling), quoted(settling, View.ALL)))

    restore(settling, payment)

    assert get_account(settling.dealer_id, ACCOUNT).restored_until("INV-1") == UNTIL


def test_a_newer_statement_ends_it(world: SettlingWorld) -> None:
    payment = came_back(world, carry(world, link_bank(world), quoted(world)))
    header = get_account(world.dealer_id, ACCOUNT)
    newer = replace(header.raised(), statement=a_statement(statement_id="S-11"))
    transact([header_put(newer, expected_version=header.money_version)], token=uuid4().hex)

    with pytest.raises(Conflict, match="newer statement"):
        restore(world, payment)


def test_a_discount_that_went_with_a_full_refund_is_restored(world: SettlingWorld) -> None:
    payment = carry(world, link_bank(world), quoted(world))
    settle(world, payment)
    order = RefundOrder(98_000, Target(TargetKind.DOCUMENT, PayableId("INV-1")), "Paid twice")
    named = {"name": payment.number, "operator": "Maya", "is_admin": True}
    request_refund(
        world, world.dealer_id, refund_id=str(ULID()), order=order,
        agreed_cents=payment.charged_cents, **named,
    )  # fmt: skip
    world.deliver()

    restore(world, payment)

    assert get_account(world.dealer_id, ACCOUNT).restored_until("S-10") == UNTIL


def test_only_a_discount_that_was_taken_back_can_be_restored(world: SettlingWorld) -> None:
    payment = carry(world, link_bank(world), quoted(world))

    with pytest.raises(Conflict, match="not taken back"):
        restore(world, payment)
    with pytest.raises(NotFound):
        restore(world, payment, name="DP-9")


@pytest.mark.parametrize("day", [None, TODAY - timedelta(days=1), TODAY + timedelta(days=70)])
def test_the_day_must_lie_ahead_within_sixty_days(world: SettlingWorld, day: object) -> None:
    payment = came_back(world, carry(world, link_bank(world), quoted(world)))

    with pytest.raises(InvalidInput):
        restore(world, payment, until_day=day)
