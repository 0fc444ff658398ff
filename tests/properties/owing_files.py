"""An ERP's files for one account as the importer reads them, and what a payer can do with it."""

import msgspec

from chalicelib.domain.claims import Owed
from chalicelib.domain.errors import DrypowderError
from chalicelib.services.import_ledger_spill import SpilledRow
from chalicelib.services.read_import_files_rows import AppliedRow, PayableRow
from chalicelib.storage.accounts import AccountState
from tests.domain.builders import NOON, a_credit, a_payable, a_quote

DOCUMENTS = {"A": 100_000, "B": 60_000, "C": 30_000}
SURPLUS_CENTS = 7_500


def row_of(name: str, cents: int, *, full: bool) -> SpilledRow | None:
    """A document's row, or the row of the credit that a surplus came back as."""
    if full and not cents:
        return None
    if name in DOCUMENTS:
        payable = a_payable(name, DOCUMENTS[name], open_cents=cents)
        return _spilled("invoices", PayableRow(payable, None))
    payable = a_credit(f"OA-{name}", SURPLUS_CENTS, open_cents=cents, voucher_id=name)
    return _spilled("adjustments", PayableRow(payable, None))


def applied_row(document: str, number: str) -> SpilledRow:
    """A row of the payments file."""
    return _spilled("payments", AppliedRow(document, number, 1, NOON.date()))


def _spilled(file: str, row: PayableRow | AppliedRow) -> SpilledRow:
    return SpilledRow(file, 1, msgspec.json.encode(row))


def overpays(state: AccountState, owed: dict[str, Owed]) -> list[str]:
    """Documents that a cent more than is available can be paid of, or not all that is."""
    wrong = []
    for name in owed.keys() & DOCUMENTS.keys():
        available = owed[name].available_cents
        if available and not _can_pay(state, name, available):
            wrong.append(f"{name} cannot be paid")
        if _can_pay(state, name, available + 1):
            wrong.append(f"{name} can be paid a cent too much")
    return wrong


def _can_pay(state: AccountState, name: str, cents: int) -> bool:
    try:
        a_quote(state.payables, ticked={name: cents}, claims=state.claims, account=state.account)
    except DrypowderError:
        return False
    return True
