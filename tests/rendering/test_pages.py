"""Every view, full and empty, becomes a page the strict CSP allows and a reader can trust."""

from __future__ import annotations

import dataclasses
import types
import typing

import pytest

from chalicelib.rendering.pages import TEMPLATES, render_page

from . import demo
from .customers_examples import customers
from .examples import all_examples
from .markup import elements
from .portal_examples import outstanding, payable, quote

EXAMPLES = all_examples()
FRAGMENTS = (
    "job_rows", "mailing_progress", "settlement_progress", "ingestion_progress",
    "reconciliation_progress",
)  # fmt: skip

every_example = pytest.mark.parametrize("name", sorted(EXAMPLES))


def test_every_view_has_a_full_and_an_empty_example() -> None:
    shown = [type(view) for view in EXAMPLES.values()]

    unshown = [view.__name__ for view in TEMPLATES if view not in shown]

    assert unshown == []


@every_example
def test_a_page_has_no_inline_script_style_or_handler(name: str) -> None:
    found = elements(render_page(EXAMPLES[name]))

    inline = [
        element
        for element in found
        if element.tag == "style"
        or (element.tag == "script" and ("src" not in element.attributes or element.text.strip()))
        or any(key == "style" or key.startswith(("on", "hx-on")) for key in element.attributes)
    ]
    assert inline == []


@every_example
def test_every_posting_form_carries_the_csrf_token(name: str) -> None:
    found = elements(render_page(EXAMPLES[name]))

    for form in found:
        if form.tag == "form" and form.attributes["method"] == "post":
            if form.attributes["action"].startswith("https://"):
                # Posts to the bucket; our token is none of its business.
                assert not any(_is_csrf(e.attributes) for e in form.inside)
                continue
            tokens = [e.attributes.get("value") for e in form.inside if _is_csrf(e.attributes)]
            assert tokens == ["csrf-token"]


def _is_csrf(attributes: dict[str, str]) -> bool:
    return attributes.get("name") == "csrf"


@every_example
def test_ids_are_unique_on_a_page(name: str) -> None:
    ids = [
        e.attributes["id"] for e in elements(render_page(EXAMPLES[name])) if "id" in e.attributes
    ]

    assert len(ids) == len(set(ids))


@every_example
def test_a_page_has_one_main_one_heading_and_at_most_one_primary_button(name: str) -> None:
    found = elements(render_page(EXAMPLES[name]))
    if name.startswith(FRAGMENTS):
        assert "html" not in {element.tag for element in found}
        return

    primary = [e for e in found if "btn" in e.attributes.get("class", "").split()]

    assert [e.tag for e in found].count("main") == 1
    assert [e.tag for e in found].count("h1") == 1
    assert len(primary) <= 1, [e.text for e in primary]


@every_example
def test_imported_text_is_escaped_wherever_it_stands(name: str) -> None:
    html = render_page(EXAMPLES[name])

    assert demo.HOSTILE not in html
    assert '"><script>' not in html


def test_views_hold_primitives_only() -> None:
    for view in TEMPLATES:
        _assert_primitive(view, seen=set())


def _assert_primitive(kind: object, seen: set[object]) -> None:
    if kind in (str, int, bool, types.NoneType) or kind in seen:
        return
    seen.add(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
        for inner in typing.get_type_hints(kind).values():
            _assert_primitive(inner, seen)
        return
    parts = [part for part in typing.get_args(kind) if part is not Ellipsis]
    assert parts, f"{kind} is not a primitive"
    for part in parts:
        _assert_primitive(part, seen)


def test_what_is_in_flight_cannot_be_ticked_and_says_so() -> None:
    html = render_page(outstanding())

    box = next(e for e in elements(html) if e.attributes.get("value") == "I-449902")

    assert "disabled" in box.attributes
    assert "$7,421.90 submitted" in html


def test_a_large_job_names_where_its_rows_come_from_with_and_without_script() -> None:
    found = elements(render_page(outstanding()))

    link = next(e for e in found if "hx-get" in e.attributes)

    assert link.attributes["hx-get"] == "/outstanding/jobs/riverbend"
    assert link.attributes["href"] == "/outstanding?open=riverbend#job-riverbend"


def test_a_late_payable_stands_in_past_due_and_in_its_own_age_column_only() -> None:
    job = dataclasses.replace(
        outstanding().jobs[0], payables=(payable("I-1", 4500, "2026-10-02", days_past_due=51),)
    )

    found = elements(render_page(outstanding(jobs=(job,))))
    row = next(e for e in found if e.attributes.get("class") == "inv")

    amounts = [cell.text for cell in row.inside if cell.tag == "td"][2:]
    assert amounts == ["$45.00", "$45.00", "", "", "", "$45.00"]


def test_the_first_payment_offers_linking_a_bank_instead_of_paying() -> None:
    html = render_page(quote(banks=()))

    assert "Link a bank account" in html
    assert "by ACH</button>" not in html


def test_an_expired_quote_cannot_be_submitted() -> None:
    found = elements(render_page(quote(state="expired")))

    actions = [e.attributes["action"] for e in found if e.tag == "form"]

    assert "/quotes/Q1/submit" not in actions


def test_a_running_post_refreshes_itself_without_script() -> None:
    running = render_page(EXAMPLES["settlement_running"])
    finished = render_page(EXAMPLES["settlement_posted"])

    assert '<noscript><meta http-equiv="refresh"' in running
    assert 'hx-trigger="every 2s"' in running
    assert "refresh" not in finished
    assert "hx-trigger" not in finished


def test_running_invitations_refresh_themselves_without_script_and_finished_ones_do_not() -> None:
    running = render_page(EXAMPLES["mailing_running"])
    finished = render_page(EXAMPLES["mailing_done"])

    assert '<noscript><meta http-equiv="refresh"' in running
    assert 'hx-trigger="every 2s"' in running
    assert "refresh" not in finished
    assert "hx-trigger" not in finished


def test_who_may_not_invite_sees_no_boxes() -> None:
    may = render_page(customers())
    may_not = render_page(dataclasses.replace(customers(), may_invite=False))

    assert may.count('name="account"') == 16
    assert 'name="account"' not in may_not
    assert "/console/invitations" in may


def test_amounts_carry_the_currency_of_the_dealer() -> None:
    chrome = demo.portal_chrome("Outstanding", "Outstanding", currency="CAD")

    html = render_page(outstanding(chrome=chrome))

    assert "CA$50,480.33" in html
    assert ">$" not in html
