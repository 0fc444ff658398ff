"""What one connected account owns at the simulated processor, and how it is listed."""

import hashlib
import itertools
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sandbox.world.jsontypes import Json
from sandbox.world.stripe.errors import InvalidRequest, no_such

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LETTERS = 24
_PAGE_DEFAULT, _PAGE_MAX = 10, 100
_BOUNDS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


@dataclass
class Book:
    """Objects of one account by id, in order of creation; `account` is None for the platform."""

    account: str | None
    seed: str
    objects: dict[str, Json] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_id(self, prefix: str) -> str:
        """Return the next id with `prefix`; the same seed gives the same ids again."""
        text = f"{self.seed}/{self.account}/{prefix}/{next(self._numbers)}"
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:18], "big")
        letters = ""
        while len(letters) < _ID_LETTERS:
            number, rest = divmod(number, len(_ALPHABET))
            letters += _ALPHABET[rest]
        return f"{prefix}_{letters}"

    def add(self, thing: Json) -> Json:
        """Store and return `thing`."""
        self.objects[thing["id"]] = thing
        return thing

    def get(self, kind: str, object_id: str, *, param: str = "id") -> Json:
        """Return the object, or raise Stripe's "No such …" (foreign ids answer alike)."""
        thing = self.objects.get(object_id)
        if thing is None or thing["object"] != kind:
            raise no_such(kind, object_id, param=param)
        return thing

    def of_kind(self, kind: str) -> list[Json]:
        """Return every object of `kind`, oldest first."""
        return [thing for thing in self.objects.values() if thing["object"] == kind]

    def page(
        self, kind: str, params: Json, *, url: str, keep: Callable[[Json], bool] = lambda _: True
    ) -> Json:
        """Return one list page, newest first.

        Knows `limit`, `starting_after`, `ending_before` and `created`, a moment or its bounds.
        """
        rows = [
            thing
            for thing in reversed(self.of_kind(kind))
            if keep(thing) and _is_created_within(thing, params.get("created"))
        ]
        limit = _limit(params)
        after, before = params.get("starting_after"), params.get("ending_before")
        if after:
            rows = rows[_place(rows, after, "starting_after") + 1 :]
        elif before:
            rows = rows[: _place(rows, before, "ending_before")][-limit:]
        return {"object": "list", "url": url, "has_more": len(rows) > limit, "data": rows[:limit]}


def _is_created_within(thing: Json, wanted: str | dict[str, str] | None) -> bool:
    if wanted is None:
        return True
    bounds = wanted if isinstance(wanted, dict) else {"gte": wanted, "lte": wanted}
    for name, text in bounds.items():
        if name not in _BOUNDS or not text.isdecimal():
            raise InvalidRequest("Invalid timestamp or range.", param="created")
        if not _BOUNDS[name](thing["created"], int(text)):
            return False
    return True


def _limit(params: Json) -> int:
    text = str(params.get("limit", _PAGE_DEFAULT))
    if not text.isdecimal() or not 1 <= int(text) <= _PAGE_MAX:
        raise InvalidRequest(
            "This value must be between 1 and 100.", param="limit", code="parameter_invalid_integer"
        )
    return int(text)


def _place(rows: list[Json], object_id: str, param: str) -> int:
    for place, thing in enumerate(rows):
        if thing["id"] == object_id:
            return place
    raise no_such("object", object_id, param=param)
