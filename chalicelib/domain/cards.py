"""A saved card as far as anybody here ever knows it: never its number."""

from dataclasses import dataclass

from chalicelib.domain.ids import MethodId


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a fee depends on: a saved card's network and how it is funded."""

    method_id: MethodId
    brand: str  # "visa", as the processor names networks.
    funding: str  # "credit", "debit", "prepaid" or "unknown".
