"""Files of the product in S3: rosters, imports, receipts."""

from typing import Protocol


class Files(Protocol):
    """Whole objects by key."""

    def read(self, key: str) -> bytes:
        """An object's bytes; KeyError if there is none."""

    def write(self, key: str, content: bytes, content_type: str) -> None:
        """Store an object."""

    def remove(self, key: str) -> None:
        """Forget an object; none of that name is no error."""

    def link(self, key: str, *, seconds: int, file_name: str) -> str:
        """A short-lived link (≤ 300 seconds) that downloads the object."""
