"""Claims: what our own payments have taken of payables, in flight or applied."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.ids import PayableId, PaymentId
from chalicelib.domain.payables import Payable


class ClaimState(StrEnum):
    """In flight until the processor confirms the funds; applied afterwards."""

    IN_FLIGHT = "in_flight"
    APPLIED = "applied"


@dataclass(frozen=True, slots=True)
class Effect:
    """What one payment takes off one payable, in positive cents (cash + credit + discount).

    For a credit it is the credit used on one document, `applied_to`; a credit netted against
    several documents has one effect for each.
    """

    payable_id: PayableId
    amount_cents: int
    applied_to: PayableId | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One payment's hold on an account's payables."""

    payment_id: PaymentId
    number: str
    state: ClaimState
    effects: tuple[Effect, ...]
    posted_at: datetime | None = None
    version: int = 0  # Rises when part of an applied claim changes.

    def contained_in(self, as_of: datetime) -> bool:
        """True if the ERP's figures extracted at `as_of` already include this claim."""
        return self.posted_at is not None and self.posted_at <= as_of


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed on one payable and what of it nobody is paying yet, in cents."""

    owed_cents: int
    available_cents: int

    @property
    def in_flight_cents(self) -> int:
        """Claimed by payments that are not settled."""
        return self.owed_cents - self.available_cents


def owed_by_payable(
    payables: Iterable[Payable], claims: Iterable[Claim], as_of: datetime
) -> dict[PayableId, Owed]:
    """Owed = ERP open − applied effects the ERP has not seen; available = owed − in flight.

    Never below zero: what the ERP no longer shows open cannot be owed (money.md, What is owed).
    """
    applied: dict[PayableId, int] = {}
    in_flight: dict[PayableId, int] = {}
    for claim in claims:
        if claim.contained_in(as_of):
            continue
        taken = applied if claim.state is ClaimState.APPLIED else in_flight
        for effect in claim.effects:
            taken[effect.payable_id] = taken.get(effect.payable_id, 0) + effect.amount_cents
    result = {}
    for payable in payables:
        owed = max(0, payable.open_cents - applied.get(payable.payable_id, 0))
        available = max(0, owed - in_flight.get(payable.payable_id, 0))
        result[payable.payable_id] = Owed(owed, available)
    return result
