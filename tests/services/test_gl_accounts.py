"""General ledger numbers: audited, posted to from then on, never changed under half a posting."""

from dataclasses import replace

import pytest

from chalicelib.domain.dealers import Dealer, GlAccounts
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.settlements import PostingCategory
from chalicelib.services.change_gl_accounts import change_gl_accounts
from chalicelib.services.post_settlement import post_category
from chalicelib.storage.dealer_log import list_dealer_log
from chalicelib.storage.dealers import fresh_dealer
from chalicelib.storage.ledger import trial_balance
from tests.services.settling import SettlingWorld
from tests.services.story import open_dealer
from tests.services.test_posting import fault
from tests.services.test_posting_by_hand import choose, waiting
from tests.services.test_settlement import gl

OURS = GlAccounts(clearing="10-1050", bank="10-1010", fee_income="10-4950")


def change(world: SettlingWorld, accounts: GlAccounts = OURS, **changes: int) -> Dealer:
    version = fresh_dealer(world.dealer_id).version
    asked = {"read_version": version, **changes}
    return change_gl_accounts(world, world.dealer_id, accounts=accounts, operator="Dana", **asked)


def post(world: SettlingWorld, settlement_id: object, *categories: PostingCategory) -> list[str]:
    return [
        post_category(
            world, world.dealer_id, settlement_id=settlement_id, category=category
        )["outcome"]
        for category in categories
    ]  # fmt: skip


def test_a_change_is_kept_with_who_and_what(settling: SettlingWorld) -> None:
    open_dealer(settling)

    for _ in range(2):  # The same again is no change.
        change(settling)

    now, (line,) = fresh_dealer(settling.dealer_id), list_dealer_log(settling.dealer_id)
    assert (now.gl, now.version) == (OURS, 2)
    assert (line.source, line.text) == (
        "Dana",
        "General ledger: clearing 1050 → 10-1050; bank 1010 → 10-1010; fee income 4950 → 10-4950",
    )


def test_a_page_opened_before_another_change_changes_nothing(settling: SettlingWorld) -> None:
    open_dealer(settling)
    change(settling)

    with pytest.raises(Conflict):
        change(settling, GlAccounts(), read_version=1)

    assert fresh_dealer(settling.dealer_id).gl == OURS


def test_a_number_used_twice_is_refused(settling: SettlingWorld) -> None:
    dealer = open_dealer(settling)

    with pytest.raises(InvalidInput) as refused:
        change(settling, GlAccounts(bank="1050"))

    assert set(refused.value.fields) == {"bank", "clearing"}
    assert fresh_dealer(settling.dealer_id) == dealer


def test_what_is_not_posted_yet_goes_to_the_new_accounts(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    change(settling)

    outcomes = post(settling, settlement_id, *PostingCategory)

    numbers = {getattr(OURS, name): cents
               for name, cents in trial_balance(settling.dealer_id).items() if cents}  # fmt: skip
    assert set(outcomes) == {"posted"}
    assert {name: cents for name, cents in gl(settling).items() if cents} == numbers
    assert "1050" not in gl(settling)


def test_clearing_does_not_move_under_half_a_posting(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    rest = [it for it in PostingCategory if it is not PostingCategory.INVOICES]
    post(settling, settlement_id, PostingCategory.INVOICES)

    with pytest.raises(Conflict, match="half posted"):
        change(settling)
    change(settling, GlAccounts(bank="10-1010"))  # Touches no other category's accounts.
    post(settling, settlement_id, *rest)
    change(settling)

    assert gl(settling).get("1050", 0) == 0
    assert fresh_dealer(settling.dealer_id).gl == OURS


def test_a_refused_posting_does_not_keep_a_wrong_number_in_place(settling: SettlingWorld) -> None:
    """A definite no, as for an account Spruce does not know: the way out is the right number."""
    settlement_id = waiting(settling)
    fault(settling, "period_closed", "invoices")
    refused = post(settling, settlement_id, PostingCategory.INVOICES)

    change(settling)

    assert refused == ["failed"]
    assert set(post(settling, settlement_id, *PostingCategory)) == {"posted"}
    assert "1050" not in gl(settling)


def test_files_made_for_posting_by_hand_keep_their_numbers(settling: SettlingWorld) -> None:
    settlement_id = waiting(settling)
    choose(settling, settlement_id)

    changed = change(settling)

    assert changed.gl == replace(OURS)
