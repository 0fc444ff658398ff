"""Time zones are names of the IANA database, an area and a place."""

import pytest

from chalicelib.domain.days import is_time_zone


@pytest.mark.parametrize(
    "name", ["America/New_York", "America/Indiana/Knox", "Pacific/Honolulu", "UTC"]
)
def test_a_name_of_the_database_is_a_time_zone(name: str) -> None:
    assert is_time_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "PST", "EST5EDT", "Pacific time", "America", "America/", "/America/Denver",
        "America/Nowhere", "posix/America/Denver", "right/America/Denver", "../America/Denver",
        "America/../America/Denver", "America/Den\0ver", "localtime", "America/" + "x" * 300,
    ],
)  # fmt: skip
def test_anything_else_is_none(name: str) -> None:
    assert not is_time_zone(name)
