"""Paying a statement end to end: money.md's examples from the quote to the dealer's ledger."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.dealers import FeePolicy
from chalicelib.domain.errors import InvalidInput, QuoteOutdated
from chalicelib.domain.ids import PayableId, QuoteId
from chalicelib.domain.ledger import LedgerAccount, balance
from chalicelib.domain.payables import Payable
from chalicelib.domain.posting import postings
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.selections import Selection
from chalicelib.domain.settlements import PostingCategory
from chalicelib.domain.statements import Statement
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.select_payables import statement_selection
from chalicelib.services.view_outstanding import view_outstanding
from chalicelib.services.view_payment import view_payment
from chalicelib.services.view_settlement import view_settlement
from chalicelib.services.view_statement import StatementStanding
from chalicelib.storage.accounts import get_state
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ledger import trial_balance
from chalicelib.storage.quotes import get_stored_quote
from tests.domain.builders import a_credit, a_payable, a_statement
from tests.services.settling import ACCOUNT, SettlingWorld
from tests.services.story import carry, link_bank, open_account, open_dealer, pay_out, settle

LAST_DAY = date(2026, 11, 30)
LAST_SECOND = datetime(2026, 12, 1, 7, 59, 59, tzinfo=UTC)  # 23:59:59 in Los Angeles.
P1 = (
    a_payable("A", 100_000, job_id="J-7", statement_id="S-10"),
    a_payable("B", 50_000, job_id="J-7", statement_id="S-10"),
    a_credit("K", 10_000, job_id="J-7", applies_to="A", statement_id="S-10"),
)


def closed(balance_cents: int, discount_cents: int, **changes: object) -> Statement:
    """A statement whose base is its balance, with a discount until the end of November."""
    frozen: dict[str, object] = {
        "balance_cents": balance_cents,
        "discount_base_cents": balance_cents,
        "discount_cents": discount_cents,
        "discount_day": LAST_DAY,
    }
    return a_statement(**{**frozen, **changes})


def owing(
    world: SettlingWorld, statement: Statement, *payables: Payable, fee_cents: int = 0
) -> None:
    """The dealer with statements on, and one account that owes these on this statement."""
    open_dealer(world, statements_on=True, auto_post=True, fees=FeePolicy(ach_flat_cents=fee_cents))
    open_account(world, payables, statement=statement)


def whole(world: SettlingWorld) -> Quote:
    """What the one click on Pay statement previews."""
    return quoted(world, statement_selection(world, world.dealer_id, account_id=ACCOUNT))


def quoted(world: SettlingWorld, selection: Selection, view: View = View.STATEMENT) -> Quote:
    """A stored preview."""
    return quote_payment(
        world,
        world.dealer_id,
        account_id=ACCOUNT,
        selection=selection,
        view=view,
        method_kind="ach",
    )


def standing(world: SettlingWorld) -> StatementStanding:
    """How the statement stands on the payer's page."""
    found = view_outstanding(world, world.dealer_id, account_id=ACCOUNT).statement
    assert found is not None
    return found


def ticked(*names: str) -> Selection:
    return Selection({PayableId(name): None for name in names})


def test_p1_paid_as_a_statement_reaches_the_ledger_and_spruce_as_the_rules_say(
    settling: SettlingWorld,
) -> None:
    owing(settling, closed(140_000, 2_800), *P1, fee_cents=3_000)

    quote = whole(settling)
    payment = carry(settling, link_bank(settling), quote)
    settle(settling, payment)
    settlement_id = pay_out(settling)
    ended = settling.run_settlement(settlement_id)

    ledger = view_payment(
        settling, settling.dealer_id, name=payment.number, account_id=ACCOUNT
    ).ledger
    books, ours = balance(ledger), trial_balance(settling.dealer_id)
    assert (quote.charged_cents, quote.discount_cents, ended) == (140_200, 2_800, "posted")
    assert books[LedgerAccount.CLEARING] == 140_200
    assert books[LedgerAccount.DISCOUNTS_ALLOWED] == 2_800
    assert books[LedgerAccount.ACCOUNTS_RECEIVABLE] == 10_000 - 150_000
    assert books[LedgerAccount.FEE_INCOME] == -3_000
    assert (sum(ours.values()), ours[LedgerAccount.CLEARING]) == (0, 0)
    shown = view_settlement(settling, settling.dealer_id, settlement_id=settlement_id)
    made = postings(shown.settlement, shown.payments, get_dealer(settling.dealer_id))
    lines = {
        (line.kind, line.document): line.amount_cents
        for posting in made
        if posting.category is not PostingCategory.CASH_AND_OTHER
        for line in posting.lines
    }
    assert lines == {
        ("payment", "A"): 88_200,
        ("payment", "B"): 49_000,
        ("discount", "A"): 1_800,
        ("discount", "B"): 1_000,
        ("credit", "A"): 10_000,
    }
    assert view_outstanding(settling, settling.dealer_id, account_id=ACCOUNT).open_cents == 0


@pytest.mark.parametrize(
    ("payables", "statement", "charged_cents", "discount_cents"),
    [
        pytest.param(
            (a_payable("A", 100_000, open_cents=40_000, statement_id="S-10"),),
            closed(100_000, 2_000),
            *(39_200, 800),
            id="600 paid at the counter",
        ),
        pytest.param(
            (a_payable("A", 100_000, statement_id="S-10"), a_credit("K", 15_000)),
            closed(100_000, 2_000),
            *(83_300, 1_700),
            id="a later credit of 150",
        ),
        pytest.param(
            tuple(a_payable(f"I{n}", 1_225, statement_id="S-10") for n in range(40)),
            closed(49_000, 980),
            *(48_020, 980),
            id="forty small invoices round once",
        ),
    ],
)
def test_the_examples_are_charged_and_booked_to_the_cent(
    settling: SettlingWorld,
    payables: tuple[Payable, ...],
    statement: Statement,
    charged_cents: int,
    discount_cents: int,
) -> None:
    owing(settling, statement, *payables)

    offered = standing(settling)
    payment = carry(settling, link_bank(settling), whole(settling))
    settle(settling, payment)
    ended = settling.run_settlement(pay_out(settling))

    ours = trial_balance(settling.dealer_id)
    assert payment.charged_cents == charged_cents
    assert (offered.charged_cents, offered.saving_cents) == (charged_cents, discount_cents)
    assert offered.other_credits_cents == payment.credits_cents
    assert ours[LedgerAccount.DISCOUNTS_ALLOWED] == payment.discount_cents == discount_cents
    assert (ended, sum(ours.values())) == ("posted", 0)


def test_the_statement_pays_its_credits_of_other_jobs_too(settling: SettlingWorld) -> None:
    away = a_credit("away", 5_000, job_id="J-9", statement_id="S-10")
    owing(settling, closed(135_000, 0), *P1, away)

    quote = whole(settling)

    assert quote.charged_cents == 135_000
    assert standing(settling).difference_cents == 0


def test_members_that_differ_from_the_balance_are_charged_and_the_difference_shown(
    settling: SettlingWorld,
) -> None:
    owing(settling, closed(145_000, 0), *P1)

    shown = standing(settling)

    assert (shown.open_cents, shown.difference_cents) == (140_000, -5_000)
    assert whole(settling).charged_cents == shown.charged_cents == 140_000


def test_a_statement_paid_down_by_a_payment_still_on_its_way_leaves_the_rest(
    settling: SettlingWorld,
) -> None:
    owing(settling, closed(140_000, 2_800), *P1)
    method = link_bank(settling)
    first = carry(settling, method, quoted(settling, ticked("B")))

    on_its_way = standing(settling)
    rest = whole(settling)

    assert (first.discount_cents, first.credits_cents) == (0, 10_000)  # Not the whole.
    assert on_its_way.in_flight_cents == 40_000
    assert on_its_way.charged_cents == rest.charged_cents == 100_000 - 2_000
    assert [line.payable_id for line in rest.lines] == ["A"]


def test_a_member_in_query_waits_and_does_not_cost_the_discount(settling: SettlingWorld) -> None:
    asked = a_payable("asked", 20_000, statement_id="S-10", in_query=True)
    owing(settling, closed(160_000, 3_200), *P1, asked)

    shown, quote = standing(settling), whole(settling)

    assert shown.in_query_cents == 20_000
    assert quote.discount_cents == 2_800
    assert {line.payable_id for line in quote.lines} == {"A", "B"}


def test_a_statement_that_is_being_paid_whole_offers_nothing(settling: SettlingWorld) -> None:
    owing(settling, closed(140_000, 2_800), *P1)
    carry(settling, link_bank(settling), whole(settling))

    shown = standing(settling)

    assert (shown.charged_cents, shown.saving_cents) == (None, 0)
    with pytest.raises(InvalidInput, match="paid or being paid"):
        whole(settling)


def test_after_its_members_are_gone_older_unlisted_items_do_not_become_the_statement(
    settling: SettlingWorld,
) -> None:
    carried = a_payable("old", 9_900, transaction_day=date(2026, 8, 1))
    other = a_payable("named", 100, statement_id="S-09", transaction_day=date(2026, 8, 1))
    owing(settling, closed(140_000, 2_800), carried, other)

    assert standing(settling).charged_cents is None


def test_a_preview_of_the_discount_ends_with_the_discount(settling: SettlingWorld) -> None:
    owing(settling, closed(140_000, 2_800), *P1)
    method = link_bank(settling)
    settling.clock.set(LAST_SECOND - timedelta(minutes=1))
    quote = whole(settling)
    settling.clock.set(LAST_SECOND + timedelta(seconds=1))

    with pytest.raises(QuoteOutdated) as outdated:
        carry(settling, method, quote)

    fresh, _ = get_stored_quote(settling.dealer_id, ACCOUNT, QuoteId(outdated.value.quote_id))
    assert (quote.discount_cents, quote.expires_at) == (2_800, LAST_SECOND)
    assert (fresh.quote.discount_cents, fresh.quote.charged_cents) == (0, 140_000)
    assert (standing(settling).saving_cents, standing(settling).saves_until) == (0, None)
    assert get_state(settling.dealer_id, ACCOUNT).claims == ()


def test_dealers_without_statements_show_none(settling: SettlingWorld) -> None:
    open_dealer(settling, statements_on=False)
    open_account(settling, P1, statement=closed(140_000, 2_800))

    found = view_outstanding(settling, settling.dealer_id, account_id=ACCOUNT)

    assert (found.statement, found.totals.outstanding_cents) == (None, 140_000)
