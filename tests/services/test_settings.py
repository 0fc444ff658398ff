"""A dealer's settings: within their limits, kept with who changed them, never over another's."""

from dataclasses import replace

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.services.change_settings import change_settings, settings_of, view_settings
from tests.stage import Stage, stage

__all__ = ["stage"]


def test_a_change_is_kept_with_who_and_what(stage: Stage) -> None:
    dealer = stage.dealer()
    wanted = replace(settings_of(dealer), hold_hours=24)

    change_settings(
        stage, dealer.dealer_id, settings=wanted, read_version=dealer.version, operator="Dana"
    )

    now, (line,) = view_settings(stage, dealer.dealer_id)
    assert (now.hold_hours, now.version) == (24, dealer.version + 1)
    assert (line.source, line.text) == ("Dana", "hold hours 0 → 24")


def test_a_page_opened_before_another_change_does_not_overwrite_it(stage: Stage) -> None:
    dealer = stage.dealer()
    ids = {"read_version": dealer.version, "operator": "Dana"}
    first = replace(settings_of(dealer), hold_hours=24)
    change_settings(stage, dealer.dealer_id, settings=first, **ids)  # type: ignore[arg-type]

    with pytest.raises(Conflict):
        change_settings(
            stage,
            dealer.dealer_id,
            settings=replace(settings_of(dealer), auto_post=True),
            **ids,  # type: ignore[arg-type]
        )

    assert view_settings(stage, dealer.dealer_id)[0].auto_post is False


@pytest.mark.parametrize(
    "change",
    [
        {"hold_hours": 73},
        {"invitation_days": 0},
        {"name": ""},
        {"phone": "5" * 201},
        {"books_closed_through": "2026-11-23"},
        {"time_zone": ""},
        {"time_zone": "Pacific Time"},
    ],
)
def test_a_setting_outside_its_limits_changes_nothing(
    stage: Stage, change: dict[str, object]
) -> None:
    dealer = stage.dealer()
    wanted = replace(settings_of(dealer), **change)  # type: ignore[arg-type]

    with pytest.raises(InvalidInput) as refused:
        change_settings(
            stage, dealer.dealer_id, settings=wanted, read_version=dealer.version, operator="Dana"
        )

    assert set(refused.value.fields) == set(change)
    assert view_settings(stage, dealer.dealer_id)[0] == dealer
