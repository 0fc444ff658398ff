"""Links to files: for one object, with its name, and never valid for long."""

from urllib.parse import parse_qs, urlparse

import pytest

from chalicelib.gateways.s3_files import S3Files
from sandbox.aws import CREDENTIALS


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> S3Files:
    """The bucket of a stack; links are signed without asking anybody."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return S3Files("stack-files")


@pytest.mark.parametrize(("asked", "expected"), [(60, 60), (300, 300), (301, 300), (86_400, 300)])
def test_a_link_is_valid_for_five_minutes_at_most(
    files: S3Files, asked: int, expected: int
) -> None:
    link = urlparse(files.link("receipts/1.pdf", seconds=asked, file_name="receipt-DP-1.pdf"))

    signed = parse_qs(link.query)
    assert link.path == "/stack-files/receipts/1.pdf"
    assert signed["X-Amz-Expires"] == [str(expected)]
    assert signed["response-content-disposition"] == [
        "attachment; filename*=UTF-8''receipt-DP-1.pdf"
    ]
