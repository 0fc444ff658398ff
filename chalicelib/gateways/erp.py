"""The dealer's ERP as the posting needs it; the Spruce adapter speaks docs/SPRUCE.md."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chalicelib.domain.dealers import Dealer


class ErpUnreachable(Exception):
    """No answer: the posting may or may not have been taken; ask by its reference."""


class ErpRefused(Exception):
    """A definite no, with the ERP's reason in our words."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One line of a posting. `role` says what the ERP does with it.

    payment: apply money to a document · credit: apply a credit to a document · discount:
    grant a discount · debit/credit_entry: a journal line on a GL account.
    """

    role: str
    amount_cents: int
    account_id: str = ""
    job_id: str = ""
    check_number: str = ""
    document_id: str = ""
    document_type: str = ""
    applied_document_id: str = ""
    gl_account: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """Everything of one category of one settlement, accepted whole and once per reference."""

    reference: str
    category: str
    day: date
    memo: str
    currency: str
    lines: tuple[PostingLine, ...]


class Erp(Protocol):
    """One dealer's ERP."""

    def find(self, dealer: Dealer, reference: str) -> bool:
        """True if the ERP has already taken this reference."""

    def post(self, dealer: Dealer, posting: Posting) -> None:
        """Post once; raises ErpUnreachable (ask before repeating) or ErpRefused."""
