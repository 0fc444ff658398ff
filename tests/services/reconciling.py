"""Reconciliation as a test runs it, and the differences planted for it to find."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from chalicelib.domain.ids import DealerId
from chalicelib.domain.ledger import LedgerAccount, credit, debit
from chalicelib.domain.reconciliation import DifferenceKind, Reconciliation, Step
from chalicelib.services.reconcile_dealer import go_on, start_reconciliation
from chalicelib.storage import keys
from chalicelib.storage.ledger import line_puts
from chalicelib.storage.transactions import Put, transact

CLEARING, BANK = LedgerAccount.CLEARING, LedgerAccount.BANK


def reconciled(world: Any, dealer_id: DealerId, *, full: bool = True) -> Reconciliation:
    """One whole run."""
    run = start_reconciliation(world, dealer_id, full=full)
    ended = go_on(world, dealer_id, run_id=run.run_id, ends=time.monotonic() + 60)
    assert ended.step is Step.DONE
    return ended


def kinds(run: Reconciliation, *, repaired: bool = False) -> list[DifferenceKind]:
    """What was found and is open (or was repaired), in order."""
    return [it.kind for it in run.differences if it.is_repaired is repaired]


def written(*puts: Put) -> None:
    """Store records whatever is stored now."""
    transact([replace(put, condition=None, name=put.record.sk) for put in puts], token=uuid4().hex)


def booked(dealer_id: DealerId, tag: str, cents: int, at: Any) -> None:
    """An entry nobody should have written: Clearing against Bank."""
    lines = (debit(CLEARING, cents, tag), credit(BANK, cents, tag))
    partition = keys.settlement(dealer_id, "po_planted")  # type: ignore[arg-type]
    key = f"planted#{uuid4().hex}"
    transact(
        list(line_puts(dealer_id, partition=partition, event_key=key, lines=lines, at=at)),
        token=uuid4().hex,
    )


Planted = Callable[[Any], None]
