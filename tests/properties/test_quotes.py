"""Quotes, discount spreading and netting hold for whatever is owed and whatever is ticked."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import owed_by_payable
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.discounts import half_up, spread
from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ledger import (
    LedgerAccount,
    balance,
    is_balanced,
    payout_entry,
    reversed_entry,
    settled_entry,
)
from chalicelib.domain.posting import postings
from chalicelib.domain.pricing import sign, verify
from chalicelib.domain.proof import prove
from chalicelib.domain.quotes import Quote, View
from tests.domain.builders import DEALER, NOON, PAYOUT, a_dealer, a_payment, a_quote, a_transaction
from tests.properties.accounts import billed_accounts, claims_on, dealers, payables, ticks_of


@st.composite
def priced(draw: st.DrawFn) -> tuple[Quote, dict[str, int]]:
    """A quote of a random account and what was available on each payable; refusals are skipped."""
    listed = draw(payables())
    claims = draw(claims_on(listed))
    account: Account = draw(billed_accounts())
    dealer: Dealer = draw(dealers())
    owed = owed_by_payable(listed, claims, NOON)
    available = {name: standing.available_cents for name, standing in owed.items()}
    ticked = {
        name: min(cents, available[name]) if cents else None
        for name, cents in draw(ticks_of(listed)).items()
        if available[name]
    }
    try:
        quote = a_quote(
            listed,
            ticked={
                name: min(cents, available[name]) if cents else None
                for name, cents in ticked.items()
            },
            claims=claims,
            account=account,
            dealer=dealer,
            view=draw(st.sampled_from(list(View))),
            surplus_cents=draw(st.sampled_from([0, 0, 1, 12345])),
        )
    except DrypowderError:
        assume(False)
        raise
    return quote, available


@given(priced())
def test_charged_is_the_sum_money_md_says_and_never_negative(
    case: tuple[Quote, dict[str, int]],
) -> None:
    quote, _ = case

    cash = sum(line.cash_cents for line in quote.lines)

    assert quote.charged_cents == cash + quote.surplus_cents + quote.fee_cents
    assert quote.charged_cents >= 0
    assert all(line.cash_cents >= 0 for line in quote.lines)


@given(priced())
def test_nothing_takes_more_than_is_available(case: tuple[Quote, dict[str, int]]) -> None:
    quote, available = case

    taken: dict[str, int] = {}
    for effect in quote.effects:
        taken[effect.payable_id] = taken.get(effect.payable_id, 0) + effect.amount_cents

    assert all(0 < cents <= available[name] for name, cents in taken.items())


@given(priced())
def test_credits_never_exceed_what_they_net_against(case: tuple[Quote, dict[str, int]]) -> None:
    quote, _ = case

    netted = {line.payable_id: line.credit_cents for line in quote.lines}
    for use in quote.credits_used:
        assert use.applied_to is not None
        netted[use.applied_to] -= use.amount_cents

    assert set(netted.values()) <= {0}
    assert all(line.credit_cents <= line.allocation_cents for line in quote.lines)


@settings(max_examples=50)
@given(priced(), st.binary(min_size=16, max_size=64))
def test_a_signed_quote_verifies_with_its_key_alone(
    case: tuple[Quote, dict[str, int]], key: bytes
) -> None:
    signed = sign(case[0], key)

    assert verify(signed, key)
    assert not verify(signed, key + b"x")


@given(priced(), st.integers(0, 5000))
def test_every_payment_balances_from_settlement_to_the_general_ledger(
    case: tuple[Quote, dict[str, int]], fee_cents: int
) -> None:
    payment = a_payment(case[0])
    assume(payment.charged_cents > 0)
    settlement = prove(
        dealer_id=DEALER,
        settlement_id=PAYOUT,
        currency="USD",
        created_at=NOON,
        arrives_at=NOON,
        deposit_cents=payment.charged_cents - fee_cents,
        transactions=[a_transaction("t", payment.charged_cents, fee_cents)],
        payments_by_intent={"pi_1": payment},
    )

    settled, paid_out = settled_entry(payment), payout_entry(settlement)

    assert settlement.is_proven
    assert is_balanced(settled)
    assert is_balanced(paid_out)
    assert set(balance((*settled, *reversed_entry(settled))).values()) <= {0}
    assert balance((*settled, *paid_out))[LedgerAccount.CLEARING] == 0
    made = postings(settlement, [payment], a_dealer())
    assert all(posting.debit_cents == posting.credit_cents for posting in made)
    applied = sum(line.amount_cents for posting in made for line in posting.lines if line.document)
    assert applied == payment.allocations_cents


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60), st.data())
def test_spread_shares_sum_to_the_total_and_stay_within_one_cent_of_fair(
    weights: list[int], data: st.DataObject
) -> None:
    whole = sum(weights)
    assume(whole > 0)
    total = data.draw(st.integers(0, whole))

    shares = spread(total, weights)

    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert 0 <= share <= weight
        assert abs(share * whole - total * weight) < whole


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=30), st.integers(0, 30))
def test_spreading_once_beats_rounding_each_line(weights: list[int], percent: int) -> None:
    total = half_up(sum(weights) * percent, 100)

    assert sum(spread(total, weights)) == total


@given(st.integers(0, 10**12), st.integers(1, 10**9))
def test_half_up_is_the_nearest_cent(numerator: int, denominator: int) -> None:
    cents = half_up(numerator, denominator)

    assert -denominator < 2 * (numerator - cents * denominator) < denominator or (
        2 * (cents * denominator - numerator) == denominator
    )
