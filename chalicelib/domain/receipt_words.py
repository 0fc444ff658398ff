"""What a payment covers, in words: the same on pages, receipts and in mails."""

from chalicelib.domain.quotes import PricedLines

BALANCE = "Account balance"  # Instead of a document's number, where the balance is paid.


def covered(paid: PricedLines) -> str:
    """ "3 documents", or "balance of 2 jobs" where single documents are not paid."""
    count = len(paid.lines_as_billed)
    if paid.is_on_balance:
        return f"balance of {count} job" + ("" if count == 1 else "s")
    return f"{count} document" + ("" if count == 1 else "s")
