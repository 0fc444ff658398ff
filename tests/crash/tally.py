"""How many cents are wrong at the end of a history, for the figures; faults_of says what is."""

from chalicelib.domain.ledger import LedgerAccount, gl_number
from chalicelib.storage.ledger import trial_balance
from tests.crash.checks import at_the_bank, general_ledger
from tests.crash.history import Ended
from tests.figures import Figures


def count(figures: Figures, suite: str, ended: Ended, found: list[str]) -> None:
    """A history and its faults into the figures of `suite`."""
    figures.add(
        suite, crashes=bool(ended.crashes), lost="lost" in found, double="double" in found,
        wrong_cents=wrong_cents(ended),
    )  # fmt: skip


def wrong_cents(ended: Ended) -> int:
    """Absolute differences between processor, ledger, general ledger and what is still owed."""
    road, paid, opened = ended.road, ended.paid, ended.owing
    charged = [one["amount"] for one in road.intents() if one["status"] == "succeeded"]
    ledger, theirs = trial_balance(road.dealer.dealer_id), general_ledger(road)
    owed_cents = road.state().account.totals.outstanding_cents
    still_cents = sum(opened.documents.values()) - opened.credit_cents
    deposits, _ = at_the_bank(road)
    bank = ledger.get(LedgerAccount.BANK, 0)
    differences = (
        sum(charged) - paid.charged,
        ledger.get(LedgerAccount.CLEARING, 0),
        bank - deposits,
        theirs.get(gl_number(LedgerAccount.BANK, road.dealer.gl), 0) - bank,
        sum(ledger.values()),
        still_cents - paid.documents + paid.credits - owed_cents,
    )
    return sum(abs(cents) for cents in differences)
