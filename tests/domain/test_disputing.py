"""A dispute's phases follow one another and are never taken back."""

from itertools import permutations

import pytest

from chalicelib.domain.disputing import EVENTS, phases_between, reason_words
from chalicelib.domain.reversals import DisputePhase
from sandbox.world.stripe.dispute_object import REASONS

INQUIRY, WITHDRAWN, WON, LOST, CLOSED = DisputePhase


@pytest.mark.parametrize(
    ("stored", "told", "way"),
    [
        (None, INQUIRY, (INQUIRY,)),
        (None, WITHDRAWN, (WITHDRAWN,)),
        (None, WON, (WITHDRAWN, WON)),
        (None, LOST, (WITHDRAWN, LOST)),
        (None, CLOSED, (INQUIRY, CLOSED)),
        (INQUIRY, WITHDRAWN, (WITHDRAWN,)),
        (INQUIRY, LOST, (WITHDRAWN, LOST)),
        (INQUIRY, CLOSED, (CLOSED,)),
        (WITHDRAWN, WON, (WON,)),
        (WITHDRAWN, LOST, (LOST,)),
        (WITHDRAWN, INQUIRY, ()),
        (WITHDRAWN, CLOSED, ()),
    ],
)
def test_a_dispute_goes_through_its_phases_one_after_another(
    stored: DisputePhase | None, told: DisputePhase, way: tuple[DisputePhase, ...]
) -> None:
    assert phases_between(stored, told) == way


@pytest.mark.parametrize("final", [WON, LOST, CLOSED])
@pytest.mark.parametrize("told", DisputePhase)
def test_a_decided_dispute_moves_no_more(final: DisputePhase, told: DisputePhase) -> None:
    assert phases_between(final, told) == ()


@pytest.mark.parametrize("order", list(permutations((INQUIRY, WITHDRAWN, LOST))))
def test_reports_in_any_order_end_alike(order: tuple[DisputePhase, ...]) -> None:
    at: DisputePhase | None = None
    for told in order:
        for phase in phases_between(at, told):
            at = phase

    assert at is LOST


def test_every_phase_is_an_event_of_the_lifecycle() -> None:
    assert set(EVENTS) == set(DisputePhase)


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_of_the_processor_has_words(reason: str) -> None:
    assert "_" not in reason_words(reason)


def test_a_reason_nobody_knows_yet_is_shown_as_it_is_written() -> None:
    assert reason_words("brand_new") == "brand new"
