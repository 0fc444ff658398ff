"""Imports from review to log: confirmed once, resumed after a crash, refused with a reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.ids import AccountId
from chalicelib.domain.ingestions import IngestionState
from chalicelib.services import run_ingestion as running
from chalicelib.services.confirm_ingestion import discard_ingestion
from chalicelib.services.run_ingestion import run_ingestion
from chalicelib.storage.accounts import find_accounts, get_state
from tests.services.integrating import BAD_ROW, Integrator, checked
from tests.storage.ledgers import (
    ADJUSTMENTS,
    INVOICES,
    NOW,
    THREE_INVOICES,
    TWO_ACCOUNTS,
    stored_items,
)

C1 = AccountId("C-1")


def test_nothing_changes_before_the_import_is_confirmed(integrator: Integrator) -> None:
    before = stored_items(integrator.dealer_id)

    found = checked(integrator, accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)

    assert found.state is IngestionState.REVIEW
    assert [(file.kind, file.lines, file.valid) for file in found.files] == [
        ("accounts", 2, 2),
        ("invoices", 3, 3),
    ]
    assert stored_items(integrator.dealer_id) == before
    assert integrator.queues.imports == []


def test_what_is_taken_in_but_not_as_the_file_means_it_is_kept_for_the_review(
    integrator: Integrator,
) -> None:
    zoned = "account_id,name,time_zone\nC-1,Oak Homes,America/Denver\n"

    (file,) = checked(integrator, accounts=zoned).files

    assert (file.valid, len(file.notes)) == (1, 1)


def test_a_confirmed_import_is_applied_and_logged_with_its_figures(integrator: Integrator) -> None:
    found = checked(integrator, accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES + BAD_ROW)

    integrator.confirm(found)
    outcome = integrator.work()

    done = integrator.now(found)
    assert outcome == ["done"]
    assert get_state(integrator.dealer_id, C1).account.totals.outstanding_cents == 10_000
    assert (done.state, done.confirmed_by, done.confirmed_at) == (
        IngestionState.DONE,
        "Noor Haddad",
        NOW,
    )
    invoices = done.files[1]
    assert (invoices.lines, invoices.inserted, invoices.updated) == (4, 3, 0)
    assert (invoices.unchanged, invoices.invalid) == (0, 1)
    assert (done.accounts_done, done.accounts_total, done.accounts_changed) == (2, 2, 2)


def test_confirming_twice_imports_once(integrator: Integrator) -> None:
    found = checked(integrator, accounts=TWO_ACCOUNTS)

    integrator.confirm(found)
    integrator.confirm(found, operator="Somebody else")
    outcomes = integrator.work()
    integrator.confirm(found)

    done = integrator.now(found)
    assert outcomes == ["done", "nothing"]
    assert integrator.queues.imports == []
    assert (done.confirmed_by, done.files[0].inserted) == ("Noor Haddad", 2)


def test_a_crash_in_mid_file_is_resumed_where_it_stopped(
    integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = "account_id,name\n" + "".join(f"K-{n:03d},Kiln {n}\n" for n in range(250))
    found = checked(integrator, accounts=accounts)
    integrator.confirm(found)
    apply = running.apply_ledger

    def crash(world: Any, ledger: Any, *, progress: Any, skip: int) -> None:
        def die(done: int) -> None:
            progress(done)
            raise MemoryError("the worker is gone")

        apply(world, ledger, progress=die, skip=skip)

    monkeypatch.setattr(running, "apply_ledger", crash)
    with pytest.raises(MemoryError):
        run_ingestion(integrator, integrator.dealer_id, ingestion_id=found.ingestion_id)
    half = integrator.now(found)
    monkeypatch.setattr(running, "apply_ledger", apply)
    outcome = run_ingestion(integrator, integrator.dealer_id, ingestion_id=found.ingestion_id)

    done = integrator.now(found)
    assert (half.state, half.accounts_done, half.files[0].inserted) == (
        IngestionState.IMPORTING,
        100,
        100,
    )
    assert outcome == "done"
    assert (done.files[0].inserted, done.files[0].unchanged) == (250, 0)
    assert len(find_accounts(integrator.dealer_id, [AccountId("K-000"), AccountId("K-249")])) == 2


def test_one_worker_at_a_time_carries_an_import_out(integrator: Integrator) -> None:
    found = checked(integrator, accounts=TWO_ACCOUNTS)
    integrator.confirm(found)
    lease = running.wall_now() + running.LEASE
    running._change(found, lambda known: replace(known, busy_until=lease))

    assert integrator.work() == ["busy"]


def test_a_long_import_goes_on_in_another_message(
    integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = "account_id,name\n" + "".join(f"L-{n:03d},Lath {n}\n" for n in range(150))
    found = checked(integrator, accounts=accounts)
    integrator.confirm(found)
    monkeypatch.setattr(running, "WORKS_FOR", timedelta(0))

    outcomes = [integrator.work() for _ in range(3)]
    monkeypatch.undo()
    integrator.work()

    assert outcomes[0] == ["paused"]
    assert integrator.now(found).accounts_done == 150


def test_the_same_file_again_is_recognised_and_changes_nothing(integrator: Integrator) -> None:
    first = checked(integrator, accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    integrator.confirm(first)
    integrator.work()
    before = stored_items(integrator.dealer_id)

    again = checked(integrator, accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    integrator.confirm(again)
    integrator.work()

    done = integrator.now(again)
    assert done.ingestion_id != first.ingestion_id
    assert all(file.same_as for file in done.files)
    assert [file.unchanged for file in done.files] == [2, 3]
    assert stored_items(integrator.dealer_id) == before


def test_what_was_not_reviewed_is_not_imported(integrator: Integrator) -> None:
    found = checked(integrator, accounts=TWO_ACCOUNTS)
    seen = found.version
    integrator.upload(found, "invoices", THREE_INVOICES)

    with pytest.raises(Conflict, match="Review the import again"):
        integrator.confirm(found, seen_version=seen)


def test_a_file_exchanged_after_the_review_stops_the_import(integrator: Integrator) -> None:
    found = checked(integrator, accounts=TWO_ACCOUNTS)
    integrator.confirm(found)
    integrator.put(found.files[0].key, "account_id,name\nX-1,Smuggled\n")

    integrator.work()

    failed = integrator.now(found)
    assert failed.state is IngestionState.FAILED
    assert "no longer what was reviewed" in failed.problem
    assert not find_accounts(integrator.dealer_id, [AccountId("X-1"), C1])


def test_an_older_extract_than_the_last_is_refused_at_once(integrator: Integrator) -> None:
    first = checked(integrator, accounts=TWO_ACCOUNTS)
    integrator.confirm(first)
    integrator.work()
    again = checked(integrator, accounts=TWO_ACCOUNTS)

    with pytest.raises(InvalidInput, match="older than the last one"):
        integrator.confirm(again, as_of=NOW - timedelta(days=1))

    assert integrator.now(again).state is IngestionState.REVIEW


@pytest.mark.parametrize(
    "files",
    [
        {"accounts": TWO_ACCOUNTS},
        {"accounts": TWO_ACCOUNTS, "invoices": THREE_INVOICES},
        {"adjustments": ADJUSTMENTS, "invoices": INVOICES + BAD_ROW},
    ],
)
def test_files_that_cannot_be_everything_close_nothing(
    integrator: Integrator, files: dict[str, str]
) -> None:
    first = checked(integrator, accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    integrator.confirm(first)
    integrator.work()
    found = checked(integrator, **{"accounts": TWO_ACCOUNTS, **files})

    with pytest.raises(InvalidInput, match="would be closed"):
        integrator.confirm(found, full=True)

    assert len(get_state(integrator.dealer_id, C1).payables) == 1


def test_files_that_are_everything_close_what_they_leave_out(integrator: Integrator) -> None:
    first = checked(integrator, accounts=TWO_ACCOUNTS, invoices=THREE_INVOICES)
    integrator.confirm(first)
    integrator.work()

    found = checked(integrator, invoices=INVOICES, adjustments=ADJUSTMENTS)
    one = "C-2,I-2,250.50,200.50,USD,2026-11-01,2026-12-01,\n"
    integrator.upload(found, "invoices", INVOICES + one)
    integrator.confirm(found, full=True)
    integrator.work()

    assert get_state(integrator.dealer_id, C1).payables == ()
    assert len(get_state(integrator.dealer_id, AccountId("C-2")).payables) == 1


def test_a_discarded_import_takes_nothing_more(integrator: Integrator) -> None:
    found = checked(integrator, accounts=TWO_ACCOUNTS)

    discard_ingestion(integrator.dealer_id, ingestion_id=found.ingestion_id)

    assert integrator.upload(found, "accounts", TWO_ACCOUNTS, "late.csv") == "late"
    with pytest.raises(Conflict):
        integrator.confirm(found)
