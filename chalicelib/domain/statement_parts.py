"""A statement as something to pay: its members, the whole of it, and what a selection holds."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import Owed
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.selections import Selection
from chalicelib.domain.statements import Statement, member_ids


def current_statement(account: Account, dealer: Dealer) -> Statement | None:
    """The account's newest statement; None for a dealer without statements."""
    return account.statement if dealer.statements_on else None


def statement_members(
    account: Account, dealer: Dealer, payables: Iterable[Payable]
) -> frozenset[PayableId]:
    """The open items of the current statement; none where there is no statement."""
    statement = current_statement(account, dealer)
    return member_ids(statement, payables) if statement else frozenset()


def whole_statement(
    payables: Iterable[Payable], owed: Mapping[PayableId, Owed], members: Collection[PayableId]
) -> Selection:
    """Everything of the statement that can be paid now, its credits included.

    What is in query waits for its answer; what another payment holds is being paid already.
    """
    return Selection(
        {
            item.payable_id: None
            for item in payables
            if item.payable_id in members
            and not item.in_query
            and owed[item.payable_id].available_cents
        }
    )


def part_on_statement(
    selection: Selection, payables: Iterable[Payable], members: Collection[PayableId]
) -> Selection:
    """The selection without the documents of later days; ticked credits and settings stay."""
    kept = {
        item.payable_id
        for item in payables
        if item.payable_id in members or item.kind is PayableKind.CREDIT
    }
    amounts = {name: cents for name, cents in selection.amounts.items() if name in kept}
    return replace(selection, amounts=amounts, surplus_cents=0)


def has_documents(selection: Selection, payables: Iterable[Payable]) -> bool:
    """True if the selection ticks an invoice or debit, so that there is something to pay."""
    return any(
        item.payable_id in selection.amounts and item.kind is not PayableKind.CREDIT
        for item in payables
    )
