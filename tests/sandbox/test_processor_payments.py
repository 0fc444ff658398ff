"""The simulated processor's payments, through the real stripe library and without sockets."""

import pytest
import stripe

from tests.sandbox.builders import ACCEPTANCE, Processor, bank_token


def test_an_ach_payment_is_processing_for_four_days_and_then_succeeds(processor: Processor) -> None:
    customer, method = processor.linked()

    made = processor.pay(customer, method, 140_200)
    processor.advance(days=3, hours=23)
    before = processor.intent(made.id).status
    processor.advance(hours=1)
    after = processor.intent(made.id)

    assert (made.status, before, after.status) == ("processing", "processing", "succeeded")
    assert after.amount_received == 140_200
    assert after.latest_charge.balance_transaction.net == 140_200 - 500


@pytest.mark.parametrize(
    ("amount_cents", "fee_cents"),
    [(50, 0), (1_000, 8), (10_000, 80), (62_499, 500), (5_000_000, 500)],
)
def test_an_ach_fee_is_eight_tenths_of_a_percent_and_at_most_five_dollars(
    processor: Processor, amount_cents: int, fee_cents: int
) -> None:
    made = processor.pay(*processor.linked(), amount_cents)

    processor.advance(days=4)

    row = processor.intent(made.id).latest_charge.balance_transaction
    assert (row.amount, row.fee, row.net) == (amount_cents, fee_cents, amount_cents - fee_cents)


def test_a_card_payment_succeeds_at_once_with_the_card_fee(processor: Processor) -> None:
    customer = processor.customer()

    made = processor.pay(customer, processor.card(customer), 140_200)

    row = processor.intent(made.id).latest_charge.balance_transaction
    assert made.status == "succeeded"
    assert (row.fee, row.reporting_category, row.status) == (4_096, "charge", "pending")


@pytest.mark.parametrize(
    ("code", "stripe_code"),
    [("R01", "insufficient_funds"), ("R03", "no_account"), ("R29", "debit_not_authorized")],
)
def test_a_scripted_return_fails_the_next_ach_payment_only(
    processor: Processor, code: str, stripe_code: str
) -> None:
    processor.world.script.apply({"next_payment": {"failure_code": code}})
    customer, method = processor.linked()
    failing, fine = processor.pay(customer, method), processor.pay(customer, method)

    processor.advance(days=4)

    failed = processor.intent(failing.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == stripe_code
    assert failed.last_payment_error.network_decline_code == code
    assert failed.latest_charge.status == "failed"
    assert processor.intent(fine.id).status == "succeeded"


def test_a_declining_card_answers_402_with_the_intent(processor: Processor) -> None:
    customer = processor.customer()
    card = processor.card(customer, "pm_card_chargeDeclined")

    with pytest.raises(stripe.CardError) as declined:
        processor.pay(customer, card)

    assert declined.value.code == "card_declined"
    assert declined.value.error.payment_intent.status == "requires_payment_method"


def test_a_bank_account_without_mandate_cannot_be_charged(processor: Processor) -> None:
    customer = processor.customer()
    method = processor.bank(customer)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        processor.pay(customer, method)

    assert refused.value.code == "payment_intent_mandate_invalid"


def test_detaching_a_bank_account_ends_its_mandate(processor: Processor) -> None:
    customer = processor.customer()
    method = processor.bank(customer)
    setup = processor.mandate(customer, method)

    processor.api.payment_methods.detach(method, None, processor.options())

    mandate = processor.api.mandates.retrieve(setup.mandate, None, processor.options())
    listed = processor.api.payment_methods.list({"customer": customer}, processor.options())
    assert mandate.status == "inactive"
    assert listed.data == []


def test_a_bank_token_works_once(processor: Processor) -> None:
    token = processor.world.mint_bank_token(bank_token())
    owner = processor.customer()
    processor.api.customers.payment_sources.create(owner, {"source": token}, processor.options())

    with pytest.raises(stripe.InvalidRequestError) as refused:
        processor.api.customers.payment_sources.create(
            owner, {"source": token}, processor.options()
        )

    assert refused.value.code == "token_already_used"


def test_a_debit_under_way_cannot_be_canceled_but_an_unconfirmed_one_can(
    processor: Processor,
) -> None:
    customer, method = processor.linked()
    under_way = processor.pay(customer, method)
    waiting = processor.api.payment_intents.create(
        {"amount": 5_000, "currency": "usd", "customer": customer}, processor.options()
    )

    canceled = processor.api.payment_intents.cancel(waiting.id, None, processor.options())
    with pytest.raises(stripe.InvalidRequestError) as refused:
        processor.api.payment_intents.cancel(under_way.id, None, processor.options())

    assert canceled.status == "canceled"
    assert refused.value.code == "payment_intent_unexpected_state"


def test_an_intent_is_confirmed_later_with_its_own_mandate(processor: Processor) -> None:
    customer = processor.customer()
    method = processor.bank(customer)
    waiting = processor.api.payment_intents.create(
        {"amount": 5_000, "currency": "usd", "customer": customer}, processor.options()
    )

    confirmed = processor.api.payment_intents.confirm(
        waiting.id, {"payment_method": method, "mandate_data": ACCEPTANCE}, processor.options()
    )

    assert (waiting.status, confirmed.status) == ("requires_payment_method", "processing")


def test_accounts_do_not_see_each_other(processor: Processor) -> None:
    processor.world.seed_account("acct_other")
    made = processor.pay(*processor.linked())

    with pytest.raises(stripe.InvalidRequestError) as refused:
        processor.api.payment_intents.retrieve(
            made.id, None, processor.options(account="acct_other")
        )

    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_an_unknown_account_and_a_wrong_key_are_refused(processor: Processor) -> None:
    with pytest.raises(stripe.PermissionError):
        processor.api.balance.retrieve(None, processor.options(account="acct_nobody"))
    with pytest.raises(stripe.AuthenticationError):
        processor.api.balance.retrieve(None, {"api_key": "sk_test_wrong"})


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "10.5"},
        {"amount": 49},
        {"amount": -1},
        {"currency": "eur"},
        {"surprise": "x"},
        {"customer": "cus_nobody"},
    ],
)
def test_a_malformed_payment_is_refused_and_nothing_is_made(
    processor: Processor, changed: dict[str, object]
) -> None:
    wanted = {"amount": 5_000, "currency": "usd"} | changed

    with pytest.raises(stripe.InvalidRequestError):
        processor.api.payment_intents.create(wanted, processor.options())

    made = processor.api.payment_intents.list(None, processor.options())
    assert made.data == []


def test_a_created_account_can_be_used_at_once(processor: Processor) -> None:
    account = processor.api.accounts.create({"type": "standard", "country": "US"})

    found = processor.api.accounts.retrieve(account.id)
    owner = processor.api.customers.create({"name": "Demo"}, {"stripe_account": account.id})

    assert found.charges_enabled
    assert owner.id.startswith("cus_")
