"""Claims: what our own payments have taken of payables, in flight or applied."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.ids import PayableId, PaymentId
from chalicelib.domain.payables import Payable, PayableKind

INSTANT = timedelta(microseconds=1)


class ClaimState(StrEnum):
    """In flight until the processor confirms the funds; applied afterwards.

    REVERSED is a claim of its own: what a later event gave back of an applied one.
    """

    IN_FLIGHT = "in_flight"
    APPLIED = "applied"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Effect:
    """What one payment takes off one payable, in positive cents (cash + credit + discount).

    For a credit it is the credit used on one document, `applied_to`; a credit netted against
    several documents has one effect for each. `is_unapplied`: the credit is cash on account, the
    surplus of the payment with the number `voucher_id`.
    """

    payable_id: PayableId
    amount_cents: int
    applied_to: PayableId | None = None
    is_unapplied: bool = False
    voucher_id: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One payment's hold on an account's payables, or what a later `event` of it gave back.

    `brings` are payables the ERP may not list: the surplus as a credit named like the payment, or
    documents owed again that the ERP had closed. `was_posted` are times between a posting and its
    reversal: figures extracted then contain the claim, later ones do not. What files up to
    `unseen_at` said nothing of keeps older figures, which do not contain it.
    """

    payment_id: PaymentId
    number: str  # The payment's, or the reversal's own; the ERP's payments file names it.
    state: ClaimState
    effects: tuple[Effect, ...]
    posted_at: datetime | None = None
    version: int = 0  # Rises when part of an applied claim changes.
    event: str = ""
    brings: tuple[Payable, ...] = ()
    was_posted: tuple[tuple[datetime, datetime], ...] = ()
    unseen_at: datetime | None = None

    @property
    def key(self) -> tuple[PaymentId, str]:
        """What tells an account's claims apart."""
        return self.payment_id, self.event

    def contained_in(self, as_of: datetime) -> bool:
        """True if the figures we hold, the newest extracted at `as_of`, include this claim."""
        is_unseen = self.unseen_at is not None and as_of <= self.unseen_at
        return not is_unseen and self.is_in_erp(as_of)

    def is_in_erp(self, as_of: datetime) -> bool:
        """True if the ERP's figures extracted at `as_of` include this claim, wherever they are."""
        is_posted = self.posted_at is not None and self.posted_at <= as_of
        return is_posted or any(start <= as_of < end for start, end in self.was_posted)

    def unposted(self, at: datetime) -> "Claim":
        """The claim after its posting was reversed; one that is not posted is left alone."""
        if self.posted_at is None:
            return self
        times = (*self.was_posted, (self.posted_at, max(at, self.posted_at + INSTANT)))
        return replace(self, posted_at=None, was_posted=times)

    def unseen_through(self, as_of: datetime) -> "Claim":
        """The claim as far as figures extracted up to `as_of` do not show it."""
        return replace(self, unseen_at=max(as_of, self.unseen_at or as_of))


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
    """Owed = ERP open − applied + reversed (what it has not seen); available = owed − in flight.

    Never below zero: what the ERP no longer shows open cannot be owed (money.md, What is owed).
    What the claims bring counts as well, once.
    """
    known, held = tuple(payables), tuple(claims)
    listed = with_brought(known, held)
    names = _own_names(listed)
    taken: dict[ClaimState, dict[PayableId, int]] = {state: {} for state in ClaimState}
    for claim in held:
        if claim.contained_in(as_of):
            continue
        for effect in claim.effects:
            name = names.get(effect.payable_id, effect.payable_id)
            sums = taken[claim.state]
            sums[name] = sums.get(name, 0) + effect.amount_cents
    result = {}
    for payable in listed:
        name = payable.payable_id
        settled = taken[ClaimState.APPLIED].get(name, 0) - taken[ClaimState.REVERSED].get(name, 0)
        owed = max(0, payable.open_cents - settled)
        available = max(0, owed - taken[ClaimState.IN_FLIGHT].get(name, 0))
        result[name] = Owed(owed, available)
    return result


def with_brought(payables: Iterable[Payable], claims: Iterable[Claim]) -> tuple[Payable, ...]:
    """The ERP's payables and those the claims bring, each once.

    A surplus we posted returns from the ERP as a credit with our number as its voucher: then that
    credit stands for it.
    """
    listed = list(payables)
    brought = [payable for claim in claims for payable in claim.brings]
    if not brought:
        return tuple(listed)
    known = {payable.payable_id for payable in listed}
    known |= {PayableId(payable.voucher_id) for payable in listed if payable.voucher_id}
    for payable in brought:
        if payable.payable_id not in known:
            known.add(payable.payable_id)
            listed.append(payable)
    return tuple(listed)


def _own_names(payables: Iterable[Payable]) -> dict[PayableId, PayableId]:
    """Our name of a surplus → the ERP's credit that stands for it."""
    return {
        PayableId(payable.voucher_id): payable.payable_id
        for payable in payables
        if payable.kind is PayableKind.CREDIT and payable.voucher_id
    }
