"""Requests and answers of the simulated processor, and Stripe's bracketed form encoding."""

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from sandbox.world.jsontypes import Json

_BRACKETS = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True)
class Request:
    """One call: `query` and `body` still form-encoded, header names in lower case."""

    method: str
    path: str
    query: str = ""
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def params(self) -> Json:
        """Return the decoded parameters of query and body."""
        return decode_form(self.query) | decode_form(self.body)


@dataclass(frozen=True)
class Answer:
    """Status, JSON body and headers.

    `dropped` means that the caller never sees it and waits `hold_seconds` in vain.
    """

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False
    hold_seconds: float = 0.0

    def text(self) -> str:
        """Return the body as it goes over the wire."""
        return json.dumps(self.body, indent=2)


def public(thing: Json) -> Json:
    """Return a copy without the simulator's own notes (names that start with `_`)."""
    return {
        name: public(value)
        if isinstance(value, dict)
        else [public(row) if isinstance(row, dict) else copy.deepcopy(row) for row in value]
        if isinstance(value, list)
        else value
        for name, value in thing.items()
        if not name.startswith("_")
    }


def decode_form(encoded: str) -> Json:
    """Decode `a[b][0]=c` to nested dicts and lists; every leaf is a string."""
    root: Json = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        head, _, _ = name.partition("[")
        _put(root, [head, *_BRACKETS.findall(name)], value)
    return {key: _lists(value) for key, value in root.items()}


def _put(node: Json, keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        child = node.setdefault(key or str(len(node)), {})
        if not isinstance(child, dict):
            child = node[key] = {}
        node = child
    node[keys[-1] or str(len(node))] = value


def _lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    decoded = {key: _lists(child) for key, child in value.items()}
    if decoded and all(key.isdigit() for key in decoded):
        return [decoded[key] for key in sorted(decoded, key=int)]
    return decoded
