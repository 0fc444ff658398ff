"""What a payer may choose: a view, words and an age, an amount, other credits, the statement."""

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import PayableId
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.selections import Selection
from chalicelib.services.change_quote import change_quote, quote_as_statement
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.select_payables import lump_sum, payables_of_jobs
from chalicelib.services.view_outstanding import LATE, Narrowing, Outstanding, view_outstanding
from chalicelib.services.view_quote_choices import QuoteChoices, view_quote_choices
from tests.domain.builders import a_credit, a_payable, a_statement
from tests.services.settling import ACCOUNT, START, SettlingWorld
from tests.services.story import open_account, open_dealer

TODAY = START.date()
OPEN = (
    a_payable(
        "INV-1",
        100_000,
        job_id="J-7",
        job_name="Cañon Barn",
        po_number="PO 81",
        statement_id="S-10",
    ),
    a_payable("INV-2", 50_000, job_id="J-7", job_name="Cañon Barn", statement_id="S-10"),
    a_payable("INV-3", 30_000, job_id="J-9", due_day=TODAY, transaction_day=TODAY),
    a_credit("CM-7", 10_000, job_id="J-7", job_name="Cañon Barn", statement_id="S-10"),
    a_credit("CM-9", 40_000, job_id="J-9", transaction_day=TODAY),
)


@pytest.fixture
def world(settling: SettlingWorld) -> SettlingWorld:
    """One account with two jobs, two credits and a statement that saves $28."""
    open_dealer(settling, statements_on=True)
    open_account(settling, OPEN, statement=a_statement(discount_day=TODAY))
    return settling


def shown(world: SettlingWorld, **asked: object) -> Outstanding:
    narrowing = Narrowing(**asked)  # type: ignore[arg-type]
    return view_outstanding(world, world.dealer_id, account_id=ACCOUNT, narrowing=narrowing)


def names(found: Outstanding) -> set[str]:
    return {row.payable.payable_id for job in found.jobs for row in job.payables}


def quoted(world: SettlingWorld, selection: Selection, view: View = View.ALL) -> Quote:
    return quote_payment(
        world,
        world.dealer_id,
        account_id=ACCOUNT,
        selection=selection,
        view=view,
        method_kind="ach",
    )


def ticked(*payables: str) -> Selection:
    return Selection({PayableId(name): None for name in payables})


def choices(world: SettlingWorld, quote: Quote) -> QuoteChoices:
    return view_quote_choices(world, world.dealer_id, account_id=ACCOUNT, quote_id=quote.quote_id)


def changed(
    world: SettlingWorld,
    quote: Quote,
    *credit_ids: str,
    surplus_cents: int = 0,
    **amounts: int,
) -> Quote:
    return change_quote(
        world,
        world.dealer_id,
        account_id=ACCOUNT,
        quote_id=quote.quote_id,
        amounts={PayableId(name.replace("_", "-")): cents for name, cents in amounts.items()},
        credit_ids=[PayableId(name) for name in credit_ids],
        surplus_cents=surplus_cents,
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"INV-1", "INV-2", "INV-3", "CM-7", "CM-9"}),
        ({"view": View.STATEMENT}, {"INV-1", "INV-2", "CM-7"}),
        ({"view": View.NEW_CHARGES}, {"INV-3", "CM-9"}),
        ({"text": "canon barn"}, {"INV-1", "INV-2", "CM-7"}),
        ({"text": "po 81"}, {"INV-1"}),
        ({"text": "inv-3"}, {"INV-3"}),
        ({"text": "nothing such"}, set()),
        ({"age": LATE}, {"INV-1", "INV-2"}),
        ({"age": "1-30"}, {"INV-1", "INV-2"}),
        ({"age": "current"}, {"INV-3"}),
        ({"age": "91+"}, set()),
        ({"view": View.NEW_CHARGES, "age": LATE}, set()),
    ],
)
def test_a_view_words_and_an_age_narrow_the_list_together(
    world: SettlingWorld, asked: dict[str, object], found: set[str]
) -> None:
    assert names(shown(world, **asked)) == found


def test_the_totals_are_those_of_what_is_shown_beside_the_whole_balance(
    world: SettlingWorld,
) -> None:
    narrowed = shown(world, text="canon")

    assert narrowed.totals.outstanding_cents == 140_000
    assert narrowed.open_cents == 130_000
    assert [job.preselected_cents for job in narrowed.jobs] == [10_000]


def test_a_ticked_job_means_the_rows_that_were_shown_of_it(world: SettlingWorld) -> None:
    def asked(narrowing: Narrowing) -> set[str]:
        return set(
            payables_of_jobs(
                world,
                world.dealer_id,
                account_id=ACCOUNT,
                job_ids={"J-7"},
                narrowing=narrowing,
            )
        )

    assert asked(Narrowing(text="po 81")) == {"INV-1"}
    assert asked(Narrowing()) == {"INV-1", "INV-2", "CM-7"}


@pytest.mark.parametrize(
    ("cents", "allocations", "surplus_cents"),
    [
        (60_000, {"INV-1": 60_000}, 0),
        (120_000, {"INV-1": 100_000, "INV-2": 20_000}, 0),
        (200_000, {"INV-1": 100_000, "INV-2": 50_000, "INV-3": 30_000}, 20_000),
    ],
)
def test_an_amount_pays_the_oldest_first_and_the_rest_stays_on_account(
    world: SettlingWorld, cents: int, allocations: dict[str, int], surplus_cents: int
) -> None:
    selection = lump_sum(world, world.dealer_id, account_id=ACCOUNT, amount_cents=cents)
    quote = quoted(world, selection)

    assert {line.payable_id: line.allocation_cents for line in quote.lines} == allocations
    assert (quote.surplus_cents, quote.credits_cents) == (surplus_cents, 0)
    assert quote.charged_cents - quote.fee_cents == cents


def test_an_amount_of_nothing_is_refused(world: SettlingWorld) -> None:
    with pytest.raises(InvalidInput, match="Type the amount"):
        lump_sum(world, world.dealer_id, account_id=ACCOUNT, amount_cents=0)


def test_a_preselected_credit_can_be_unticked_and_stays_away(world: SettlingWorld) -> None:
    before = quoted(world, ticked("INV-1"))

    without = changed(world, before)
    later = changed(world, without, INV_1=40_000)

    assert before.credits_cents == 10_000
    assert (without.credits_cents, later.credits_cents) == (0, 0)
    assert later.allocations_cents == 40_000


def test_a_credit_crosses_jobs_only_once_it_is_ticked(world: SettlingWorld) -> None:
    before = quoted(world, ticked("INV-1"))

    after = changed(world, before, "CM-7", "CM-9")

    assert {effect.payable_id for effect in before.credits_used} == {"CM-7"}
    assert {effect.payable_id for effect in after.credits_used} == {"CM-7", "CM-9"}
    assert [(item.payable_id, item.used_cents) for item in choices(world, after).credits_open] == [
        ("CM-7", 10_000),
        ("CM-9", 40_000),
    ]


def test_changing_an_amount_does_not_make_a_preselected_credit_cross_jobs(
    world: SettlingWorld,
) -> None:
    before = quoted(world, ticked("INV-1", "INV-3"))

    after = changed(world, before, "CM-7", "CM-9", INV_1=90_000)

    assert before.credits_cents == 10_000 + 30_000
    assert after.credits_cents == 10_000 + 30_000


def test_amounts_are_edited_emptied_and_topped_up(world: SettlingWorld) -> None:
    before = quoted(world, ticked("INV-1", "INV-2"))

    after = changed(world, before, INV_1=25_000, INV_2=0, surplus_cents=500)

    assert [(line.payable_id, line.allocation_cents) for line in after.lines] == [("INV-1", 25_000)]
    assert after.surplus_cents == 500


@pytest.mark.parametrize("amounts", [{"INV_1": 100_001}, {"INV_1": 0}, {"OTHER": 5}])
def test_a_wrong_change_is_refused(world: SettlingWorld, amounts: dict[str, int]) -> None:
    before = quoted(world, ticked("INV-1"))

    with pytest.raises(InvalidInput):
        changed(world, before, **amounts)


def test_everything_of_the_statement_ticked_in_all_offers_to_pay_it_as_the_statement(
    world: SettlingWorld,
) -> None:
    quote = quoted(world, ticked("INV-1", "INV-2", "INV-3"))

    offer = choices(world, quote)
    taken = quote_as_statement(world, world.dealer_id, account_id=ACCOUNT, quote_id=quote.quote_id)

    assert (quote.discount_cents, offer.saving_cents, offer.later) == (0, 2_800, 1)
    assert (taken.view, taken.discount_cents) == (View.STATEMENT, 2_800)
    assert {line.payable_id for line in taken.lines} == {"INV-1", "INV-2"}
    assert choices(world, taken).saving_cents == 0


def test_less_than_the_statement_is_allowed_and_says_what_is_lost(world: SettlingWorld) -> None:
    part = quoted(world, ticked("INV-2"), View.STATEMENT)
    in_all = quoted(world, ticked("INV-2"))

    assert (part.discount_cents, choices(world, part).lost_cents) == (0, 2_800)
    assert (choices(world, in_all).saving_cents, choices(world, in_all).lost_cents) == (0, 0)
