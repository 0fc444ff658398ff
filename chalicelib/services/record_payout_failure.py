"""A deposit that never arrived: the bank sent it back, and a later payout carries its money."""

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from chalicelib.domain.ids import DealerId, SettlementId
from chalicelib.domain.ledger import failed_payout_entry
from chalicelib.domain.settlement_notices import failed_payout_notice
from chalicelib.domain.settlements import Settlement, SettlementKind
from chalicelib.services.world import World
from chalicelib.storage import keys
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import line_puts
from chalicelib.storage.notices import notice_put
from chalicelib.storage.settlements import (
    StoredSettlement,
    find_settlement,
    get_settlement,
    settlement_put,
)
from chalicelib.storage.transactions import WritesRefused, transact

FAILED = ("failed", "canceled")


def record_payout_failure(
    world: World, dealer_id: DealerId, *, settlement_id: SettlementId
) -> Settlement | None:
    """The settlement as failed, with its entry and notice in one transaction; once.

    None if the processor does not say so, or the deposit's own entry is not written yet: proving
    it records the failure then. Raises what the processor's adapter raises.
    """
    stored = find_settlement(dealer_id, settlement_id)
    if stored is None:
        return None
    settlement = stored.settlement
    if settlement.failed_at or settlement.kind is SettlementKind.NON_CASH:
        return settlement if settlement.failed_at else None
    is_entered = settlement.is_proven or settlement.kind is SettlementKind.MANUAL
    acct = get_dealer(dealer_id).processor_account
    if not is_entered or world.processor.get_payout(acct, settlement_id).state not in FAILED:
        return None
    with suppress(WritesRefused):  # Somebody else wrote it, or the sweep comes again.
        _write(world, stored)
    stored_now = get_settlement(dealer_id, settlement_id)
    return stored_now if stored_now.failed_at else None


def _write(world: World, stored: StoredSettlement) -> None:
    now, settlement = world.clock.now(), stored.settlement
    dealer_id, settlement_id = settlement.dealer_id, settlement.settlement_id
    failed = replace(settlement, failed_at=now)
    writes = [
        settlement_put(failed, read_version=stored.version),
        *line_puts(
            dealer_id,
            partition=keys.settlement(dealer_id, settlement_id),
            event_key=f"payout_failed#{settlement_id}",
            lines=failed_payout_entry(settlement),
            at=now,
        ),
        notice_put(dealer_id, failed_payout_notice(settlement, now)),
    ]
    transact(writes, token=uuid4().hex)
