"""The Integration pages as operators of each role meet them."""

import msgspec
import pytest

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import IngestionId
from chalicelib.domain.ingestions import IngestedFile, Ingestion, IngestionState
from chalicelib.services.check_ingestion import problems_key
from chalicelib.services.read_import_files import Problem
from chalicelib.storage.ingestions import get_ingestion, start_ingestion
from tests.entrypoints.browser import Browser
from tests.stage import TODAY, Stage

BASE = "/console/integration"
REASON = "“=cmd” is not an amount"


@pytest.fixture
def dealer(stage: Stage) -> Dealer:
    """A dealer of the test's own."""
    return stage.dealer()


def reviewed(stage: Stage, dealer: Dealer, problems: int = 1) -> Ingestion:
    """A checked import of one invoices file with refused cells."""
    file = IngestedFile(
        kind="invoices", key="k", etag="e1", name="open.csv", size_bytes=9, lines=200, invalid=1
    )
    ingestion = start_ingestion(
        Ingestion(
            dealer_id=dealer.dealer_id,
            ingestion_id=IngestionId("01JTEST"),
            created_at=TODAY,
            created_by="Kim Lee",
            state=IngestionState.REVIEW,
            files=(file,),
        )
    )
    found = [Problem("invoices", line, "=amount", REASON) for line in range(2, 2 + problems)]
    stage.files.write(problems_key(ingestion), msgspec.json.encode(found), "")
    return ingestion


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Say when Spruce wrote these files"),
        ("yesterday", "Say when Spruce wrote these files"),
        ("2036-01-01T10:00:00", "cannot be from the future"),
    ],
)
def test_a_time_that_cannot_be_is_refused_beside_its_field(
    browser: Browser, stage: Stage, dealer: Dealer, typed: str, words: str
) -> None:
    ingestion = reviewed(stage, dealer)
    browser.signed_in(stage.operator(dealer)).get(f"{BASE}/01JTEST")

    form = {"as_of": typed, "seen": str(ingestion.version)}
    answered = browser.post(f"{BASE}/01JTEST/confirm", form)

    assert answered.status == 422
    assert words in answered.text
    assert 'id="e-as_of"' in answered.text
    assert stage.queues.imports == []


def test_confirming_queues_the_import_and_leads_back(
    browser: Browser, stage: Stage, dealer: Dealer
) -> None:
    ingestion = reviewed(stage, dealer)
    browser.signed_in(stage.operator(dealer)).get(f"{BASE}/01JTEST")

    form = {"as_of": "2026-11-22T09:30:00", "seen": str(ingestion.version)}
    answered = browser.post(f"{BASE}/01JTEST/confirm", form)

    stored = get_ingestion(dealer.dealer_id, ingestion.ingestion_id)
    assert (answered.status, answered.location) == (303, f"{BASE}/01JTEST")
    assert stage.queues.imports == [{"dealer": dealer.dealer_id, "ingestion": "01JTEST"}]
    assert stored.state is IngestionState.IMPORTING
    # The dealer's half past nine, eight hours behind UTC in November.
    assert f"{stored.as_of:%H:%M %Z}" == "17:30 UTC"


def test_a_viewer_reads_the_review_and_can_change_nothing(
    browser: Browser, stage: Stage, dealer: Dealer
) -> None:
    reviewed(stage, dealer)
    browser.signed_in(stage.operator(dealer, role="viewer"))

    shown = browser.get(f"{BASE}/01JTEST").text

    assert "open.csv" in shown
    assert "multipart/form-data" not in shown
    assert "/confirm" not in shown
    assert browser.post(f"{BASE}/01JTEST/confirm").status == 403


def test_refused_cells_are_paged_and_downloaded_neutralised(
    browser: Browser, stage: Stage, dealer: Dealer
) -> None:
    reviewed(stage, dealer, problems=120)
    browser.signed_in(stage.operator(dealer))

    second = browser.get(f"{BASE}/01JTEST?page=2").text
    download = browser.get(f"{BASE}/01JTEST/problems.csv")

    assert "51–100 of 120 refused cells" in second
    lines = download.text.splitlines()
    assert (lines[0], len(lines)) == ("file,row,column,reason", 121)
    assert lines[1] == f"invoices,2,'=amount,{REASON}"


def test_a_template_has_the_starred_columns_first(
    browser: Browser, stage: Stage, dealer: Dealer
) -> None:
    browser.signed_in(stage.operator(dealer))

    template = browser.get(f"{BASE}/template.csv?kind=contacts")

    assert template.text == "account_id,contact_id,email,name,phone,is_primary\r\n"
    assert browser.get(f"{BASE}/template.csv?kind=secrets").status == 404
