"""Return codes: what each one stops, and that everybody is told in words."""

import pytest

from chalicelib.domain.refusals import refusal_sentence
from chalicelib.domain.return_codes import (
    RULES,
    UNKNOWN,
    Consequence,
    ReturnRule,
    return_code,
    return_rule,
)
from sandbox.world.stripe.faults import RETURN_CODES


@pytest.mark.parametrize(
    ("codes", "consequence"),
    [
        (("R01", "R09"), Consequence.PAY_AGAIN),
        (("R02", "R03", "R04"), Consequence.DISABLE),
        (("R08",), Consequence.STOP),
        (("R05", "R07", "R10", "R11", "R29"), Consequence.END_MANDATE),
    ],
)
def test_a_code_stops_what_the_rules_say(codes: tuple[str, ...], consequence: Consequence) -> None:
    assert {return_rule(code).consequence for code in codes} == {consequence}


def test_only_closed_accounts_and_withdrawn_permissions_stop_the_bank_account() -> None:
    stopping = {code for code, rule in RULES.items() if rule.stops_method}

    assert stopping == {"R02", "R03", "R04", "R05", "R07", "R10", "R11", "R29"}


@pytest.mark.parametrize("code", sorted(RETURN_CODES))
def test_every_code_the_processor_simulates_is_known(code: str) -> None:
    assert return_rule(code).code == code


@pytest.mark.parametrize("word", sorted(set(RETURN_CODES.values())))
def test_the_processors_own_word_stands_in_for_a_missing_code(word: str) -> None:
    assert return_code("", word) in RULES


def test_the_networks_code_counts_before_the_processors_word() -> None:
    assert return_code("R05", "debit_not_authorized") == "R05"


@pytest.mark.parametrize("code", ["", "R99", "4853", "constructor"])
def test_an_unknown_code_stops_nothing(code: str) -> None:
    assert return_rule(code) is UNKNOWN
    assert not return_rule(code).stops_method


@pytest.mark.parametrize("rule", [*RULES.values(), UNKNOWN])
def test_payer_and_operator_read_sentences_and_the_payer_no_code(rule: ReturnRule) -> None:
    assert rule.payer_sentence.endswith(".")
    assert rule.operator_sentence.endswith(".")
    assert rule.operator_sentence.startswith(rule.code)
    assert not rule.code or rule.code not in rule.payer_sentence


@pytest.mark.parametrize("rule", [*RULES.values(), UNKNOWN])
def test_a_debit_refused_before_it_arrived_says_that_nothing_was_charged(rule: ReturnRule) -> None:
    assert "Nothing was charged." in refusal_sentence("ach", rule.code)
