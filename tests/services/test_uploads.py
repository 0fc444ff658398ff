"""Files that come in by the page's form or straight into the bucket: what is taken and how."""

import urllib.request
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.domain.errors import Conflict
from chalicelib.domain.ingestions import IngestionState
from chalicelib.services.check_ingestion import list_problems
from chalicelib.services.confirm_ingestion import discard_ingestion
from chalicelib.services.take_upload import take_upload, upload_prefix
from chalicelib.storage.ingestions import list_ingestions
from tests.conftest import LocalAws
from tests.services.integrating import BAD_ROW, Integrator, checked
from tests.storage.ledgers import (
    INVOICES,
    NOW,
    THREE_INVOICES,
    TWO_ACCOUNTS,
    ledger_world,
    renamed,
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not UTF-8"),
        (b"PK\x03\x04 a spreadsheet", "the header lacks the columns account_id, name"),
        (b"", "needs a header row"),
        (b"invoice_id,amount\n1,2\n", "the header lacks the columns account_id, name"),
        (b"account_id,name\n" + (b"C-1," + b"A" * 50_000 + b"\n") * 108, "larger than 5 MB"),
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
