"""The surcharge switched on and off: kept with who attested to what, asked of credit cards only."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.attestations import SURCHARGE_VERSION
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import Conflict, InvalidInput, QuoteOutdated
from chalicelib.domain.ids import PayableId
from chalicelib.domain.refunds import Target, TargetKind
from chalicelib.services.change_settings import change_settings, settings_of, view_settings
from chalicelib.services.switch_surcharge import (
    SurchargeTerms,
    check_terms,
    switch_surcharge_off,
    switch_surcharge_on,
)
from chalicelib.storage.dealers import fresh_dealer
from tests.crash.road import Road, add_card, an_invoice, build_road
from tests.services.refunding import ask, books, now_of
from tests.stage import TODAY, Stage, stage

__all__ = ["stage"]
INVOICE = Target(TargetKind.DOCUMENT, PayableId("INV-1"))
TERMS = SurchargeTerms(300, 0, "OR", 290, 30)


def switch_on(world: Any, dealer: Dealer, **changes: Any) -> Dealer:
    asked = {
        "terms": TERMS, "attested": SURCHARGE_VERSION, "operator": "Dana Ortiz",
        "email": "dana_o@dealer.example", "read_version": dealer.version, **changes,
    }  # fmt: skip
    return switch_surcharge_on(world, dealer.dealer_id, **asked)


def test_who_attested_to_which_words_and_when_is_kept(stage: Stage) -> None:
    dealer = stage.dealer()

    switch_on(stage, dealer)

    now, (line,) = view_settings(stage, dealer.dealer_id)
    fees = now.fees
    assert (fees.surcharge_on, fees.card_basis_points, fees.state) == (True, 300, "OR")
    assert fees.surcharge_attested_by == "Dana Ortiz, dana_o@dealer.example"
    assert (fees.surcharge_attested_at, fees.surcharge_attestation) == (TODAY, SURCHARGE_VERSION)
    assert (line.source, line.at) == ("Dana Ortiz", TODAY)
    assert line.text == (
        "Card surcharge on: 3.00 % asked in OR, a card costs 2.90 % + 0.30. "
        "dana_o@dealer.example attested to surcharge-2026-11"
    )


def test_it_is_switched_off_again_and_both_are_audited(stage: Stage) -> None:
    dealer = switch_on(stage, stage.dealer())

    for _ in range(2):  # The second press finds it off.
        switch_surcharge_off(stage, dealer.dealer_id, operator="Noor", read_version=dealer.version)

    now, log = view_settings(stage, dealer.dealer_id)
    assert (now.fees.surcharge_on, now.fees.card_basis_points) == (False, 300)
    assert {(line.source, line.text) for line in log} >= {("Noor", "Card surcharge off")}
    assert len(log) == 2


@pytest.mark.parametrize("attested", ["", "yes", "surcharge-2020-01"])
def test_without_the_words_of_today_nothing_is_switched_on(stage: Stage, attested: str) -> None:
    dealer = stage.dealer()

    with pytest.raises(InvalidInput) as refused:
        switch_on(stage, dealer, attested=attested)

    assert set(refused.value.fields) == {"attest"}
    assert fresh_dealer(dealer.dealer_id) == dealer


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state": "CT"}, "state"),
        ({"state": ""}, "state"),
        ({"card_basis_points": 0}, "asked_percent"),
    ],
)
def test_what_the_rules_forbid_is_refused_with_its_field(
    stage: Stage, change: dict[str, Any], field: str
) -> None:
    dealer, terms = stage.dealer(), replace(TERMS, **change)

    for act in (
        lambda: switch_on(stage, dealer, terms=terms),
        lambda: check_terms(stage, dealer, terms),  # The preview.
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert set(refused.value.fields) == {field}
    assert fresh_dealer(dealer.dealer_id) == dealer


def test_a_page_opened_before_another_change_switches_nothing(stage: Stage) -> None:
    dealer = stage.dealer()
    other = replace(settings_of(dealer), hold_hours=24)
    change_settings(
        stage, dealer.dealer_id, settings=other, read_version=dealer.version, operator="Noor"
    )

    with pytest.raises(Conflict):
        switch_on(stage, dealer)

    now, _ = view_settings(stage, dealer.dealer_id)
    assert (now.hold_hours, now.fees.surcharge_on) == (24, False)


@pytest.fixture
def road(stage: Stage) -> Road:
    return build_road(stage, (an_invoice("INV-1", 100_000),))


@pytest.mark.parametrize(
    ("name", "fee"),
    [("visa", 3_000), ("visa_debit", 0), ("mastercard_prepaid", 0)],
)
def test_only_a_credit_card_pays_it_to_the_cent(road: Road, name: str, fee: int) -> None:
    switch_on(road.world, road.dealer, terms=replace(TERMS, card_basis_points=400))
    method = add_card(road, name)

    quote = road.quote(method=method, INV_1=None)
    payment = road.submit(quote, method=method)

    assert (quote.fee_cents, payment.charged_cents) == (fee, 100_000 + fee)
    assert books(road, payment).get("fee_income", 0) == -fee


def test_switched_on_after_the_preview_it_needs_a_second_confirmation(road: Road) -> None:
    method = add_card(road, "visa")
    before = road.quote(method=method, INV_1=None)
    switch_on(road.world, road.dealer)

    with pytest.raises(QuoteOutdated) as outdated:
        road.submit(before, method=method)

    assert road.intents() == []
    assert outdated.value.quote_id != before.quote_id


def test_a_refund_returns_its_share_and_the_last_one_the_rest(road: Road) -> None:
    """money.md, Entries: floor(fee × refund ÷ (charged − fee)); 999.99 is 999."""
    switch_on(road.world, road.dealer)
    method = add_card(road, "visa")
    payment = road.submit(road.quote(method=method, INV_1=None), method=method)
    road.machine.run_ready()
    road.receive()
    road.work_queue()

    ask(road, payment, 33_333, INVOICE)
    first = now_of(road, payment).refunded_cents
    ask(road, payment, 66_667, INVOICE)

    assert first == 33_333 + 999
    assert now_of(road, payment).refunded_cents == 103_000
    assert books(road, payment) == {}
