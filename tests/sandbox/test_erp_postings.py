"""The posting protocol of docs/SPRUCE.md as the simulated ERP keeps it, over HTTP."""

from typing import Any

import pytest
import requests

from sandbox.world import keys
from tests.sandbox.conftest import Served

# money.md's worked example P1: $1,500 of invoices, $100 credit, $28 discount, $30 fee, $41 kept.
INVOICES = {
    "reference": "po_demo:invoices",
    "category": "invoices",
    "date": "2026-11-22",
    "lines": [
        {
            "kind": "payment",
            "amount_cents": 88_200,
            "debit_account": "1090",
            "credit_account": "1200",
            "customer": "C-1",
            "document": "INV-A",
            "check_number": "DP-100482",
        },
        {
            "kind": "payment",
            "amount_cents": 49_000,
            "debit_account": "1090",
            "credit_account": "1200",
            "customer": "C-1",
            "document": "INV-B",
            "check_number": "DP-100482",
        },
        {
            "kind": "discount",
            "amount_cents": 2_800,
            "debit_account": "4900",
            "credit_account": "1200",
            "customer": "C-1",
            "document": "INV-A",
            "check_number": "DP-100482",
        },
        {
            "kind": "credit",
            "amount_cents": 9_000,
            "debit_account": "1200",
            "credit_account": "1200",
            "customer": "C-1",
            "document": "INV-A",
            "credit_document": "CR-1",
            "check_number": "DP-100482",
        },
    ],
}
CASH = {
    "reference": "po_demo:cash",
    "category": "cash",
    "date": "2026-11-22",
    "lines": [
        {"kind": "journal", "amount_cents": 136_100, "debit_account": "1000"},
        {"kind": "journal", "amount_cents": 4_100, "debit_account": "6150"},
        {"kind": "journal", "amount_cents": 137_200, "credit_account": "1090"},
        {"kind": "journal", "amount_cents": 3_000, "credit_account": "4100"},
    ],
}
DOCUMENTS = [
    {"document": "INV-A", "customer": "C-1", "open_cents": 100_000},
    {"document": "INV-B", "customer": "C-1", "open_cents": 50_000},
    {"document": "CR-1", "customer": "C-1", "kind": "credit", "open_cents": 10_000},
]


class Erp:
    """A caller with the dealer's key."""

    def __init__(self, served: Served) -> None:
        self._base = f"{served.url}/spruce"
        self._headers = {"Authorization": f"Bearer {keys.SPRUCE_KEY}"}

    def post(self, posting: Any, *, timeout: float = 10) -> requests.Response:
        return requests.post(
            f"{self._base}/demo/postings", json=posting, headers=self._headers, timeout=timeout
        )

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self._base}/demo/{path}", headers=self._headers, timeout=10)

    def seed(self) -> None:
        requests.post(f"{self._base}/demo/_documents", json=DOCUMENTS, timeout=10)

    def script(self, **wanted: Any) -> requests.Response:
        return requests.post(f"{self._base}/_script", json=wanted, timeout=10)

    def balances(self) -> dict[str, int]:
        return {row["account"]: row["balance_cents"] for row in self.get("gl").json()["accounts"]}


@pytest.fixture
def erp(served: Served) -> Erp:
    erp = Erp(served)
    erp.seed()
    return erp


def changed(posting: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return posting | facts


def test_the_worked_example_posts_and_the_ledger_balances(erp: Erp) -> None:
    answers = [erp.post(INVOICES), erp.post(CASH)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert erp.balances() == {
        "1000": 136_100,
        "1090": 0,
        "1200": -140_000,
        "4100": -3_000,
        "4900": 2_800,
        "6150": 4_100,
    }
    assert erp.get("gl").json()["total_cents"] == 0
    opens = [
        erp.get(f"invoices/{name}").json()["open_cents"] for name in ("INV-A", "INV-B", "CR-1")
    ]
    assert opens == [0, 1_000, 1_000]


def test_a_payment_on_a_balance_names_no_document_and_touches_none(erp: Erp) -> None:
    erp.seed()
    line = {name: value for name, value in INVOICES["lines"][0].items() if name != "document"}
    other = line | {"amount_cents": 100, "debit_account": "", "credit_account": "1090"}

    answer = erp.post(changed(INVOICES, lines=[line | {"credit_account": ""}, other | {
        "amount_cents": line["amount_cents"]}]))  # fmt: skip

    assert answer.status_code == 201
    assert erp.get("invoices/INV-A").json()["open_cents"] == 100_000


def test_the_same_reference_posts_once_whatever_is_sent_again(erp: Erp) -> None:
    first, second = erp.post(CASH), erp.post(CASH)
    other = erp.post(changed(CASH, date="2026-11-23"))

    assert (first.json()["status"], second.json()["status"]) == ("accepted", "duplicate")
    assert (second.status_code, other.status_code) == (200, 409)
    assert first.json()["posting_number"] == second.json()["posting_number"]
    assert other.json()["error"]["code"] == "reference_conflict"
    assert erp.get("gl").json()["posting_count"] == 1


def test_a_posting_can_be_asked_for_before_a_retry(erp: Erp) -> None:
    nothing = erp.get("postings/po_demo%3Acash")
    erp.post(CASH)

    found = erp.get("postings/po_demo%3Acash")

    assert (nothing.status_code, nothing.json()["error"]["code"]) == (404, "unknown_reference")
    assert (found.status_code, found.json()["debit_cents"]) == (200, 140_200)


def test_a_reply_lost_after_acceptance_leaves_the_posting_written(erp: Erp) -> None:
    erp.script(next={"fault": "timeout_after", "seconds": 1.0})

    with pytest.raises(requests.Timeout):
        erp.post(CASH, timeout=0.2)
    again = erp.post(CASH)

    assert again.json()["status"] == "duplicate"
    assert erp.balances()["1000"] == 136_100


def test_a_category_fails_as_often_as_scripted_and_others_do_not(erp: Erp) -> None:
    erp.script(next={"fault": "unavailable", "category": "cash", "times": 2})

    statuses = [erp.post(posting).status_code for posting in (CASH, INVOICES, CASH, CASH)]

    assert statuses == [503, 201, 503, 201]


def test_a_closed_period_refuses_with_the_first_open_day(erp: Erp) -> None:
    erp.script(dealer="demo", closed_through="2026-11-22")

    refused = erp.post(CASH)
    accepted = erp.post(changed(CASH, date="2026-11-23"))

    assert (refused.status_code, accepted.status_code) == (422, 201)
    assert refused.json()["error"] == {
        "code": "period_closed",
        "open_from": "2026-11-23",
        "message": "The books are closed for this day.",
    }


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([CASH["lines"][0]], "unbalanced"),
        ([INVOICES["lines"][0] | {"document": "INV-NOBODY"}], "unknown_document"),
        ([INVOICES["lines"][0] | {"amount_cents": 100_001}], "document_over_applied"),
        ([INVOICES["lines"][0], INVOICES["lines"][0]], "document_over_applied"),
        ([INVOICES["lines"][0] | {"amount_cents": 0}], "malformed"),
        ([INVOICES["lines"][0] | {"amount_cents": 1.5}], "malformed"),
        ([INVOICES["lines"][0] | {"check_number": ""}], "malformed"),
        ([INVOICES["lines"][0] | {"surprise": "x"}], "malformed"),
        ([], "malformed"),
    ],
)
def test_a_posting_that_cannot_stand_is_refused_whole(
    erp: Erp, lines: list[dict[str, Any]], code: str
) -> None:
    refused = erp.post(changed(INVOICES, lines=lines))

    assert refused.json()["error"]["code"] == code
    assert erp.balances() == {}
    assert erp.get("invoices/INV-A").json()["open_cents"] == 100_000


@pytest.mark.parametrize(
    "body",
    [
        "text",
        [],
        None,
        {},
        changed(CASH, category="other"),
        changed(CASH, date="yesterday"),
        changed(CASH, reference="x" * 121),
    ],
)
def test_a_malformed_posting_names_the_problem(erp: Erp, body: Any) -> None:
    refused = erp.post(body)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "malformed")


def test_a_wrong_key_and_an_unknown_document_are_refused(served: Served, erp: Erp) -> None:
    wrong_key = requests.post(f"{served.url}/spruce/demo/postings", json=CASH, timeout=10)

    assert (wrong_key.status_code, wrong_key.json()["error"]["code"]) == (401, "unauthorized")
    assert erp.get("invoices/INV-NOBODY").status_code == 404
    assert erp.balances() == {}


def test_an_unknown_script_is_refused_with_a_sentence(erp: Erp) -> None:
    answers = [erp.script(surprise=1), erp.script(next={"fault": "sometimes"})]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert "sometimes" not in answers[0].text
    assert "timeout_after" in answers[1].json()["error"]
