"""The card surcharge, switched on with an attestation and off again by an administrator."""

from dataclasses import asdict, dataclass, replace

from chalicelib.domain.attestations import SURCHARGE_VERSION
from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer, FeePolicy
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import DealerId
from chalicelib.domain.surcharging import refusals
from chalicelib.services.keep_settings import keep_settings
from chalicelib.services.world import World
from chalicelib.storage.dealers import fresh_dealer

UNREAD = "Read the statement and tick the box. Nothing is switched on without it."


@dataclass(frozen=True, slots=True)
class SurchargeTerms:
    """What is asked and what a card costs, as FeePolicy has it: basis points, cents; "CO"."""

    card_basis_points: int
    card_flat_cents: int
    state: str
    cost_basis_points: int
    cost_flat_cents: int


def with_terms(fees: FeePolicy, terms: SurchargeTerms) -> FeePolicy:
    """The policy with these terms, switched as it was."""
    return replace(fees, **asdict(terms))


def check_terms(world: World, dealer: Dealer, terms: SurchargeTerms) -> FeePolicy:
    """The policy these terms make. Raises InvalidInput with every reason against it today."""
    policy = with_terms(dealer.fees, terms)
    found = refusals(policy, dealer_day(world.clock.now(), dealer.time_zone))
    if found:
        raise InvalidInput("Please correct the surcharge: " + " ".join(found.values()), found)
    return policy


def switch_surcharge_on(
    world: World,
    dealer_id: DealerId,
    *,
    terms: SurchargeTerms,
    attested: str,
    operator: str,
    email: str,
    read_version: int,
) -> Dealer:
    """The dealer with the surcharge on. `attested` is the version of the words that were ticked.

    The record keeps who attested, when and to which words; every change of the terms asks anew.
    Raises InvalidInput (rules forbid it, not attested) and Conflict.
    """
    dealer = fresh_dealer(dealer_id)
    policy = check_terms(world, dealer, terms)
    if attested != SURCHARGE_VERSION:
        raise InvalidInput(UNREAD, {"attest": UNREAD})
    fees = replace(
        policy,
        surcharge_on=True,
        surcharge_attested_by=f"{operator}, {email}",
        surcharge_attested_at=world.clock.now(),
        surcharge_attestation=SURCHARGE_VERSION,
    )
    what = f"Card surcharge on: {_told(fees)}. {email} attested to {SURCHARGE_VERSION}"
    return keep_settings(
        world,
        replace(dealer, fees=fees),
        read_version=read_version,
        operator=operator,
        what=what,
    )


def switch_surcharge_off(
    world: World, dealer_id: DealerId, *, operator: str, read_version: int
) -> Dealer:
    """The dealer with the surcharge off; the terms stay for the next time. Raises Conflict."""
    dealer = fresh_dealer(dealer_id)
    if not dealer.fees.surcharge_on:
        return dealer
    return keep_settings(
        world,
        replace(dealer, fees=replace(dealer.fees, surcharge_on=False)),
        read_version=read_version,
        operator=operator,
        what="Card surcharge off",
    )


def _told(fees: FeePolicy) -> str:
    asked = _rate(fees.card_basis_points, fees.card_flat_cents)
    cost = _rate(fees.cost_basis_points, fees.cost_flat_cents)
    return f"{asked} asked in {fees.state}, a card costs {cost}"


def _rate(basis_points: int, flat_cents: int) -> str:
    """ "2.90 % + 0.30"; without the flat part where there is none."""
    percent = f"{basis_points // 100}.{basis_points % 100:02d} %"
    return f"{percent} + {flat_cents // 100}.{flat_cents % 100:02d}" if flat_cents else percent
