"""The dealer's general ledger account numbers as an administrator changes them."""

from dataclasses import asdict, replace

from chalicelib.domain.dealers import Dealer, GlAccounts
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.gl_numbers import wrong_numbers
from chalicelib.domain.ids import DealerId
from chalicelib.domain.settlements import PostingState, Settlement
from chalicelib.services.keep_settings import keep_settings, told_changes
from chalicelib.services.world import World
from chalicelib.storage.dealers import fresh_dealer
from chalicelib.storage.settlements import find_posting, settlements_between

NEWEST = 500  # Two years of daily deposits; none stays half posted for as long.


def change_gl_accounts(
    world: World, dealer_id: DealerId, *, accounts: GlAccounts, read_version: int, operator: str
) -> Dealer:
    """The dealer with these numbers, audited; nothing is written if nothing changed.

    Raises InvalidInput with every wrong number, and Conflict if the settings changed meanwhile or
    Clearing changes while a settlement is half posted: it would be left open on both numbers.
    """
    dealer = fresh_dealer(dealer_id)
    wrong = wrong_numbers(accounts)
    if wrong:
        raise InvalidInput("Please correct the account numbers.", wrong)
    changes = told_changes(asdict(dealer.gl), asdict(accounts))
    if not changes:
        return dealer
    if accounts.clearing != dealer.gl.clearing:
        _check_postings(dealer_id)
    return keep_settings(
        world,
        replace(dealer, gl=accounts),
        read_version=read_version,
        operator=operator,
        what=f"General ledger: {changes}",
    )


def _check_postings(dealer_id: DealerId) -> None:
    for settlement in settlements_between(dealer_id, (None, None), most=NEWEST):
        if _is_half_made(settlement):
            sentence = (
                f"Settlement {settlement.settlement_id} is half posted, and its other half would "
                "go to another Clearing account. Finish its posting first."
            )
            raise Conflict(sentence)


def _is_half_made(settlement: Settlement) -> bool:
    """True if some categories are kept as they are sent, with the old number, and some are not."""
    rows = [row for row in settlement.postings if row.state is not PostingState.NOTHING]
    if all(row.state is PostingState.POSTED for row in rows):
        return False
    where = settlement.dealer_id, settlement.settlement_id
    return len({find_posting(*where, row.reference) is not None for row in rows}) > 1
