"""The processor's side: its charges, its balance and every movement not deposited yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import AccountId, PaymentId
from chalicelib.domain.lifecycle import Event, event_of
from chalicelib.domain.payments import CHARGED, OFF_THE_ROAD, Payment, PaymentStatus, Stage
from chalicelib.domain.reconciliation import Check, Difference, DifferenceKind, Figure
from chalicelib.domain.settlements import BalanceTransaction, ReportingCategory

# Movements that our entries put through Clearing; all others are the processor's own fees.
_THROUGH_CLEARING = frozenset(
    {
        "charge",
        "charge_failure",
        "payment_failure_refund",
        "refund",
        "refund_failure",
        "dispute",
        "dispute_reversal",
        "payout_reversal",
    }
)
_UNDECIDED = (Stage.SUBMITTED, Stage.SENDING, Stage.PROCESSING)


@dataclass(frozen=True, slots=True)
class Charge:
    """A payment as the processor lists it; `state` as the gateway words it."""

    intent_id: str
    state: str
    amount_cents: int
    reference: str  # Our payment id as we sent it; "" if it was made elsewhere.


@dataclass(frozen=True, slots=True)
class Known:
    """What of our own payment a comparison needs."""

    payment_id: PaymentId
    number: str
    account_id: AccountId
    status: PaymentStatus
    stage: Stage
    charged_cents: int
    processor_id: str
    handed_over_at: datetime

    @property
    def path(self) -> str:
        """Its page."""
        return f"/console/payments/{self.number}"


def known(payment: Payment) -> Known:
    """The payment, without what only its pages need."""
    return Known(
        payment.payment_id,
        payment.number,
        payment.account_id,
        payment.status,
        payment.stage,
        payment.charged_cents,
        payment.processor_id,
        payment.sent_at or payment.submitted_at,
    )


def compare_charge(charge: Charge, ours: Known | None) -> Difference | None:
    """What is wrong between the processor's record and our payment, if anything.

    A charge without our reference was made elsewhere; the movements tell of its money.
    """
    event, theirs = event_of(charge.state), charge.amount_cents
    if ours is None:
        return _unknown(charge, event) if charge.reference else None
    if charge.amount_cents != ours.charged_cents:
        sentence = f"The processor holds another amount for {ours.number}."
        return _differ(DifferenceKind.AMOUNT, ours, sentence, (ours.charged_cents, theirs))
    if ours.status is PaymentStatus.PENDING:
        return _undecided(charge, ours, event)
    return _decided(charge, ours, event)


def _decided(charge: Charge, ours: Known, event: Event | None) -> Difference | None:
    if ours.status is PaymentStatus.RETURNED and event is Event.FAILED:
        return None  # A debit that came back: the processor takes its success back.
    if ours.status in CHARGED and event is not Event.SUCCEEDED:
        sentence = f"{ours.number} counts as charged; the processor says “{charge.state}”."
        return _differ(DifferenceKind.DENIED, ours, sentence, (ours.charged_cents, 0))
    if ours.status in OFF_THE_ROAD and event is Event.SUCCEEDED:
        sentence = f"The processor charged {ours.number}, which is {ours.status} here."
        return _differ(DifferenceKind.CONTRADICTED, ours, sentence, (0, charge.amount_cents))
    return None


def missing_charges(ours: Iterable[Known], listed: Iterable[str]) -> list[Difference]:
    """Payments we hold as charged of which the processor lists nothing; `listed` intent ids."""
    seen = set(listed)
    return [
        Difference(
            DifferenceKind.DENIED,
            payment.number,
            f"{payment.number} counts as charged; the processor has no such payment.",
            payment.charged_cents,
            0,
            payment.path,
        )
        for payment in ours
        if payment.status in CHARGED and payment.processor_id and payment.processor_id not in seen
    ]


def charge_figure(charges: Mapping[str, Charge], ours: Iterable[Known]) -> Figure:
    """What the processor charged of what we sent, and what we hold as charged of the same."""
    theirs = [it for it in charges.values() if event_of(it.state) is Event.SUCCEEDED]
    own = [
        it
        for it in ours
        if it.status in CHARGED
        and it.processor_id in charges
        and (it.status is not PaymentStatus.RETURNED or charges[it.processor_id] in theirs)
    ]
    return Figure(
        Check.CHARGES,
        sum(it.charged_cents for it in own),
        sum(it.amount_cents for it in theirs if it.reference),
        len(own),
    )


def _unknown(charge: Charge, event: Event | None) -> Difference | None:
    if event is not Event.SUCCEEDED and event is not Event.ORIGINATED:
        return None  # It came to nothing.
    return Difference(
        DifferenceKind.UNKNOWN_CHARGE,
        charge.intent_id,
        "The processor has a payment that carries our mark, but no payment here has it.",
        0,
        charge.amount_cents,
    )


def _undecided(charge: Charge, ours: Known, event: Event | None) -> Difference | None:
    is_news = event in (Event.SUCCEEDED, Event.FAILED) and ours.stage in _UNDECIDED
    if not is_news:
        return None
    word = "paid" if event is Event.SUCCEEDED else "failed"
    sentence = (
        f"{ours.number} was pending here; at the processor it is {word}. Its message had not come."
    )
    theirs_cents = charge.amount_cents if event is Event.SUCCEEDED else 0
    return _differ(DifferenceKind.MISSED_OUTCOME, ours, sentence, (0, theirs_cents))


def _differ(kind: DifferenceKind, ours: Known, sentence: str, cents: tuple[int, int]) -> Difference:
    return Difference(kind, ours.number, sentence, *cents, ours.path)


@dataclass(frozen=True, slots=True)
class OpenMovement:
    """A movement of the processor's balance that no proven settlement contains; cents.

    `tag` is what our Clearing line of it is tagged with; "" if nothing of ours is behind it.
    """

    transaction_id: str
    category: str
    amount_cents: int
    net_cents: int
    source_id: str
    intent_id: str
    created_at: datetime
    tag: str = ""

    @property
    def name(self) -> str:
        """What our Clearing line of it would be tagged with."""
        return self.tag or self.source_id

    @property
    def is_through_clearing(self) -> bool:
        """True if our entry of it has a line on Clearing."""
        return self.category in _THROUGH_CLEARING

    def is_payout_of(self, settlement_id: str) -> bool:
        """True for the deposit's own row."""
        return self.category == ReportingCategory.PAYOUT and self.source_id == settlement_id


def open_movement(transaction: BalanceTransaction, tag: str) -> OpenMovement:
    """A balance transaction as it waits for its deposit."""
    return OpenMovement(
        transaction.transaction_id,
        transaction.category,
        transaction.amount_cents,
        transaction.net_cents,
        transaction.source_id,
        transaction.intent_id,
        transaction.created_at,
        tag,
    )


def compare_balance(
    movements: Iterable[OpenMovement], balance_cents: int
) -> tuple[Figure, list[Difference]]:
    """Everything not deposited yet must add up to what the processor says it holds."""
    held = list(movements)
    net_cents = sum(movement.net_cents for movement in held)
    figure = Figure(Check.BALANCE, net_cents, balance_cents, len(held))
    if net_cents == balance_cents:
        return figure, []
    sentence = "The movements that are not deposited yet do not add up to the processor's balance."
    return figure, [
        Difference(DifferenceKind.BALANCE, "balance", sentence, net_cents, balance_cents)
    ]


def compare_clearing(
    movements: Iterable[OpenMovement], clearing_cents: Mapping[str, int]
) -> tuple[Figure, list[Difference]]:
    """Each tag's Clearing against the processor's movements of it; `clearing_cents` by tag ≠ 0.

    A fee that our entry already took out counts, one it did not does not: either is right. A
    deposit that cannot say what it consists of is matched as a whole.
    """
    gross: dict[str, int] = {}
    net: dict[str, int] = {}
    count = 0
    for movement in movements:
        name = movement.name
        is_whole = movement.is_payout_of(name) and name in clearing_cents
        if not movement.is_through_clearing and not is_whole:
            continue
        count += 1
        own_fee = 0 if movement.category == "charge" else movement.net_cents - movement.amount_cents
        gross[name] = gross.get(name, 0) + movement.amount_cents
        net[name] = net.get(name, 0) + movement.amount_cents + own_fee
    found, theirs_cents = [], 0
    for name in sorted(gross.keys() | clearing_cents.keys()):
        ours, sides = clearing_cents.get(name, 0), (net.get(name, 0), gross.get(name, 0))
        theirs = ours if ours in sides else sides[0]
        theirs_cents += theirs
        if ours != theirs:
            found.append(_clearing_difference(name, ours, theirs))
    return Figure(Check.CLEARING, sum(clearing_cents.values()), theirs_cents, count), found


def _clearing_difference(name: str, ours_cents: int, theirs_cents: int) -> Difference:
    if not ours_cents:
        sentence = "The processor moved money that our ledger does not know of."
    elif not theirs_cents:
        sentence = "Our ledger has money at the processor that it paid out, or never had."
    else:
        sentence = "Our ledger and the processor have different sums at the processor."
    return Difference(DifferenceKind.CLEARING, name, sentence, ours_cents, theirs_cents)
