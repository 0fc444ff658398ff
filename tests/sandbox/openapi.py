"""Checks answers against a vendor's OpenAPI 3.0 description, whose nullables JSON Schema lacks."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_PREFIX = "#/components/schemas/"


class Description:
    """The schemas of one vendor, by name."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self._schemas = schemas
        self._registry: Registry[Any] = Registry(retrieve=cache(self._resource))

    def problems(self, name: str, answer: Any) -> list[str]:
        """Every way in which `answer` is not a `name`; names it does not know included."""
        validator = Draft202012Validator({"$ref": f"oa:{name}"}, registry=self._registry)
        wrong = [
            f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(answer)
        ]
        return wrong + [
            f"$.{field}: is not described" for field in sorted(set(answer) - self._fields(name))
        ]

    def _fields(self, name: str) -> set[str]:
        schema = self._schemas[name]
        parts = [
            self._schemas[part["$ref"].removeprefix(_PREFIX)] if "$ref" in part else part
            for part in schema.get("allOf", [])
        ]
        return set().union(*(part.get("properties", {}) for part in [schema, *parts]))

    def _resource(self, uri: str) -> Resource[Any]:
        schema = _converted(self._schemas[uri.removeprefix("oa:")])
        return Resource(contents=schema, specification=DRAFT202012)


def _converted(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_converted(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _converted(value) for key, value in schema.items() if key != "nullable"}
    if isinstance(plain.get("$ref"), str):
        plain["$ref"] = plain["$ref"].replace(_PREFIX, "oa:")
    if schema.get("nullable") is True:
        return {"anyOf": [{"type": "null"}, plain]}
    return plain
