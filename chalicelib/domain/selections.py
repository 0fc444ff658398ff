"""What a payer ticked, checked against what is owed before anything is priced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import Owed
from chalicelib.domain.credits import OpenCredit
from chalicelib.domain.errors import InvalidInput, PayableAlreadyClaimed
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import Payable, PayableKind

NOTHING_OWED = Owed(0, 0)


@dataclass(frozen=True, slots=True)
class Selection:
    """Ticked payables with the cents to pay, None for all that is available.

    Ticked credits may net across jobs; the others are preselected by rule unless switched off,
    all of them or those `left_out`. `surplus_cents` is paid beyond the ticked payables and becomes
    unapplied cash. `names_documents`: somebody chose single documents, not jobs or an amount.
    """

    amounts: Mapping[PayableId, int | None] = field(default_factory=dict)
    preselect_credits: bool = True
    surplus_cents: int = 0
    left_out: tuple[PayableId, ...] = ()
    names_documents: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked selection: documents with their allocations in cents, and usable credits."""

    documents: tuple[Payable, ...]
    allocations: Mapping[PayableId, int]
    credits_open: tuple[OpenCredit, ...]


def check_selection(
    selection: Selection, payables: Sequence[Payable], owed: Mapping[PayableId, Owed]
) -> Asked:
    """Check every tick in the order: known, positive, available.

    Raises InvalidInput (unknown or foreign payable, amount not positive or above what is owed,
    nothing to pay) and PayableAlreadyClaimed (another payment of ours holds the money).
    """
    if selection.surplus_cents < 0:
        raise InvalidInput("An amount can't be negative.", {"surplus": "Enter 0 or more."})
    known = {payable.payable_id for payable in payables}
    for payable_id in selection.amounts:
        if payable_id not in known:
            raise InvalidInput(
                f"{payable_id} is not open on this account.", {payable_id: "Not open."}
            )
    allocations: dict[PayableId, int] = {}
    documents: list[Payable] = []
    credits_open: list[OpenCredit] = []
    for payable in payables:
        payable_id = payable.payable_id
        if payable_id not in selection.amounts:
            if payable_id not in selection.left_out:
                credits_open += _preselected(payable, owed, selection)
            continue
        amount_cents = _amount(payable, owed, selection.amounts[payable_id])
        if payable.kind is PayableKind.CREDIT:
            credits_open.append(OpenCredit(payable, amount_cents, is_ticked=True))
        else:
            documents.append(payable)
            allocations[payable_id] = amount_cents
    if not documents and not selection.surplus_cents:
        raise InvalidInput("Tick at least one invoice to pay.")
    return Asked(tuple(documents), allocations, tuple(credits_open))


def check_billing(selection: Selection, account: Account) -> None:
    """Raises InvalidInput if single documents were chosen of an account paid by its balance."""
    if account.is_paid_by_balance and selection.names_documents:
        raise InvalidInput(
            "This account is paid by its balance. Tick a job, pay the statement, the whole balance "
            "or an amount."
        )


def _preselected(
    payable: Payable, owed: Mapping[PayableId, Owed], selection: Selection
) -> list[OpenCredit]:
    if not selection.preselect_credits or payable.in_query:
        return []
    available_cents = owed.get(payable.payable_id, NOTHING_OWED).available_cents
    if payable.kind is not PayableKind.CREDIT or not available_cents:
        return []
    return [OpenCredit(payable, available_cents)]


def _amount(payable: Payable, owed: Mapping[PayableId, Owed], asked_cents: int | None) -> int:
    name = payable.payable_id
    standing = owed.get(name, NOTHING_OWED)
    amount_cents = standing.available_cents if asked_cents is None else asked_cents
    if asked_cents is not None and asked_cents <= 0:
        raise InvalidInput(f"The amount for {name} must be above zero.", {name: "Above zero."})
    most_cents = max(payable.open_cents, standing.owed_cents)  # Reopened: the ERP's is behind.
    if asked_cents is not None and amount_cents > most_cents:
        raise InvalidInput(
            f"The amount for {name} is more than is owed on it.", {name: "More than is owed."}
        )
    if most_cents <= 0:
        raise InvalidInput(f"Nothing is owed on {name}.", {name: "Nothing owed."})
    if amount_cents <= 0 or amount_cents > standing.available_cents:
        raise PayableAlreadyClaimed(f"Another payment is already paying {name}.")
    return amount_cents
