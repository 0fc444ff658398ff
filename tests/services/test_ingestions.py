"""An ERP's files by the page or the bucket: checked on arrival, applied only once confirmed."""

import urllib.request
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.ids import AccountId, DealerId
from chalicelib.domain.ingestions import Ingestion, IngestionState
from chalicelib.gateways.s3_uploads import S3Uploads
from chalicelib.services import run_ingestion as running
from chalicelib.services.check_ingestion import list_problems
from chalicelib.services.confirm_ingestion import confirm_ingestion, discard_ingestion
from chalicelib.services.run_ingestion import run_ingestion
from chalicelib.services.take_upload import take_upload, upload_prefix
from chalicelib.services.view_ingestion import open_ingestion
from chalicelib.storage.accounts import find_accounts, get_state
from chalicelib.storage.ingestions import get_ingestion, list_ingestions
from tests.conftest import LocalAws
from tests.storage.ledgers import (
    BUCKET,
    INVOICES,
    NOW,
    THREE_INVOICES,
    TWO_ACCOUNTS,
    LedgerWorld,
    ledger_world,
    renamed,
    stored_items,
)

C1 = AccountId("C-1")
BAD_ROW = "C-1,I-9,10.005,10.00,USD,2026-11-01,2026-12-01,\n"


@dataclass
class Inbox:
    """Messages to the importer instead of SQS."""

    imports: list[dict[str, str]] = field(default_factory=list)

    def send_import(self, *, dealer: str, ingestion: str) -> None:
        self.imports.append({"dealer": dealer, "ingestion": ingestion})


@dataclass(frozen=True)
class Settings:
    console_url: str = "http://localhost:8080"


class Integrator:
    """An operator at the Integration page over a real bucket and table."""

    def __init__(self, world: LedgerWorld, aws: LocalAws) -> None:
        self.dealer, self.clock, self.files = world.dealer, world.clock, world.files
        self.uploads, self.queues, self.config = S3Uploads(BUCKET), Inbox(), Settings()
        self.s3 = aws.client("s3")

    @property
    def dealer_id(self) -> DealerId:
        return self.dealer.dealer_id

    def open(self) -> Ingestion:
        return open_ingestion(self, self.dealer_id, operator="Noor Haddad")

    def upload(
        self, ingestion: Ingestion, kind: str, text: str | bytes, name: str = "", as_of: str = ""
    ) -> str:
        """What the bucket's form and its event do."""
        key = upload_prefix(ingestion, kind) + (name or f"{kind}.csv")
        return self.put(key, text, as_of)

    def put(self, key: str, text: str | bytes, as_of: str = "") -> str:
        """A file into the bucket, and the importer told."""
        body = text if isinstance(text, bytes) else text.encode()
        told = {"as-of": as_of} if as_of else {}
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body, Metadata=told)
        return take_upload(self, key=key)

    def now(self, ingestion: Ingestion) -> Ingestion:
        return get_ingestion(self.dealer_id, ingestion.ingestion_id)

    def confirm(self, ingestion: Ingestion, **changes: Any) -> Ingestion:
        """Press Import on what is shown now."""
        asked = {
            "as_of": self.clock.at,
            "full": False,
            "operator": "Noor Haddad",
            "seen_version": self.now(ingestion).version,
        }
        return confirm_ingestion(
            self, self.dealer_id, ingestion_id=ingestion.ingestion_id, **{**asked, **changes}
        )

    def work(self) -> list[str]:
        """Let the importer take its messages."""
        taken, self.queues.imports = self.queues.imports, []
        return [
            run_ingestion(self, DealerId(body["dealer"]), ingestion_id=body["ingestion"])
            for body in taken
        ]


@pytest.fixture
def integrator(ledger: LedgerWorld, local_aws: LocalAws) -> Integrator:
    """An operator of a fresh dealer."""
    return Integrator(ledger, local_aws)


def checked(integrator: Integrator, **files: str | bytes) -> Ingestion:
    """An import with these files uploaded and checked."""
    opened = integrator.open()
    for kind, text in files.items():
        integrator.upload(opened, kind, text)
    return integrator.now(opened)


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


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not UTF-8"),
        (b"PK\x03\x04 a spreadsheet", "account_id, name is missing from the header"),
        (b"", "needs a header row"),
        (b"invoice_id,amount\n1,2\n", "columns account_id, name is missing"),
        (b"account_id,name\n" + b"C-1,A\n" * 900_000, "larger than 5 MB"),
    ],
)
def test_a_file_of_the_wrong_kind_says_so_and_blocks_the_import(
    integrator: Integrator, content: bytes, words: str
) -> None:
    found = checked(integrator, accounts=content)

    with pytest.raises(Conflict):
        integrator.confirm(found)

    assert words in found.files[0].refused
    assert integrator.queues.imports == []


def test_bom_crlf_and_quotes_are_fine(integrator: Integrator) -> None:
    content = '\ufeffaccount_id,name\r\nC-1,"Peña, Sons ""&"" Co."\r\n'

    found = checked(integrator, accounts=content)

    assert (found.files[0].valid, found.files[0].invalid) == (1, 0)


def test_every_refused_cell_is_kept_with_row_column_and_reason(integrator: Integrator) -> None:
    found = checked(integrator, accounts=TWO_ACCOUNTS, invoices=INVOICES + BAD_ROW * 2)

    problems = list_problems(integrator, found)

    assert [(p.file, p.line, p.column) for p in problems] == [
        ("invoices", 2, "amount"),
        ("invoices", 3, "amount"),
    ]
    assert "is not an amount" in problems[0].reason


def test_a_second_file_of_a_kind_takes_the_firsts_place(integrator: Integrator) -> None:
    opened = integrator.open()
    integrator.upload(opened, "accounts", TWO_ACCOUNTS, "old.csv")

    integrator.upload(opened, "accounts", "account_id,name\nC-7,New\n", "new.csv")

    (file,) = integrator.now(opened).files
    assert (file.name, file.lines, file.replaces) == ("new.csv", 1, "old.csv")


def test_the_same_event_twice_changes_nothing(integrator: Integrator) -> None:
    opened = integrator.open()
    integrator.upload(opened, "accounts", TWO_ACCOUNTS)
    first = integrator.now(opened)

    take_upload(integrator, key=first.files[0].key)

    assert integrator.now(opened) == first


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


def test_a_discarded_import_takes_nothing_more(integrator: Integrator) -> None:
    found = checked(integrator, accounts=TWO_ACCOUNTS)

    discard_ingestion(integrator.dealer_id, ingestion_id=found.ingestion_id)

    assert integrator.upload(found, "accounts", TWO_ACCOUNTS, "late.csv") == "late"
    with pytest.raises(Conflict):
        integrator.confirm(found)


def test_a_key_that_names_another_dealers_import_reaches_nothing(
    integrator: Integrator, local_aws: LocalAws
) -> None:
    foreign = Integrator(ledger_world(name="Other"), local_aws)
    theirs = foreign.open()
    key = f"imports/{integrator.dealer_id}/{theirs.ingestion_id}/accounts/accounts.csv"

    outcome = integrator.put(key, TWO_ACCOUNTS)

    assert outcome == "ignored"
    assert foreign.now(theirs).files == ()


@pytest.mark.parametrize(
    ("changes", "size", "code"),
    [
        ({}, 100, 303),
        ({}, 5_000_001, 400),
        ({"key": "imports/somebody-else/1/accounts/x.csv"}, 100, 403),
        ({"Content-Type": "text/html"}, 100, 403),
        ({"success_action_redirect": "https://evil.example"}, 100, 403),
        ({"acl": "public-read"}, 100, 403),
    ],
)
def test_the_bucket_takes_only_what_the_form_says(
    integrator: Integrator, changes: dict[str, str], size: int, code: int
) -> None:
    opened = integrator.open()
    form = integrator.uploads.form(
        prefix=upload_prefix(opened, "accounts"),
        redirect="http://localhost:8080/console/integration/1",
        limit_bytes=5_000_000,
        seconds=60,
    )

    answered = posted(form.url, {**form.fields, form.time_field: "", **changes}, b"a" * size)

    assert answered == code


def posted(url: str, fields: dict[str, str], content: bytes) -> int:
    """The status of a multipart form post, without following its redirect."""
    edge = uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    request = urllib.request.Request(url, body, kind)  # noqa: S310  Loopback.
    opener = urllib.request.build_opener(_Still)
    try:
        with opener.open(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


class _Still(urllib.request.HTTPRedirectHandler):
    """Stays where the bucket answered."""

    def redirect_request(self, *_: Any) -> None:
        return None


def test_dropped_files_wait_for_an_operator(integrator: Integrator) -> None:
    folder = f"drop/{integrator.dealer_id}/2026-11-22T18:00:00Z"

    outcomes = [
        integrator.put(f"{folder}/accounts.csv", TWO_ACCOUNTS),
        integrator.put(f"{folder}/invoices-1.csv", THREE_INVOICES),
        integrator.put(f"{folder}/READY", "yes"),
    ]

    (found,) = list_ingestions(integrator.dealer_id).ingestions
    assert outcomes == ["checked", "checked", "complete"]
    assert (found.state, found.dropped, len(found.files)) == (IngestionState.REVIEW, True, 2)
    assert found.newest_file_at == NOW - timedelta(hours=2)
    assert integrator.queues.imports == []


@pytest.mark.parametrize("invoices", [THREE_INVOICES, THREE_INVOICES + BAD_ROW])
def test_complete_and_faultless_dropped_files_import_themselves_if_the_dealer_says_so(
    integrator: Integrator, invoices: str
) -> None:
    integrator.dealer = renamed(integrator.dealer, auto_import=True)
    folder = f"drop/{integrator.dealer_id}/2026-11-22T18:00:00Z"
    integrator.put(f"{folder}/accounts.csv", TWO_ACCOUNTS)
    integrator.put(f"{folder}/invoices.csv", invoices)
    waited = list(integrator.queues.imports)

    integrator.put(f"{folder}/READY", "yes")
    integrator.work()

    (found,) = list_ingestions(integrator.dealer_id).ingestions
    assert waited == []
    expected = IngestionState.REVIEW if BAD_ROW in invoices else IngestionState.DONE
    assert found.state is expected


@pytest.mark.parametrize("key", ["rosters/x", "drop/{}/notes.txt", "imports/{}/1/rosters/x.csv"])
def test_other_keys_of_the_bucket_are_nobodys_import(integrator: Integrator, key: str) -> None:
    assert take_upload(integrator, key=key.format(integrator.dealer_id)) == "ignored"
    assert list_ingestions(integrator.dealer_id).ingestions == ()


def test_the_log_is_paged_newest_first(integrator: Integrator) -> None:
    for _ in range(23):
        opened = integrator.open()
        discard_ingestion(integrator.dealer_id, ingestion_id=opened.ingestion_id)

    first = list_ingestions(integrator.dealer_id)
    rest = list_ingestions(integrator.dealer_id, cursor=first.cursor)

    ids = [found.ingestion_id for found in (*first.ingestions, *rest.ingestions)]
    assert len(first.ingestions) == 20
    assert (len(ids), ids) == (23, sorted(ids, reverse=True))
    assert rest.cursor == ""
