"""Files that others put into the product's bucket: the form they come by, and reading them."""

from dataclasses import dataclass
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Where a form posts its file, the hidden fields it carries, and one it may fill in.

    `time_field` is the name of the field for the file's own time, ISO or blank.
    """

    url: str
    fields: dict[str, str]
    time_field: str


@dataclass(frozen=True, slots=True)
class UploadFacts:
    """What the bucket knows of a file; `as_of` is what the sender said, possibly nothing."""

    etag: str
    size_bytes: int
    as_of: str = ""


class Uploads(Protocol):
    """Whole files by key; nothing here trusts what a browser says about where one went."""

    def form(self, *, prefix: str, redirect: str, limit_bytes: int, seconds: int) -> UploadForm:
        """A form that puts one CSV file of at most `limit_bytes` under `prefix`, nothing else."""

    def facts(self, key: str) -> UploadFacts:
        """What is stored at a key; KeyError if nothing is."""

    def open(self, key: str, etag: str) -> BinaryIO:
        """Exactly that content, streamed; KeyError if it is gone or was replaced. Close it."""
