"""How many cents are wrong at the end of a history, for the figures; faults_of says what is."""

from chalicelib.domain.ledger import LedgerAccount
from chalicelib.storage.ledger import trial_balance
from tests.crash.history import Ended
from tests.figures import Figures


def count(figures: Figures, suite: str, ended: Ended, found: list[str]) -> None:
    """A history and its faults into the figures of `suite`."""
    figures.add(
        suite, crashes=bool(ended.crashes), lost="lost" in found, double="double" in found,
        wrong_cents=wrong_cents(ended),
    )  # fmt: skip


def wrong_cents(ended: Ended) -> int:
    """Absolute differences between processor, ledger and what is still owed."""
    settled, opened = ended.settled, ended.owing
    paid = [one["amount"] for one in ended.road.intents() if one["status"] == "succeeded"]
    ledger = trial_balance(ended.road.dealer.dealer_id)
    owed_cents = ended.road.state().account.totals.outstanding_cents
    still_cents = sum(opened.documents.values()) - opened.credit_cents
    differences = (
        sum(paid) - settled.charged,
        ledger.get(LedgerAccount.CLEARING, 0) - settled.charged,
        sum(ledger.values()),
        still_cents - settled.documents + settled.credits - owed_cents,
    )
    return sum(abs(cents) for cents in differences)
