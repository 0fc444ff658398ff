"""What no template may hold: the content policy refuses it in the browser, this before that."""

import re
from pathlib import Path

# A mail has no content policy; its style sheet is inlined when it is rendered.
MAILS = Path("templates/emails")
FORBIDDEN = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(
        r"<script\b(?![^>]*\ssrc=)|<script\b[^>]*>\s*[^<\s]", re.IGNORECASE
    ),
    "inline handler": re.compile(r"\s(?:hx-on[\w:-]*|on[a-z]+)\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
}


def offences(text: str) -> list[str]:
    """What a template's text holds of what is forbidden."""
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]


def test_no_page_holds_style_script_or_handlers_of_its_own() -> None:
    pages = [path for path in Path("templates").rglob("*.html") if MAILS not in path.parents]

    found = {str(path): words for path in pages if (words := offences(path.read_text()))}

    assert pages
    assert found == {}


def test_every_kind_of_offence_is_seen() -> None:
    samples = (
        '<p style="color: red">',
        "<script>alert(1)</script>",
        '<a hx-on:click="go()">',
        '<a href="javascript:go()">',
    )

    assert [offences(sample) for sample in samples] == [[name] for name in FORBIDDEN]
