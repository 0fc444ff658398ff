"""The Spruce adapter against a served agent: every answer of docs/SPRUCE.md in our words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.posting import Posting
from chalicelib.domain.posting_lines import LineKind, PostingLine
from chalicelib.domain.settlements import PostingCategory
from chalicelib.gateways import spruce_erp
from chalicelib.gateways.erp import ErpRefused, ErpUnreachable
from chalicelib.gateways.spruce_erp import SpruceErp
from tests.domain.builders import a_dealer
from tests.services.settling import SettlingWorld, settling_world

LINE = PostingLine(
    LineKind.JOURNAL, 4_100, debit_account="6150", credit_account="1050", memo="Fees"
)
POSTING = Posting(
    "po_1:cash", PostingCategory.CASH_AND_OTHER, date(2026, 11, 22), "Settlement", "USD", (LINE,)
)


@pytest.fixture
def agent() -> Iterator[SettlingWorld]:
    with settling_world() as world:
        yield world


@pytest.fixture
def dealer(agent: SettlingWorld) -> Dealer:
    url = f"{agent.url}/spruce/{agent.dealer_id}"
    return a_dealer(dealer_id=agent.dealer_id, erp_url=url)


def test_a_posting_is_found_after_it_was_written_and_not_before(
    agent: SettlingWorld, dealer: Dealer
) -> None:
    before = agent.erp.find(dealer, POSTING)
    agent.erp.post(dealer, POSTING)

    assert (before, agent.erp.find(dealer, POSTING)) == (False, True)


def test_posting_the_same_again_writes_nothing(agent: SettlingWorld, dealer: Dealer) -> None:
    for _ in range(2):
        agent.erp.post(dealer, POSTING)

    assert agent.spruce.ledger(agent.dealer_id)["posting_count"] == 1


def test_the_same_reference_with_other_content_is_refused(
    agent: SettlingWorld, dealer: Dealer
) -> None:
    agent.erp.post(dealer, POSTING)
    other = replace(POSTING, lines=(replace(LINE, amount_cents=1),))

    with pytest.raises(ErpRefused, match="other content"):
        agent.erp.post(dealer, other)


def test_closed_books_say_the_first_open_day(agent: SettlingWorld, dealer: Dealer) -> None:
    agent.spruce.script({"dealer": agent.dealer_id, "closed_through": "2026-11-30"})

    with pytest.raises(ErpRefused, match="2026-12-01"):
        agent.erp.post(dealer, POSTING)


def test_a_document_that_is_gone_says_what_to_do(agent: SettlingWorld, dealer: Dealer) -> None:
    gone = PostingLine(
        LineKind.PAYMENT, 4_100, debit_account="1050", credit_account="1200", customer="C-1",
        document="INV-GONE", check_number="DP-100001",
    )  # fmt: skip

    known = {"document": "INV-1", "customer": "C-1", "kind": "invoice", "open_cents": 4_100}
    agent.spruce.seed_documents(agent.dealer_id, [known])

    with pytest.raises(ErpRefused, match=r"document INV-GONE\. Enter it there again and post"):
        agent.erp.post(dealer, replace(POSTING, lines=(gone,)))


def test_a_wrong_key_is_refused_in_words(agent: SettlingWorld, dealer: Dealer) -> None:
    agent.secrets.erp_keys[agent.dealer_id] = "another"

    with pytest.raises(ErpRefused, match="key"):
        agent.erp.post(dealer, POSTING)


def test_without_a_key_nothing_is_sent(agent: SettlingWorld, dealer: Dealer) -> None:
    agent.secrets.erp_keys.clear()

    with pytest.raises(ErpRefused, match="No Spruce connection"):
        agent.erp.find(dealer, POSTING)


def test_an_agent_that_is_unavailable_leaves_it_open(agent: SettlingWorld, dealer: Dealer) -> None:
    agent.spruce.script({"next": {"fault": "unavailable"}})

    with pytest.raises(ErpUnreachable):
        agent.erp.post(dealer, POSTING)


def test_a_slow_agent_is_given_up_and_what_it_wrote_is_found(
    agent: SettlingWorld, dealer: Dealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spruce_erp, "TIMEOUT", urllib3.Timeout(connect=1, read=0.2))
    agent.spruce.script({"next": {"fault": "timeout_after", "seconds": 0.6}})

    with pytest.raises(ErpUnreachable):
        agent.erp.post(dealer, POSTING)

    assert agent.erp.find(dealer, POSTING)


def test_nobody_listening_leaves_it_open(agent: SettlingWorld, dealer: Dealer) -> None:
    nowhere = replace(dealer, erp_url="http://127.0.0.1:9/spruce")

    with pytest.raises(ErpUnreachable):
        agent.erp.post(nowhere, POSTING)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (201, b"not json", ErpUnreachable),
        (
            201,
            b'{"status":"accepted","reference":"x","debit_cents":1,"credit_cents":1}',
            ErpRefused,
        ),
        (302, b"", ErpRefused),
        (422, b"<html>", ErpRefused),
        (429, b"{}", ErpUnreachable),
    ],
)
def test_an_answer_outside_the_protocol_is_never_taken_for_a_yes(
    agent: SettlingWorld, dealer: Dealer, status: int, body: bytes, expected: type[Exception]
) -> None:
    erp = SpruceErp(agent.secrets)

    # Any: only what the adapter reads of an answer.
    def request(*_: Any, **__: Any) -> SimpleNamespace:
        return SimpleNamespace(status=status, data=body)

    erp.__dict__["_pool"] = SimpleNamespace(request=request)

    with pytest.raises(expected):
        erp.post(dealer, POSTING)
