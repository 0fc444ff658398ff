"""Sending work to queues: bodies carry ids only, never secrets or amounts."""

from typing import Protocol


class Queues(Protocol):
    """The queues of the product."""

    def send_mail(self, mail: str, dealer: str, **ids: str) -> None:
        """Ask the mail worker to render and send `mail` about `ids`."""

    def send_event(self, event: dict[str, str | bool]) -> None:
        """Hand a verified webhook event (ids only) to its worker."""

    def send_import(self, *, dealer: str, ingestion: str) -> None:
        """Ask the importer to go on with a confirmed import."""
