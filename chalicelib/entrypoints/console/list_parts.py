"""What the lists of payments and settlements share: headings that sort, a choice to filter by."""

from collections.abc import Iterable, Mapping

from chalicelib.entrypoints.filters import href
from chalicelib.rendering.views.figures import Column, Option, SelectFilter


def sorting_columns(
    base: str, typed: Mapping[str, str], columns: Iterable[tuple[str, str, str]], *, chosen: str
) -> tuple[Column, ...]:
    """Headings of (key, label, sort); without a sort it is no link. Largest or newest first."""
    return tuple(
        Column(
            key=key,
            label=label,
            href=href(base, typed, sort=sort) if sort else "",
            sorted="descending" if sort == chosen else "",
        )
        for key, label, sort in columns
    )


def choice(name: str, label: str, words: Iterable[tuple[str, str]], chosen: str) -> SelectFilter:
    """A choice of (value, label) with the chosen one selected."""
    options = (Option(value=value, label=word, selected=value == chosen) for value, word in words)
    return SelectFilter(name=name, label=label, options=tuple(options))
