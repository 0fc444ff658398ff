"""Mailings on the local database: written whole, started once, chunks never overwritten unread."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ulid import ULID

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import AccountId, DealerId, MailingId
from chalicelib.domain.mailings import CHUNK, Entry, Mailing, Outcome, Verdict, chunks_of
from chalicelib.storage.mailings import (
    chunk_put,
    create_mailing,
    due_mailings,
    get_chunk,
    get_mailing,
    list_mailings,
    look_again,
    start_mailing,
)
from chalicelib.storage.records import use_table
from chalicelib.storage.transactions import WritesRefused, transact
from tests.conftest import LocalAws

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)


@pytest.fixture
def dealer_id(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> DealerId:
    """A dealer of the test's own on the local table."""
    for name, value in local_aws.environment.items():
        monkeypatch.setenv(name, value)
    use_table(local_aws.table_name, "us-east-1")
    return DealerId(f"d{ULID()}".lower())


def _entry(number: int, verdict: Verdict = Verdict.SEND) -> Entry:
    return Entry(AccountId(f"A{number:05d}"), "Oak", f"a{number}@oak.example", "c1", verdict)


def _mailing(dealer_id: DealerId, entries: list[Entry], at: datetime = NOW) -> Mailing:
    to_send = sum(entry.verdict is Verdict.SEND for entry in entries)
    mailing = Mailing(MailingId(str(ULID())), dealer_id, "Ann", at, len(entries), to_send)
    create_mailing(mailing, chunks_of(entries))
    return mailing


def test_a_mailing_of_thousands_is_read_back_in_its_order_those_to_be_sent_first(
    dealer_id: DealerId,
) -> None:
    entries = [_entry(n, Verdict.PENDING if n % 2 else Verdict.SEND) for n in range(1_500)]

    mailing = _mailing(dealer_id, entries)
    whole = get_mailing(dealer_id, mailing.mailing_id)

    assert whole.mailing == mailing
    assert whole.entries == (*entries[::2], *entries[1::2])
    assert {len(chunk.entries) for chunk in whole.chunks} == {CHUNK}
    assert [chunk.number for chunk in whole.chunks] == list(range(60))


def test_a_mailing_starts_once(dealer_id: DealerId) -> None:
    mailing = replace(_mailing(dealer_id, [_entry(1)]), started_at=NOW)

    started = [start_mailing(mailing, due_at=NOW) for _ in range(2)]

    assert started == [True, False]
    assert get_mailing(dealer_id, mailing.mailing_id).mailing.started_at == NOW


def test_a_chunk_read_before_another_change_is_refused(dealer_id: DealerId) -> None:
    mailing = _mailing(dealer_id, [_entry(1), _entry(2)])
    stale = get_chunk(dealer_id, mailing.mailing_id, 0)
    transact([chunk_put(stale.noted(AccountId("A00001"), Outcome.INVITED))], token=str(ULID()))

    with pytest.raises(WritesRefused) as refused:
        transact([chunk_put(stale.noted(AccountId("A00002"), Outcome.INVITED))], token="second")

    assert refused.value.names == {"chunk"}
    fresh = get_chunk(dealer_id, mailing.mailing_id, 0)
    assert [entry.outcome for entry in fresh.entries] == [Outcome.INVITED, Outcome.WAITING]


def test_a_started_mailing_is_due_until_it_needs_no_more_looking_after(
    dealer_id: DealerId,
) -> None:
    mailing = replace(_mailing(dealer_id, [_entry(1)]), started_at=NOW)
    start_mailing(mailing, due_at=NOW + timedelta(minutes=15))

    def is_due(minutes: int) -> bool:
        found = due_mailings(NOW + timedelta(minutes=minutes))
        return mailing.mailing_id in {known.mailing_id for known in found}

    before = is_due(14), is_due(16)
    look_again(mailing, now=NOW, after=timedelta(minutes=30))
    later = is_due(16), is_due(31)
    look_again(mailing, now=NOW, after=None)

    assert (before, later, is_due(60)) == ((False, True), (False, True), False)


def test_the_newest_mailings_come_first_and_other_dealers_are_not_seen(
    dealer_id: DealerId,
) -> None:
    older = _mailing(dealer_id, [_entry(1)])
    newer = _mailing(dealer_id, [_entry(1)], NOW + timedelta(hours=1))

    assert list_mailings(dealer_id) == (newer, older)
    assert list_mailings(DealerId("somebody-else")) == ()
    with pytest.raises(NotFound):
        get_mailing(DealerId("somebody-else"), newer.mailing_id)
