"""The lifecycle's table: drawn as it is, complete in words, and never back."""

from chalicelib.domain.lifecycle import MEANINGS, Event, after, is_final
from chalicelib.domain.payments import PaymentStatus
from tools.lifecycle import TARGET, drawn


def test_the_document_is_drawn_from_the_table() -> None:
    assert TARGET.read_text("utf-8") == drawn(), "python -m tools.lifecycle"


def test_every_event_has_its_meaning_in_words() -> None:
    assert set(MEANINGS) == set(Event)


def test_terminated_is_final_and_only_follows_frozen() -> None:
    before = {status for status in PaymentStatus if after(status, Event.TERMINATED)}

    assert before == {PaymentStatus.FROZEN}
    assert is_final(PaymentStatus.TERMINATED)


def test_money_that_arrives_for_a_stopped_payment_moves_nothing() -> None:
    for status in (PaymentStatus.FROZEN, PaymentStatus.TERMINATED):
        assert after(status, Event.SUCCEEDED) is None
