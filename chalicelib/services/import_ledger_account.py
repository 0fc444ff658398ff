"""What the ERP's rows make of one account: pure, so every rule of an import can be tested alone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.domain.accounts import Account, Contact
from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.ids import AccountId, DealerId, PayableId, PaymentId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.statements import Statement
from chalicelib.services.import_ledger_spill import SpilledRow
from chalicelib.services.read_import_files_rows import AccountRow, AppliedRow, PayableRow
from chalicelib.storage.accounts import AccountState
from chalicelib.storage.pages import ClosedPayable


@dataclass(frozen=True, slots=True)
class ImportTerms:
    """What holds for the whole import.

    `full`: the files are everything, so payables that vanished are closed. `payments_listed`: a
    payments file came along, and it, not the clock, says which claims the ERP's figures contain.
    """

    dealer_id: DealerId
    as_of: datetime
    full: bool = False
    payments_listed: bool = False
    number_prefix: str = "DP-"

    def is_ours(self, voucher: str) -> bool:
        """True if a credit's voucher is a payment number of ours: cash on account come back."""
        return (
            voucher.startswith(self.number_prefix)
            and voucher.removeprefix(self.number_prefix).isdecimal()
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored about an account; `closed` and `statements` only if the rows touch them."""

    state: AccountState | None
    closed: dict[PayableId, ClosedPayable] = field(default_factory=dict)
    statements: dict[str, Statement] = field(default_factory=dict)


@dataclass(slots=True)
class Change:
    """The account after the rows, and what they did: (file, inserted|updated|unchanged) → rows."""

    account: Account
    claims: dict[tuple[PaymentId, str], Claim]
    payables: dict[PayableId, Payable]
    closed: dict[PayableId, ClosedPayable]
    statements: dict[str, Statement]
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept_open: list[PayableId] = field(default_factory=list)

    def note(self, file: str, before: object, after: object) -> None:
        """Count a row by what it did to what was stored."""
        outcome = "inserted" if before is None else "unchanged" if before == after else "updated"
        self.counts[file, outcome] += 1

    @property
    def open_payables(self) -> tuple[Payable, ...]:
        """Open payables in the order of their pages: oldest first."""
        return tuple(sorted(self.payables.values(), key=lambda p: (p.ages_from, p.payable_id)))


def changed_account(
    account_id: AccountId, known: Known, rows: Sequence[SpilledRow], terms: ImportTerms
) -> Change:
    """Apply the rows to what is known. A new account needs its accounts row among them."""
    change = _start(account_id, known, terms)
    told = [(row.file, row.value()) for row in rows]
    _take_claims(change, told, terms)
    held = {effect.payable_id for claim in change.claims.values() for effect in claim.effects}
    listed: set[PayableId] = set()
    for file, value in told:
        match value:
            case AccountRow():
                _take_account(change, file, value, is_new=known.state is None)
            case Contact():
                _take_contact(change, file, value)
            case PayableRow():
                listed.add(value.payable.payable_id)
                _take_payable(change, file, value, held, terms)
            case Statement():
                _take_statement(change, file, value)
    if terms.full:
        _close_vanished(change, listed, held)
    _finish(change, known)
    return change


def _start(account_id: AccountId, known: Known, terms: ImportTerms) -> Change:
    state = known.state
    if state is None:
        account = Account(terms.dealer_id, account_id, name="")
        return Change(account, {}, {}, dict(known.closed), dict(known.statements))
    return Change(
        account=state.account,
        claims={claim.key: claim for claim in state.claims},
        payables={payable.payable_id: payable for payable in state.paged},
        closed=dict(known.closed),
        statements=dict(known.statements),
    )


def _take_account(change: Change, file: str, row: AccountRow, *, is_new: bool) -> None:
    after = replace(
        change.account,
        name=row.name,
        account_kind=row.account_kind,
        billing_kind=row.billing_kind,
        status=row.status,
        credit_limit_cents=row.credit_limit_cents,
    )
    change.note(file, None if is_new else change.account, after)
    change.account = after


def _take_contact(change: Change, file: str, contact: Contact) -> None:
    contacts = {known.contact_id: known for known in change.account.contacts}
    change.note(file, contacts.get(contact.contact_id), contact)
    contacts[contact.contact_id] = contact
    ordered = tuple(contacts[contact_id] for contact_id in sorted(contacts))
    change.account = replace(change.account, contacts=ordered)


def _take_payable(
    change: Change, file: str, row: PayableRow, held: set[PayableId], terms: ImportTerms
) -> None:
    payable_id = row.payable.payable_id
    stays = row.payable.open_cents > 0 or payable_id in held
    before: object = change.payables.get(payable_id)
    if before is None and not stays and payable_id in change.closed:
        before = change.closed[payable_id].payable
    if stays:
        # A payable somebody's payment holds keeps its place, even at nothing, until that is done.
        change.payables[payable_id] = replace(
            row.payable,
            in_query=_in_query(change.payables.get(payable_id)),
            is_on_account=terms.is_ours(row.payable.voucher_id),
        )
        if not row.payable.open_cents:
            change.kept_open.append(payable_id)
    else:
        change.payables.pop(payable_id, None)
    if row.paid_day:
        change.closed[payable_id] = ClosedPayable(row.payable, row.paid_day)
    change.note(file, before, change.payables.get(payable_id, row.payable))


def _in_query(before: Payable | None) -> bool:
    return before is not None and before.in_query


def _take_statement(change: Change, file: str, statement: Statement) -> None:
    change.note(file, change.statements.get(statement.statement_id), statement)
    change.statements[statement.statement_id] = statement
    newest = change.account.statement
    if newest is None or statement.closed_on >= newest.closed_on:
        change.account = replace(change.account, statement=statement)


def _take_claims(change: Change, told: Sequence[tuple[str, object]], terms: ImportTerms) -> None:
    applied: dict[str, set[str]] = {}
    for file, row in told:
        if isinstance(row, AppliedRow):
            applied.setdefault(row.reference, set()).add(row.document_id)
            ours = any(claim.number == row.reference for claim in change.claims.values())
            change.counts[file, "updated" if ours else "unchanged"] += 1
    silent = _untold(change, told, terms)
    for claim in list(change.claims.values()):
        if claim.state is ClaimState.IN_FLIGHT:
            continue
        left = _left_of(claim, applied.get(claim.number, set()), silent, terms)
        if left is None:
            del change.claims[claim.key]
        else:
            change.claims[claim.key] = left


def _untold(
    change: Change, told: Iterable[tuple[str, object]], terms: ImportTerms
) -> set[PayableId]:
    """Open payables these rows say nothing of: their figures stay as old as they are.

    So do documents that a claim brought because the ERP had closed them.
    """
    if terms.full:
        return set()
    rows = (row for _, row in told if isinstance(row, PayableRow))
    brought = {item.payable_id for claim in change.claims.values() for item in claim.brings}
    return (change.payables.keys() | brought) - {row.payable.payable_id for row in rows}


def _left_of(
    claim: Claim, documents: set[str], silent: set[PayableId], terms: ImportTerms
) -> Claim | None:
    """What of an applied claim the ERP's figures do not contain yet; None if they contain it."""
    is_past = not terms.payments_listed and claim.contained_in(terms.as_of)
    effects = tuple(
        effect
        for effect in claim.effects
        if effect.payable_id in silent or not (is_past or effect.payable_id in documents)
    )
    brings = tuple(
        item
        for item in claim.brings
        if item.payable_id in silent or not (is_past or item.payable_id in documents)
    )
    if not (effects or brings):
        return None
    left = replace(claim, effects=effects, brings=brings)
    if left.contained_in(terms.as_of):
        # So far as our figures go, the ERP has it only after this extract.
        left = left.unseen_through(terms.as_of)
    return left


def _close_vanished(change: Change, listed: set[PayableId], held: set[PayableId]) -> None:
    for payable_id in [known for known in change.payables if known not in listed]:
        if payable_id in held:
            # As if it were listed with nothing open: the claims dropped now had closed it.
            change.payables[payable_id] = replace(change.payables[payable_id], open_cents=0)
            change.kept_open.append(payable_id)
        else:
            del change.payables[payable_id]


def _finish(change: Change, known: Known) -> None:
    if change.closed == known.closed:
        return
    late_days = Counter(
        closed.days_late
        for closed in change.closed.values()
        if closed.payable.kind is PayableKind.INVOICE
    )
    change.account = replace(change.account, paid_late_days=tuple(sorted(late_days.items())))
