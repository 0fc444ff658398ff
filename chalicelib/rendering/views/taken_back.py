"""Money the bank took back, or may take: the block on the operator's payment page, and its form."""

from __future__ import annotations

from dataclasses import dataclass

from .figures import Option


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """`facts` are (label, words), `sums` (label, cents); `answer_href` is at the processor.

    `mandate`: the words the payer had agreed to, paragraph by paragraph, where the bank says that
    the debit was not authorised.
    """

    heading: str
    sentence: str
    tone: str
    facts: tuple[tuple[str, str], ...]
    sums: tuple[tuple[str, int], ...]
    answer_href: str = ""
    mandate: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReturnForm:
    """POSTs csrf, code and `on` (ISO day) to `url`.

    `blocked_because`: why it can't apply, and what happens instead.
    """

    csrf: str
    url: str
    codes: tuple[Option, ...] = ()
    earliest: str = ""
    latest: str = ""
    blocked_because: str = ""
