"""The public IBM sample, converted, imported and summed up: known figures to the cent."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from chalicelib.services.list_customers import CustomerQuery, list_customers
from chalicelib.services.list_customers_selection import CustomerFilter
from sandbox.places import ROOT
from tests.storage.ledgers import LedgerWorld
from tools.convert_ibm import SOURCE, convert

SAMPLE = ROOT / SOURCE


@pytest.mark.skipif(not SAMPLE.exists(), reason=f"the public sample is not at {SAMPLE}")
@pytest.mark.parametrize(
    ("cut", "figures"),
    [
        (date(2012, 12, 31), (61, 99, 572_506, 13, 78_874)),
        (date(2013, 6, 30), (52, 84, 511_985, 12, 83_556)),
    ],
)
def test_the_public_ledger_shows_the_known_figures(
    ledger: LedgerWorld, tmp_path: Path, cut: date, figures: tuple[int, ...]
) -> None:
    ledger.clock.at = datetime.combine(cut, time(12), UTC)
    files = convert(SAMPLE, tmp_path, cut=cut, today=cut)

    imported = ledger.bring_in(**{name: path.read_bytes() for name, path in files.items()})
    owing = CustomerQuery(filter=CustomerFilter(least_cents=1))
    totals = list_customers(ledger, ledger.dealer_id, query=owing).totals

    assert all(report.invalid == 0 for report in imported.reports.values())
    assert figures == (
        totals.accounts,
        totals.invoices,
        totals.outstanding_cents,
        totals.invoices_past_due,
        totals.past_due_cents,
    )
