"""Whole jobs ticked by a payer, as the payables that can be paid now."""

from collections.abc import Collection

from chalicelib.domain.ids import AccountId, DealerId, PayableId
from chalicelib.domain.payables import PayableKind
from chalicelib.domain.pricing import owed_on
from chalicelib.services.world import World
from chalicelib.storage.accounts import get_state


def payables_of_jobs(
    world: World,  # noqa: ARG001  Every use case takes the world first.
    dealer_id: DealerId,
    *,
    account_id: AccountId,
    job_ids: Collection[str],
) -> tuple[PayableId, ...]:
    """Every invoice and debit of the jobs ("" = no job) that nobody is paying yet; one Query.

    Credits are left to the quote's own rule. Raises NotFound for a missing account.
    """
    state = get_state(dealer_id, account_id)
    owed = owed_on(state.payables, state.claims, state.account)
    return tuple(
        item.payable_id
        for item in state.payables
        if item.job_id in job_ids
        and item.kind is not PayableKind.CREDIT
        and owed[item.payable_id].available_cents > 0
    )
