"""A ledger entry as the lines of a page."""

from chalicelib.domain.dealers import Dealer
from chalicelib.entrypoints.presenting import zoned
from chalicelib.rendering.views import incoming as views
from chalicelib.storage.ledger import EntryPage

# By the first word of an entry's key (services/record_later.py, LaterEvent.mark).
ENTRY_WORDS = {
    "settled": "Settled",
    "refund": "Refunded",
    "refund_failed": "Refund came back",
    "returned": "Returned",
    "return_fee": "Fee for the return",
    "withdrawn": "Dispute: funds withdrawn",
    "won": "Dispute won",
    "lost": "Dispute lost",
    "reapplied": "Applied anew",
    "payout": "Paid out",
    "payout_failed": "Deposit failed",
}


def ledger_lines(entry: EntryPage, dealer: Dealer) -> tuple[views.LedgerLine, ...]:
    """The lines of one entry with its event in words and its day in the dealer's zone."""
    name = entry.event_key.partition("#")[0]
    words = ENTRY_WORDS.get(name, name.replace("_", " ").capitalize())
    return tuple(
        views.LedgerLine(
            event=words,
            on=zoned(dealer, entry.at)[:10],
            account=line.account.replace("_", " ").capitalize(),
            debit_cents=line.debit_cents,
            credit_cents=line.credit_cents,
        )
        for line in entry.lines
    )
