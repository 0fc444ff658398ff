"""When a settlement needs a person, and what that person is told."""

from datetime import datetime

from chalicelib.domain.notices import Notice, NoticeKind
from chalicelib.domain.settlements import Settlement

MANUAL_PAYOUT = "a payout made by hand does not list what it consists of"


def failed_payout_notice(settlement: Settlement, at: datetime) -> Notice:
    """The bank sent a deposit back."""
    return _about(
        settlement,
        "The bank sent this deposit back. Its money is at the processor again and comes with a "
        "later deposit; check the bank account in the processor's dashboard.",
        at,
    )


def manual_payout_notice(settlement: Settlement) -> Notice:
    """A deposit that cannot be proven; ends when it is resolved with a reason."""
    return _about(
        settlement,
        "This deposit was made by hand at the processor, so it does not list what it consists "
        "of. Enter it in Spruce and resolve it with a reason.",
        settlement.created_at,
    )


def _about(settlement: Settlement, sentence: str, at: datetime) -> Notice:
    return Notice(
        NoticeKind.PAYOUT,
        settlement.settlement_id,
        sentence,
        at,
        path=f"/console/settlements/{settlement.settlement_id}",
        amount_cents=settlement.deposit_cents,
    )
