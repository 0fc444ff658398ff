"""The ERP's files by the page: upload, review, confirm, log; with and without script."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws import local_client
from tests.journeys import people
from tests.journeys.walker import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
WAIT_SECONDS = 60
INVOICES = (
    "account_id,invoice_id,amount,outstanding_amount,currency,transaction_date,payment_due_date\n"
)


PAYMENTS = "account_id,document_id,reference,amount,applied_on\n"


def written(folder: Path, name: str, text: str) -> Path:
    """A file as Spruce would leave it: byte order mark, CRLF."""
    path = folder / name
    path.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    return path


def upload(walker: Walker, kind: str, path: Path) -> None:
    """Choose a file in its row and send it to the bucket, which sends us back."""
    walker.page.locator(f"#f-{kind.lower()}").set_input_files(path)
    walker.page.get_by_role("button", name=f"Upload {kind}").click()
    walker.page.wait_for_url(re.compile(r"/console/integration/.*etag="))


def wait_for(walker: Walker, text: str, *, script: bool) -> None:
    """The page comes to say so: by itself with script, by loading it again without."""
    deadline = time.monotonic() + WAIT_SECONDS
    found = walker.page.get_by_text(text).locator("visible=true")
    while not found.count():
        assert time.monotonic() < deadline, f"never said: {text}"
        walker.page.wait_for_timeout(300)
        if not script:
            walker.page.goto(walker.page.url)


@pytest.mark.parametrize(("size", "script"), [("desk", True), ("phone", True), ("phone", False)])
def test_an_operator_brings_files_in(
    run_json: dict[str, Any], walk: Walk, tmp_path: Path, size: str, script: bool
) -> None:
    """Three files, two with a bad row: nothing changes before Import, then the log says what did.

    An account's own time zone is pointed out and changes nothing.
    """
    walker, name = walk(size, script=script), f"{size}{'' if script else '-plain'}"
    page, account = walker.page, f"JRN-{time.time_ns() // 10**6 % 10**9}"
    dealer = run_json["dealers"][0]["id"]
    people.sign_in_operator(walker, run_json, dealer, "ar")
    page.get_by_role("link", name="Integration").click()
    page.get_by_role("heading", name="What the files hold").wait_for()
    walker.shot(f"integration-{name}")
    page.get_by_role("button", name="New import").click()
    page.get_by_role("heading", name="Upload files").wait_for()
    walker.shot(f"import-empty-{name}")

    review_three_files(walker, account, tmp_path, name, script=script)
    assert not known(walker, run_json, account)

    page.go_back()
    own_time = page.locator("#f-as_of")
    assert bool(own_time.input_value()) is script
    own_time.fill(own_time.get_attribute("max") or "")
    page.get_by_role("button", name="Import 3 rows").click()
    wait_for(walker, "Accounts changed: 1.", script=script)
    walker.shot(f"import-done-{name}")
    page.get_by_role("link", name="All imports").click()
    walker.has("Noor Haddad")
    cells = page.locator("tbody tr", has_text="invoices.csv").first.locator("td").all_inner_texts()
    assert cells[0] == "Imported"
    assert cells[-4:] == ["1", "0", "0", "1"]
    cells = page.locator("tbody tr", has_text="payments.csv").first.locator("td").all_inner_texts()
    assert (cells[0], cells[-5].split("\n")[0], cells[-1]) == ("Imported", "3", "2")
    walker.shot(f"integration-log-{name}")
    assert known(walker, run_json, account)


def review_three_files(
    walker: Walker, account: str, folder: Path, name: str, *, script: bool
) -> None:
    """Accounts, then invoices and payments with wrong cells: each is checked as it comes."""
    accounts = f'account_id,name,time_zone\n{account},"Journey, ""demo"" {name}",America/Denver\n'
    upload(walker, "Accounts", written(folder, "accounts.csv", accounts))
    wait_for(walker, "All rows valid", script=script)
    walker.has("1 row names another time zone than yours (row 2: “America/Denver”).")
    day = "USD,2026-09-01,2026-10-01\n"
    rows = f"{account},JI-{account},120.50,120.50,{day}{account},JX-{account},12.505,1.00,{day}"
    upload(walker, "Invoices", written(folder, "invoices.csv", INVOICES + rows))
    wait_for(walker, "Some rows invalid", script=script)
    walker.has("is not an amount")
    paid = f"{account},JI-{account},CHECK-7"
    rows = PAYMENTS + f"{paid},20.50,2026-09-05\n{paid}8,20.50,9/5/2026\n{paid}9,,2026-09-05\n"
    upload(walker, "Payments", written(folder, "payments.csv", rows))
    wait_for(walker, "“9/5/2026” is not a date; write it as 2026-03-31", script=script)
    walker.has("is empty; write 0.00 for nothing")
    assert refused_cells(walker, "payments") == [("3", "applied_on"), ("4", "amount")]
    walker.shot(f"import-review-{name}")


def refused_cells(walker: Walker, file: str) -> list[tuple[str, str]]:
    """Row and column of each refused cell of one file, as the review lists them."""
    table = walker.page.get_by_role("table", name="Refused cells")
    rows = table.locator("tbody tr", has=walker.page.get_by_role("rowheader", name=file)).all()
    return [tuple(row.locator("td").nth(place).text_content() for place in (0, 1)) for row in rows]


def known(walker: Walker, run: dict[str, Any], account: str) -> bool:
    """Whether the dealer's customers hold the account."""
    walker.page.goto(f"{run['console_url']}/customers?q={account}")
    return walker.page.locator("tbody th", has_text=account).count() == 1


def test_a_file_put_straight_into_the_bucket_waits_for_an_operator(
    run_json: dict[str, Any], walk: Walk
) -> None:
    """The deployed road from the bucket's event to the page, and the refused cells as CSV."""
    walker, dealer = walk("desk"), run_json["dealers"][0]["id"]
    bucket = local_client("s3", run_json["aws_endpoint"])
    key = f"drop/{dealer}/journey-{time.time_ns()}/accounts.csv"
    body = b"account_id,name\nJRN-DROP,=cmd\nJRN-DROP,Twice\n"
    people.sign_in_operator(walker, run_json, dealer, "admin")

    bucket.put_object(Bucket=run_json["environment"]["FILES_BUCKET"], Key=key, Body=body)

    walker.page.goto(f"{run_json['console_url']}/integration")
    folder = key.split("/")[2]
    wait_for(walker, f"Bucket: {folder}", script=False)
    walker.page.locator("tr", has_text=folder).get_by_role("link").click()
    walker.has("“JRN-DROP” is a duplicate of row 2")
    with walker.page.expect_download() as download:
        walker.page.get_by_role("link", name="Download CSV").click()
    assert "accounts,3,account_id," in download.value.path().read_text()
    walker.shot("import-dropped")
    walker.page.get_by_role("button", name="Discard").click()
    walker.has("The import is discarded.")


def test_a_file_dropped_on_its_row_is_sent_and_a_wrong_one_is_not(
    run_json: dict[str, Any], walk: Walk
) -> None:
    """Script only: the limit and the kind are said before anything is sent."""
    walker = walk("desk")
    people.sign_in_operator(walker, run_json, run_json["dealers"][0]["id"], "ar")
    walker.page.goto(f"{run_json['console_url']}/integration")
    walker.page.get_by_role("button", name="New import").click()
    walker.page.get_by_role("heading", name="Upload files").wait_for()

    drop(walker, "picture.png", 10)
    walker.has("This is not a CSV file.")
    drop(walker, "accounts.csv", 5_000_001)
    walker.has("The file is larger than 5 MB.")
    walker.shot("import-too-large")
    drop(walker, "accounts.csv", 10)

    walker.page.wait_for_url(re.compile(r"/console/integration/.*etag="))
    walker.has("the header lacks the columns account_id, name")
    walker.page.get_by_role("button", name="Discard").click()
    walker.has("The import is discarded.")


def drop(walker: Walker, name: str, size_bytes: int) -> None:
    """Drop a file made in the browser on the accounts' row."""
    data = walker.page.evaluate_handle(
        "([name, size]) => { const data = new DataTransfer();"
        " data.items.add(new File(['x'.repeat(size)], name)); return data; }",
        [name, size_bytes],
    )
    form = walker.page.locator("form[data-upload]", has=walker.page.locator("#f-accounts"))
    form.dispatch_event("drop", {"dataTransfer": data})
