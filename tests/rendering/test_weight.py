"""What a first visit loads, compressed, against the budget of 60 KB (aim: 45)."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from chalicelib.rendering.pages import render_page
from chalicelib.rendering.templating import compile_templates

from .portal_examples import outstanding

BUDGET_BYTES = 60 * 1024
AIM_BYTES = 47 * 1024
SCRIPT_BYTES = 2 * 1024


def _gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def test_the_first_load_of_outstanding_stays_in_its_budget(built_assets: Path) -> None:
    html = render_page(outstanding())

    named = set(re.findall(r"/static/([\w.]+)", html))
    font = next(built_assets.glob("inter.*.woff2"))
    parts = {name: _gzipped((built_assets / name).read_bytes()) for name in named - {"x.pdf"}}
    total = _gzipped(html.encode()) + sum(parts.values()) + font.stat().st_size

    assert any(name.startswith("htmx.") for name in parts)
    assert total <= AIM_BYTES < BUDGET_BYTES, parts


def test_our_own_script_is_under_two_kilobytes(built_assets: Path) -> None:
    script = next(built_assets.glob("app.*.js"))

    assert _gzipped(script.read_bytes()) <= SCRIPT_BYTES


def test_every_file_of_the_manifest_exists_and_carries_its_hash(built_assets: Path) -> None:
    manifest = json.loads((built_assets.parents[1] / "vendor" / "assets.json").read_text())

    for logical, hashed in manifest.items():
        stem, extension = logical.rsplit(".", 1)
        assert re.fullmatch(rf"{stem}\.[0-9a-f]{{10}}\.{extension}", hashed)
        assert (built_assets / hashed).exists()


def test_the_style_sheet_loads_only_our_own_hashed_files(built_assets: Path) -> None:
    css = next(built_assets.glob("app.*.css")).read_text()

    urls = re.findall(r"url\(([^)]+)\)", css)

    assert urls
    assert all((built_assets / url.strip("\"'")).exists() for url in urls)


def test_all_templates_compile_for_the_package(tmp_path: Path) -> None:
    compile_templates(tmp_path)

    sources = [p for p in Path("templates").rglob("*") if p.is_file()]
    assert len(list(tmp_path.glob("*.py"))) == len(sources)
