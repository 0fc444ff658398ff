"""Idempotency as Stripe documents it, through the real stripe library."""

import pytest
import stripe

from tests.sandbox.builders import Processor


def charges(processor: Processor) -> int:
    return len(processor.api.charges.list({"limit": 100}, processor.options()).data)


def test_the_same_key_replays_the_same_answer_and_charges_once(processor: Processor) -> None:
    customer, method = processor.linked()

    first = processor.pay(customer, method, key="attempt-1")
    second = processor.pay(customer, method, key="attempt-1")

    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert charges(processor) == 1


def test_the_same_key_with_another_body_is_refused(processor: Processor) -> None:
    customer, method = processor.linked()
    processor.pay(customer, method, 1_000, key="attempt-1")

    with pytest.raises(stripe.IdempotencyError) as refused:
        processor.pay(customer, method, 1_001, key="attempt-1")

    assert refused.value.http_status == 400
    assert charges(processor) == 1


def test_a_declined_payment_is_stored_and_replayed(processor: Processor) -> None:
    customer = processor.customer()
    card = processor.card(customer, "pm_card_chargeDeclined")

    with pytest.raises(stripe.CardError) as first:
        processor.pay(customer, card, key="attempt-1")
    with pytest.raises(stripe.CardError) as second:
        processor.pay(customer, card, key="attempt-1")

    assert first.value.json_body == second.value.json_body
    assert second.value.headers["Idempotent-Replayed"] == "true"
    assert charges(processor) == 1


def test_a_stored_500_is_replayed_and_never_charges(processor: Processor) -> None:
    customer, method = processor.linked()
    processor.world.script.apply({"next_request": {"status": 500}})

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            processor.pay(customer, method, key="attempt-1")

    assert charges(processor) == 0


def test_a_503_stores_nothing_so_the_next_try_charges(processor: Processor) -> None:
    customer, method = processor.linked()
    processor.world.script.apply({"next_request": {"status": 503}})

    with pytest.raises(stripe.APIError):
        processor.pay(customer, method, key="attempt-1")
    made = processor.pay(customer, method, key="attempt-1")

    assert made.status == "processing"
    assert charges(processor) == 1


def test_a_429_stores_nothing_so_the_next_try_charges(processor: Processor) -> None:
    customer, method = processor.linked()
    processor.world.script.apply({"next_request": {"status": 429}})

    with pytest.raises(stripe.RateLimitError) as refused:
        processor.pay(customer, method, key="attempt-1")
    made = processor.pay(customer, method, key="attempt-1")

    assert refused.value.http_status == 429
    assert made.status == "processing"


def test_a_refused_refund_is_stored_and_replayed(processor: Processor) -> None:
    paid = processor.carded()
    wanted, options = {"payment_intent": paid.id, "amount": 200_000}, processor.options("refund-1")

    with pytest.raises(stripe.InvalidRequestError):
        processor.api.refunds.create(wanted, options)
    with pytest.raises(stripe.InvalidRequestError) as second:
        processor.api.refunds.create(wanted, options)

    assert second.value.headers["Idempotent-Replayed"] == "true"


def test_the_order_of_parameters_does_not_make_another_request(processor: Processor) -> None:
    paid = processor.carded()
    wanted = {"payment_intent": paid.id, "amount": 500}
    turned = {"amount": 500, "payment_intent": paid.id}

    first = processor.api.refunds.create(wanted, processor.options("refund-1"))
    second = processor.api.refunds.create(turned, processor.options("refund-1"))

    assert first.id == second.id


def test_a_key_has_at_most_255_characters(processor: Processor) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        processor.api.customers.create({"name": "Demo"}, processor.options("k" * 256))
    processor.api.customers.create({"name": "Demo"}, processor.options("k" * 255))


def test_a_malformed_request_stores_nothing_so_the_key_stays_free(processor: Processor) -> None:
    customer, method = processor.linked()

    with pytest.raises(stripe.InvalidRequestError):
        processor.pay(customer, method, 1, key="attempt-1")
    made = processor.pay(customer, method, 1_000, key="attempt-1")

    assert made.amount == 1_000


def test_a_second_request_while_the_first_still_runs_answers_409(processor: Processor) -> None:
    customer, method = processor.linked()
    seen: list[stripe.StripeError] = []

    def second_request(_: float) -> None:
        try:
            processor.pay(customer, method, key="attempt-1")
        except stripe.StripeError as error:
            seen.append(error)

    processor.world.pause = second_request
    processor.world.script.apply({"next_request": {"timeout": "slow"}})
    made = processor.pay(customer, method, key="attempt-1")

    assert [error.http_status for error in seen] == [409]
    assert made.status == "processing"
    assert charges(processor) == 1


def test_keys_of_different_accounts_are_independent(processor: Processor) -> None:
    processor.world.seed_account("acct_other")

    here = processor.api.customers.create({"name": "Demo"}, processor.options("same"))
    there = processor.api.customers.create(
        {"name": "Demo"}, processor.options("same", account="acct_other")
    )

    assert here.id != there.id


def test_a_key_is_forgotten_after_a_day(processor: Processor) -> None:
    first = processor.api.customers.create({"name": "Demo"}, processor.options("old"))

    processor.advance(hours=25)
    second = processor.api.customers.create({"name": "Demo"}, processor.options("old"))

    assert first.id != second.id


def test_a_lost_reply_is_answered_by_the_retry_with_the_same_key(processor: Processor) -> None:
    customer, method = processor.linked()
    processor.world.script.apply({"next_request": {"timeout": "after"}})

    with pytest.raises(stripe.APIConnectionError):
        processor.pay(customer, method, key="attempt-1")
    made = processor.pay(customer, method, key="attempt-1")

    assert made.last_response.headers["Idempotent-Replayed"] == "true"
    assert charges(processor) == 1


def test_a_lost_request_charges_nothing_until_it_is_retried(processor: Processor) -> None:
    customer, method = processor.linked()
    processor.world.script.apply(
        {"next_request": {"timeout": "before", "path": "/v1/payment_intents"}}
    )

    with pytest.raises(stripe.APIConnectionError):
        processor.pay(customer, method, key="attempt-1")
    nothing = charges(processor)
    processor.pay(customer, method, key="attempt-1")

    assert (nothing, charges(processor)) == (0, 1)
