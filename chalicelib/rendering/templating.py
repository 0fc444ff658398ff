"""The one Jinja environment: where templates and the asset manifest are, filters, strictness."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    StrictUndefined,
    select_autoescape,
)

from . import words

# In the deployed package vendor/ is flattened, so templates/ lies beside chalicelib/ there too.
_ROOT = Path(__file__).resolve().parents[2]
_COMPILED = "templates_compiled"
_MANIFESTS = (_ROOT / "assets.json", _ROOT / "vendor" / "assets.json")


class AssetsNotBuilt(LookupError):
    """The manifest or an entry of it is missing; `npm run build` makes it."""


@cache
def environment() -> Environment:
    """Strict and autoescaping; reads templates compiled at packaging time when they are there."""
    found = Environment(
        loader=ChoiceLoader(
            [ModuleLoader(_ROOT / _COMPILED), FileSystemLoader(_ROOT / "templates")]
        ),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(words.FILTERS)
    found.globals["asset"] = asset_url
    return found


def asset_url(name: str) -> str:
    """ "app.css" → "/static/app.<hash>.css"; raises AssetsNotBuilt."""
    try:
        return f"/static/{_manifest()[name]}"
    except KeyError as missing:
        raise AssetsNotBuilt(f"{name} is not in the asset manifest: npm run build") from missing


def compile_templates(target: Path) -> None:
    """Write every template as a Python module to `target`, for the package's cold start."""
    sources = environment().overlay(loader=FileSystemLoader(_ROOT / "templates"))
    sources.compile_templates(target, zip=None, ignore_errors=False)


@cache
def _manifest() -> dict[str, str]:
    for path in _MANIFESTS:
        if path.exists():
            entries: dict[str, str] = json.loads(path.read_text("utf-8"))
            return entries
    raise AssetsNotBuilt("No asset manifest: npm run build")
