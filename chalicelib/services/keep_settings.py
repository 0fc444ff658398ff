"""Store a dealer's changed settings together with the line that says who changed what."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.errors import Conflict
from chalicelib.services.world import World
from chalicelib.storage.dealer_log import dealer_log_put
from chalicelib.storage.dealers import put_dealer
from chalicelib.storage.transactions import WritesRefused


def told_changes(before: Mapping[str, object], now: Mapping[str, object]) -> str:
    """What differs, for the audit log: "hold hours 0 → 24; phone …"; "" if nothing does."""
    return "; ".join(
        f"{name.replace('_', ' ')} {before[name]} → {now[name]}"
        for name in now
        if now[name] != before[name]
    )


def keep_settings(
    world: World, changed: Dealer, *, read_version: int, operator: str, what: str
) -> Dealer:
    """The dealer as stored, one version on; `what` goes into the audit log.

    Raises Conflict if somebody changed the settings since `read_version` was read.
    """
    raised = replace(changed, version=read_version + 1)
    line = dealer_log_put(changed.dealer_id, world.clock.now(), operator, what)
    try:
        put_dealer(raised, read_version=read_version, also=(line,))
    except WritesRefused as refused:
        raise Conflict("Somebody changed the settings meanwhile. Open the page again.") from refused
    return raised
