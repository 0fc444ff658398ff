"""How many cents are wrong at the end of a history, for the figures; faults_of says what is."""

from chalicelib.domain.ledger import LedgerAccount
from chalicelib.domain.payments import PaymentStatus
from chalicelib.storage.ledger import trial_balance
from tests.crash.history import OPEN, Ended
from tests.figures import Figures


def count(figures: Figures, suite: str, ended: Ended, found: list[str]) -> None:
    """A history and its faults into the figures of `suite`."""
    figures.add(
        suite, crashes=bool(ended.crashes), lost="lost" in found, double="double" in found,
        wrong_cents=wrong_cents(ended),
    )  # fmt: skip


def wrong_cents(ended: Ended) -> int:
    """Absolute differences between processor, ledger and what is still owed."""
    settled_cents = sum(
        payment.charged_cents
        for payment in ended.payments
        if payment.status is PaymentStatus.SETTLED
    )
    paid = [one["amount"] for one in ended.road.intents() if one["status"] == "succeeded"]
    ledger = trial_balance(ended.road.dealer.dealer_id)
    owed_cents = ended.road.state().account.totals.outstanding_cents
    differences = (
        sum(paid) - settled_cents,
        ledger.get(LedgerAccount.CLEARING, 0) - settled_cents,
        sum(ledger.values()),
        sum(OPEN.values()) - settled_cents - owed_cents,
    )
    return sum(abs(cents) for cents in differences)
