"""What is offered for a statement is what it takes, whatever is owed and already on its way."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import Claim, owed_by_payable
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.pricing import Selection, statement_saving_cents
from chalicelib.domain.quotes import View
from chalicelib.domain.statement_parts import (
    has_documents,
    part_on_statement,
    statement_members,
    whole_statement,
)
from tests.domain.builders import NOON, a_quote
from tests.properties.accounts import billed_accounts, claims_on, dealers, payables


@st.composite
def standings(
    draw: st.DrawFn,
) -> tuple[tuple[Payable, ...], tuple[Claim, ...], Account, Dealer]:
    """What an account owes, what is on its way, and its statement."""
    listed = draw(payables())
    return listed, draw(claims_on(listed)), draw(billed_accounts()), draw(dealers())


@given(standings())
def test_the_saving_offered_in_all_is_the_discount_the_statement_takes(
    standing: tuple[tuple[Payable, ...], tuple[Claim, ...], Account, Dealer],
) -> None:
    listed, claims, account, dealer = standing
    owed = owed_by_payable(listed, claims, NOON)
    everything = Selection(
        {
            item.payable_id: None
            for item in listed
            if item.kind is not PayableKind.CREDIT and owed[item.payable_id].available_cents
        }
    )

    saving_cents = statement_saving_cents(
        payables=listed,
        claims=claims,
        account=account,
        dealer=dealer,
        selection=everything,
        now=NOON,
    )
    part = part_on_statement(everything, listed, statement_members(account, dealer, listed))
    taken = _discount_cents(part, standing)

    assert saving_cents in (0, taken)


@given(standings())
def test_the_whole_statement_charges_its_members_once_and_never_below_zero(
    standing: tuple[tuple[Payable, ...], tuple[Claim, ...], Account, Dealer],
) -> None:
    listed, claims, account, dealer = standing
    owed = owed_by_payable(listed, claims, NOON)
    members = statement_members(account, dealer, listed)
    whole = whole_statement(listed, owed, members)
    if not has_documents(whole, listed):
        return

    quote = a_quote(
        listed,
        ticked=dict(whole.amounts),
        claims=claims,
        account=account,
        dealer=dealer,
        view=View.STATEMENT,
    )

    open_cents = sum(owed[line.payable_id].available_cents for line in quote.lines)
    assert {line.payable_id for line in quote.lines} <= members
    assert quote.allocations_cents == open_cents
    assert 0 <= quote.charged_cents <= open_cents + quote.fee_cents


def _discount_cents(
    selection: Selection,
    standing: tuple[tuple[Payable, ...], tuple[Claim, ...], Account, Dealer],
) -> int:
    listed, claims, account, dealer = standing
    if not has_documents(selection, listed):
        return 0
    return a_quote(
        listed,
        ticked=dict(selection.amounts),
        claims=claims,
        account=account,
        dealer=dealer,
        view=View.STATEMENT,
    ).discount_cents
