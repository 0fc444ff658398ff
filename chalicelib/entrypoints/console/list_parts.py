"""What the lists of payments and settlements share: headings that sort, a choice to filter by."""

from collections.abc import Iterable, Mapping

from chalicelib.entrypoints.filters import href
from chalicelib.rendering.views.figures import Column, HiddenField, Option, SelectFilter

ASCENDING = "ascending"


def sorting_columns(
    base: str, typed: Mapping[str, str], columns: Iterable[tuple[str, str, str]], *, chosen: str
) -> tuple[Column, ...]:
    """Headings of (key, label, sort); without a sort it is no link.

    The first press sorts the largest or newest first, the next one turns the order round.
    """
    ascending = is_ascending(typed)
    turned = "" if ascending else ASCENDING
    return tuple(
        Column(
            key=key,
            label=label,
            href=href(base, typed, sort=sort, order=turned if sort == chosen else "")
            if sort
            else "",
            sorted=(ASCENDING if ascending else "descending") if sort == chosen else "",
        )
        for key, label, sort in columns
    )


def is_ascending(typed: Mapping[str, str]) -> bool:
    """True if the smallest or oldest is asked for first."""
    return typed["order"] == ASCENDING


def kept_order(typed: Mapping[str, str]) -> tuple[HiddenField, ...]:
    """The order as hidden fields, so that the filter form does not lose it."""
    return tuple(
        HiddenField(name=name, value=typed[name]) for name in ("sort", "order") if typed[name]
    )


def choice(name: str, label: str, words: Iterable[tuple[str, str]], chosen: str) -> SelectFilter:
    """A choice of (value, label) with the chosen one selected."""
    options = (Option(value=value, label=word, selected=value == chosen) for value, word in words)
    return SelectFilter(name=name, label=label, options=tuple(options))
