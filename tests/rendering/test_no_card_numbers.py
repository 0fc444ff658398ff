"""Card numbers never reach our pages or code: no field that could hold one, no vendor's script."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.domain.cards import CardFacts
from chalicelib.domain.payments import Method
from chalicelib.entrypoints.responses import security_headers
from chalicelib.rendering.pages import render_page
from tests.rendering.examples import all_examples
from tests.rendering.markup import elements

ROOT = Path(__file__).parents[2]
# What people and browsers call the number, its expiry and its code.
CARD_WORDS = re.compile(
    r"\bcard[-_]?num|\bcc[-_]?(num|exp|csc|name)|\bcvc|\bcvv|\bcsc\b|\bexp[-_]?(month|year|date)"
    r"|\bpan\b|\bcard[-_]?holder|\bsecurity[-_]?code",
    re.IGNORECASE,
)
# Thirteen to nineteen digits that stand alone, in groups or not.
LONG_NUMBER = re.compile(r"(?<![\w.])(?:\d[ -]?){12,18}\d(?![\w.])")
OURS = [*ROOT.glob("chalicelib/**/*.py"), *ROOT.glob("templates/**/*.*"), *ROOT.glob("assets/js/*")]
HOSTED = [*ROOT.glob("sandbox/world/stripe/*.py"), *ROOT.glob("sandbox/world/templates/*.html")]


def test_no_template_script_or_module_of_ours_names_a_cards_number_expiry_or_code() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in OURS
        for match in CARD_WORDS.finditer(path.read_text())
    }

    assert found == set()


@pytest.mark.parametrize("name", sorted(all_examples()))
def test_no_input_on_any_page_is_named_or_completed_like_a_card(name: str) -> None:
    inputs = [e for e in elements(render_page(all_examples()[name])) if e.tag == "input"]

    alike = [
        field.attributes
        for field in inputs
        if any(CARD_WORDS.search(value or "") for value in field.attributes.values())
        or field.attributes.get("autocomplete", "").startswith("cc-")
        or field.attributes.get("name", "").startswith("card")
    ]
    assert alike == []


def test_no_form_field_we_read_is_named_like_a_card() -> None:
    asked = {
        call.args[0].value
        for path in ROOT.glob("chalicelib/entrypoints/**/*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"get", "raw", "all"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }

    assert {"method", "forget"} <= asked
    assert [name for name in asked if CARD_WORDS.search(name) or name == "card"] == []


def test_what_we_keep_of_a_card_is_its_brand_funding_and_last_four() -> None:
    assert {field.name for field in fields(CardFacts)} == {"method_id", "brand", "funding"}
    assert {field.name for field in fields(Method)} == {
        "method_id", "kind", "label", "last4", "customer", "mandate", "card", "disabled",
    }  # fmt: skip


def test_the_simulated_card_page_has_no_field_to_type_a_number_in_either() -> None:
    typed = {
        f"{path.name}: {match.group(0)}"
        for path in HOSTED
        for match in LONG_NUMBER.finditer(path.read_text())
    }
    page = (ROOT / "sandbox/world/templates/card_page.html").read_text()

    assert typed == set()
    assert set(re.findall(r'type="(\w+)"', page)) == {"radio", "submit"}


def test_every_script_is_our_own_on_every_page() -> None:
    hosts = ("https://checkout.stripe.com", "https://hooks.stripe.com")
    policy = security_headers(hosts, "same-origin")["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    sources = {
        element.attributes["src"]
        for view in all_examples().values()
        for element in elements(render_page(view))
        if element.tag == "script" and "src" in element.attributes
    }

    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert rules["default-src"] == "'none'"
    assert "frame-src" not in rules
    assert all(source.startswith("/") and not source.startswith("//") for source in sources)
