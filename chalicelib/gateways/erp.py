"""The dealer's ERP as the posting needs it; the Spruce adapter speaks docs/SPRUCE.md."""

from typing import Protocol

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.posting import Posting


class ErpUnreachable(Exception):
    """No answer: the posting may or may not have been taken; ask by its reference."""


OVER_APPLIED = "document_over_applied"
UNKNOWN_DOCUMENT = "unknown_document"


class ErpRefused(Exception):
    """A definite no, with the ERP's reason in our words; `document` is the one it is about."""

    def __init__(self, sentence: str, *, code: str = "", document: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.document = document


class Erp(Protocol):
    """One dealer's ERP."""

    def find(self, dealer: Dealer, posting: Posting) -> bool:
        """True if the ERP has taken it; raises ErpRefused if it holds the reference otherwise."""

    def post(self, dealer: Dealer, posting: Posting) -> None:
        """Post once; raises ErpUnreachable (ask before repeating) or ErpRefused."""

    def open_cents(self, dealer: Dealer, document: str) -> int:
        """What is open on a document at this moment; raises as above."""
