"""`make reconcile DEALER=`: compare everything now, from the start, with the figures printed."""

import argparse
import sys
import time

from chalicelib.domain.errors import DrypowderError
from chalicelib.domain.ids import DealerId
from chalicelib.domain.reconciliation import Reconciliation, Step
from chalicelib.services.reconcile_dealer import go_on, start_reconciliation
from tools.import_ledger import connected_world

LONGEST_SECONDS = 3600.0
ASKED_BY = "make reconcile"


def dollars(cents: int) -> str:
    """140200 → "1,402.00"."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def summary(run: Reconciliation) -> str:
    """Both sides of every check, then the differences with what to do."""
    lines = [f"{'check':<12}{'ours':>18}{'other side':>18}{'count':>9}"]
    lines += [
        f"{it.check:<12}{dollars(it.ours_cents):>18}{dollars(it.theirs_cents):>18}{it.count:>9,}"
        for it in run.figures
    ]
    for it in run.differences:
        word = "repaired" if it.is_repaired else "open"
        sides = f"{dollars(it.ours_cents)} / {dollars(it.theirs_cents)}"
        lines.append(f"  {word} {it.kind} {it.subject}: {it.sentence} {sides}")
        lines.append(f"    {it.action}")
    lines.append(f"{run.open_count} open, {run.difference_count - run.open_count} repaired")
    return "\n".join(lines)


def main() -> int:
    """Reconcile and report; 1 if a difference is open or it did not end within the hour."""
    parser = argparse.ArgumentParser(prog="make reconcile", description=__doc__)
    parser.add_argument("--dealer", required=True)
    wanted = parser.parse_args()
    world, dealer_id = connected_world(), DealerId(wanted.dealer)
    try:
        run = start_reconciliation(world, dealer_id, asked_by=ASKED_BY)
        ends = time.monotonic() + LONGEST_SECONDS
        run = go_on(world, dealer_id, run_id=run.run_id, ends=ends)
    except (DrypowderError, OSError) as error:
        print(error)
        return 1
    print(summary(run))
    return int(run.step is not Step.DONE or run.open_count > 0)


if __name__ == "__main__":
    sys.exit(main())
