"""What a settlement consists of, for its page: every line, and what is unusual, in words."""

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.settlements import (
    Movement,
    MovementKind,
    Settlement,
    SettlementKind,
    SettlementPart,
)
from chalicelib.entrypoints.presenting import zoned
from chalicelib.rendering.views import settlements as views
from chalicelib.rendering.views.chrome import Badge
from chalicelib.rendering.words import money
from chalicelib.services.view_settlement import SettlementDetail

PAYMENTS = "/console/payments"
FAILED = (
    "The bank sent it back on {on}. Its money is at the processor again and comes with a later "
    "deposit, which books it. Check the bank account in the processor’s dashboard."
)
BY_HAND = (
    "Somebody asked the processor for this deposit, so it does not list what it consists of. "
    "Enter it in Spruce – debit {bank}, credit {clearing} – and resolve it with a reason."
)
NO_CASH = (
    "Payments made with credits alone and disputes that were lost on this day. It is posted like "
    "any other settlement."
)
NEGATIVE = "More was taken back than came in, so {taken} was debited."
KIND_BADGES = {
    MovementKind.REFUND: Badge(label="Refund", tone="warn"),
    MovementKind.REFUND_FAILURE: Badge(label="Refund came back", tone="info"),
    MovementKind.RETURN: Badge(label="Return", tone="bad"),
    MovementKind.DISPUTE: Badge(label="Dispute", tone="bad"),
    MovementKind.DISPUTE_REVERSAL: Badge(label="Dispute won", tone="good"),
    MovementKind.DISPUTE_LOST: Badge(label="Dispute lost", tone="bad"),
    MovementKind.FAILED_PAYOUT: Badge(label="Failed deposit", tone="warn"),
    MovementKind.FEE: Badge(label="Processor fee"),
    MovementKind.ADJUSTMENT: Badge(label="Adjustment"),
}


def deposit_lines(found: SettlementDetail, dealer: Dealer) -> tuple[views.DepositLine, ...]:
    """Payments first, then movements, each with its amount, fee and net."""
    settlement = found.settlement
    problems = dict(text.split(": ", 1) for text in settlement.unmatched if ": " in text)
    settled_at = {payment.payment_id: payment.settled_at for payment in found.payments}
    parts = tuple(
        _part_line(part, zoned(dealer, settled_at.get(part.payment_id)), problems)
        for part in settlement.parts
    )
    return parts + tuple(_movement_line(it, dealer, problems) for it in settlement.movements)


def _part_line(part: SettlementPart, at: str, problems: dict[str, str]) -> views.DepositLine:
    return views.DepositLine(
        what=Badge(label="Payment", tone="good"),
        amount_cents=part.gross_cents,
        fee_cents=part.fee_cents,
        net_cents=part.net_cents,
        at=at,
        number=part.number,
        href=f"{PAYMENTS}/{part.number}",
        payer_name=part.account_name,
        payer_number=part.account_id,
        reference=part.transaction_id,
        problem=problems.get(part.transaction_id, ""),
    )


def _movement_line(
    movement: Movement, dealer: Dealer, problems: dict[str, str]
) -> views.DepositLine:
    return views.DepositLine(
        what=KIND_BADGES[movement.kind],
        amount_cents=movement.amount_cents,
        fee_cents=movement.fee_cents,
        net_cents=movement.net_cents,
        at=zoned(dealer, movement.at),
        number=movement.number,
        href=f"{PAYMENTS}/{movement.number}" if movement.number else "",
        payer_name=movement.account_name,
        payer_number=movement.account_id,
        reference=movement.source_id or movement.transaction_id,
        problem=problems.get(movement.transaction_id, ""),
    )


def unexplained(settlement: Settlement) -> tuple[str, ...]:
    """Sentences about rows that appear in no line of the page."""
    shown = {part.transaction_id for part in settlement.parts}
    shown |= {movement.transaction_id for movement in settlement.movements}
    return tuple(text for text in settlement.unmatched if text.split(": ", 1)[0] not in shown)


def remarks(settlement: Settlement, dealer: Dealer) -> tuple[views.Remark, ...]:
    """What is unusual about it, in words."""
    found = []
    if settlement.failed_at:
        text = FAILED.format(on=zoned(dealer, settlement.failed_at)[:10])
        found.append(views.Remark(heading="This deposit never arrived", text=text, tone="bad"))
    if settlement.kind is SettlementKind.MANUAL:
        text = BY_HAND.format(bank=dealer.gl.bank, clearing=dealer.gl.clearing)
        found.append(views.Remark(heading="Paid out by hand", text=text))
    if settlement.kind is SettlementKind.NON_CASH:
        found.append(views.Remark(heading="No money moved", text=NO_CASH, tone="info"))
    if settlement.deposit_cents < 0:
        text = NEGATIVE.format(taken=money(-settlement.deposit_cents))
        heading = "The processor took money from your bank"
        found.append(views.Remark(heading=heading, text=text))
    return tuple(found)


def note(settlement: Settlement) -> Badge | None:
    """The same as one badge for the list."""
    if settlement.failed_at:
        return Badge(label="Never arrived", tone="bad")
    if settlement.kind is SettlementKind.MANUAL:
        return Badge(label="By hand", tone="warn")
    return Badge(label="No cash") if settlement.kind is SettlementKind.NON_CASH else None
