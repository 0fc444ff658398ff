"""Every link to help leads to a section that is there."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
HELP = {"/help": "help_portal.html", "/console/help": "help_console.html"}


def _links() -> set[tuple[str, str]]:
    """Address and section of every link to help."""
    texts = (path.read_text() for path in TEMPLATES.glob("pages/*/*.html"))
    return {found for text in texts for found in re.findall(r'help_link\("(.+?)#(.+?)"\)', text)}


def _sections(address: str) -> list[str]:
    text = (TEMPLATES / "components" / HELP[address]).read_text()
    return re.findall(r'<h2 id="(.+?)">', text)


def test_every_link_to_help_leads_to_its_section() -> None:
    links = _links()

    assert {address for address, _ in links} == set(HELP)
    assert not [link for link in links if link[1] not in _sections(link[0])]


def test_every_section_of_help_has_one_id() -> None:
    for address, name in HELP.items():
        sections = _sections(address)

        assert len(set(sections)) == (TEMPLATES / "components" / name).read_text().count("<h2")
