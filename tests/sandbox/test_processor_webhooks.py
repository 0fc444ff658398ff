"""Signed webhooks of the simulated processor and their scripted misbehaviour."""

import json
from typing import Any

import pytest
import stripe

from sandbox.world import keys
from sandbox.world.stripe.deliveries import SignedWebhook
from tests.sandbox.builders import ACCOUNT, Processor


def types(webhooks: list[SignedWebhook]) -> list[str]:
    return [webhook.event()["type"] for webhook in webhooks]


def sent(processor: Processor) -> list[Any]:
    return [webhook.event() for webhook in processor.basket.drain()]


def settled(noise: dict[str, object]) -> list[SignedWebhook]:
    processor = Processor()
    processor.world.script.apply(noise)
    customer, method = processor.linked()
    for _ in range(4):
        processor.pay(customer, method)
    processor.advance(days=8)
    return processor.basket.drain()


def test_a_connect_webhook_verifies_with_the_connect_secret_only(processor: Processor) -> None:
    processor.pay(*processor.linked())
    webhook = processor.basket.drain()[-1]

    event = stripe.Webhook.construct_event(
        webhook.payload, webhook.signature, keys.STRIPE_CONNECT_WEBHOOK_SECRET
    )

    assert (webhook.endpoint, event.account, event.livemode) == ("connect", ACCOUNT, False)
    assert event.type == "payment_intent.processing"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(
            webhook.payload, webhook.signature, keys.STRIPE_ACCOUNT_WEBHOOK_SECRET
        )


def test_the_platforms_own_events_go_to_the_account_endpoint(processor: Processor) -> None:
    processor.api.customers.create({"name": "Demo"})

    [webhook] = processor.basket.drain()

    assert webhook.endpoint == "account"
    assert "account" not in webhook.event()


def test_an_event_can_be_retrieved_and_listed_as_it_was_sent(processor: Processor) -> None:
    processor.pay(*processor.linked())
    sent = processor.basket.drain()[-1].event()

    found = processor.api.events.retrieve(sent["id"], None, processor.options())
    listed = processor.api.events.list({"type": "payment_intent.processing"}, processor.options())

    assert found.to_dict()["data"] == sent["data"]
    assert [event.id for event in listed.data] == [sent["id"]]


def test_an_event_keeps_the_object_as_it_was(processor: Processor) -> None:
    processor.pay(*processor.linked())
    processor.advance(days=4)

    [first] = [
        webhook.event()
        for webhook in processor.basket.drain()
        if webhook.event()["type"] == "payment_intent.created"
    ]

    assert first["data"]["object"]["status"] == "requires_confirmation"


def test_noise_duplicates_and_reorders_the_same_way_for_the_same_seed() -> None:
    calm, noise = {}, {"webhooks": {"seed": 7, "duplicate": 0.3, "reorder": True}}

    quiet, first, second = types(settled(calm)), types(settled(noise)), types(settled(noise))
    other = types(settled({"webhooks": {"seed": 8, "duplicate": 0.3, "reorder": True}}))

    assert first == second != other
    assert len(first) > len(quiet)
    assert set(first) == set(quiet)
    assert list(dict.fromkeys(first)) != list(dict.fromkeys(quiet))


def test_a_webhook_can_never_come_though_the_event_exists(processor: Processor) -> None:
    processor.world.script.apply(
        {"next_webhook": {"type": "payment_intent.succeeded", "never": True}}
    )
    processor.pay(*processor.linked())

    processor.advance(days=30)

    wanted = {"type": "payment_intent.succeeded"}
    assert "payment_intent.succeeded" not in types(processor.basket.drain())
    assert len(processor.api.events.list(wanted, processor.options()).data) == 1


def test_a_webhook_can_come_three_days_late(processor: Processor) -> None:
    processor.world.script.apply(
        {"next_webhook": {"type": "payment_intent.succeeded", "delay_days": 3}}
    )
    processor.pay(*processor.linked())
    processor.advance(days=6, hours=23)
    before = types(processor.basket.drain())

    processor.advance(hours=1)

    assert "payment_intent.succeeded" not in before
    assert "payment_intent.succeeded" in types(processor.basket.drain())


def test_a_webhook_can_lie_about_the_amount_while_the_api_does_not(processor: Processor) -> None:
    processor.world.script.apply(
        {"next_webhook": {"type": "payment_intent.succeeded", "amount_cents": 1}}
    )
    made = processor.pay(*processor.linked(), 140_200)
    processor.advance(days=4)

    [lie] = [
        webhook.event()
        for webhook in processor.basket.drain()
        if webhook.event()["type"] == "payment_intent.succeeded"
    ]

    assert lie["data"]["object"]["amount"] == lie["data"]["object"]["amount_received"] == 1
    assert processor.intent(made.id).amount == 140_200


def test_a_webhook_can_claim_to_be_live_while_the_api_does_not(processor: Processor) -> None:
    processor.world.script.apply(
        {"next_webhook": {"type": "payment_intent.succeeded", "livemode": True}}
    )
    made = processor.debited()

    lies = [event for event in sent(processor) if event["livemode"]]

    assert [event["type"] for event in lies] == ["payment_intent.succeeded"]
    assert lies[0]["data"]["object"]["livemode"] is True
    stored = processor.api.events.retrieve(lies[0]["id"], None, processor.options())
    assert (stored.livemode, processor.intent(made.id).livemode) == (False, False)


def test_webhooks_of_money_going_back_misbehave_alike(processor: Processor) -> None:
    refunded, returned = processor.carded(), processor.debited()
    processor.events()
    for fault in (
        {"type": "refund.created", "duplicate": 1},
        {"type": "charge.refunded", "amount_cents": 7},
        {"type": "charge.dispute.created", "never": True},
        {"type": "charge.dispute.funds_withdrawn", "delay_days": 3},
        {"type": "mandate.updated", "livemode": True},
    ):
        processor.world.script.apply({"next_webhook": fault})

    processor.refund(refunded)
    processor.world.return_payment(returned.id, "R10")
    now = sent(processor)
    processor.advance(days=3)

    amounts = {event["data"]["object"].get("amount_refunded") for event in now}
    assert [event["type"] for event in now] == [
        "refund.created", "refund.created", "charge.refunded", "charge.dispute.closed",
        "mandate.updated",
    ]  # fmt: skip
    assert (7 in amounts, now[-1]["livemode"]) == (True, True)
    assert "charge.dispute.funds_withdrawn" in processor.events()


def test_webhooks_of_money_going_back_can_be_reordered() -> None:
    def told(noise: dict[str, object]) -> list[str]:
        processor = Processor()
        processor.world.script.apply({"webhooks": noise})
        for _ in range(3):
            processor.refund(processor.carded())
        return processor.events()

    calm, noisy = told({}), told({"seed": 3, "duplicate": 0.5, "reorder": True})

    assert set(noisy) == set(calm)
    assert len(noisy) > len(calm)
    assert list(dict.fromkeys(noisy)) != list(dict.fromkeys(calm))


def test_a_webhook_can_be_duplicated_once_and_sent_again_by_hand(processor: Processor) -> None:
    processor.world.script.apply(
        {"next_webhook": {"type": "payment_intent.processing", "duplicate": 2}}
    )
    processor.pay(*processor.linked())
    sent = [
        webhook.event()
        for webhook in processor.basket.drain()
        if webhook.event()["type"] == "payment_intent.processing"
    ]

    again = processor.world.redeliver(sent[0]["id"])

    assert [event["id"] for event in sent] == [sent[0]["id"]] * 3
    assert again
    assert json.loads(processor.basket.drain()[0].payload) == sent[0]
    assert not processor.world.redeliver("evt_nobody")


@pytest.mark.parametrize(
    "wanted",
    [
        {"surprise": 1},
        {"next_payment": {"failure_code": "R99"}},
        {"next_request": {"timeout": "sometimes"}},
        {"settings": {"ach_days": "two"}},
        {"webhooks": {"sead": 7}},
        {"next_refund": {"reason": "because"}},
        {"next_refund": {"fails_after_days": -1}},
        {"next_payout": {"surprise": 1}},
    ],
)
def test_a_script_that_says_nothing_known_is_refused(
    processor: Processor, wanted: dict[str, object]
) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        processor.world.script.apply(wanted)


def test_reset_clears_the_script(processor: Processor) -> None:
    processor.world.script.apply(
        {"next_payment": {"failure_code": "R01"}, "settings": {"ach_days": 1}}
    )

    processor.world.script.apply({"reset": True})

    assert processor.world.script.payments == []
    assert processor.world.script.settings.ach_days == 4
