"""Whether an operator's hold on one of its payments keeps a settlement from Post and Resolve."""

from chalicelib.domain.errors import Conflict
from chalicelib.domain.interventions import held_sentence
from chalicelib.domain.settlements import Settlement
from chalicelib.storage.settlement_payments import payments_of


def refuse_if_held(settlement: Settlement) -> None:
    """Raises Conflict with the payments on hold and what to do."""
    sentence = held_sentence(payments_of(settlement))
    if sentence:
        raise Conflict(sentence)
