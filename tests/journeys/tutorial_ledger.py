"""The ledger the tutorial's walk imports: four made-up customers of one yard, as Spruce's files."""

from dataclasses import dataclass
from datetime import date, timedelta

CUSTOMERS = ("Northgate Framing", "Northgate Kitchens", "Northgate Decks", "Northgate Roofing")
JOBS = ("Fern Hill garage", "Quarry Road addition")


@dataclass(frozen=True)
class TutorialLedger:
    """Account numbers start with `stamp`, so that one search finds all four."""

    stamp: str
    today: date

    def account(self, place: int) -> str:
        """The number of one of the customers."""
        return f"{self.stamp}-{place + 1}"

    def email(self, place: int) -> str:
        """The address of its contact."""
        return f"{CUSTOMERS[place].split()[1].lower()}.{self.stamp}@example.com"

    @property
    def files(self) -> dict[str, str]:
        """Each kind of file and its text, in the order of the page."""
        return {
            "Accounts": _csv("account_id,name,account_kind,billing_kind,credit_limit", [
                f"{self.account(place)},{name},credit,open_item,25000.00"
                for place, name in enumerate(CUSTOMERS)
            ]),
            "Contacts": _csv("account_id,contact_id,email,name,phone,is_primary", [
                f"{self.account(place)},1,{self.email(place)},Demo Contact,555-0100,true"
                for place in range(len(CUSTOMERS))
            ]),
            "Invoices": _csv(
                "account_id,invoice_id,amount,outstanding_amount,currency,transaction_date,"
                "payment_due_date,job_id,job_name,statement_id",
                [row for place in range(len(CUSTOMERS)) for row in self._invoices(place)],
            ),
            "Adjustments": _csv(
                "account_id,adjustment_id,amount,outstanding_amount,currency,kind,"
                "transaction_date,job_id,job_name,statement_id",
                [
                    f"{self.account(place)},{self._document('CR', place, 1)},100.00,100.00,USD,"
                    f"credit,{self._day(-30)},F1,{JOBS[0]},{self._document('S', place, 1)}"
                    for place in range(len(CUSTOMERS))
                ],
            ),
            "Statements": _csv(
                "account_id,statement_id,closed_on,due_date,balance,discount_base,"
                "discount_amount,discount_date,grace_days",
                [
                    f"{self.account(place)},{self._document('S', place, 1)},{self._day(-10)},"
                    f"{self._day(15)},2700.00,2700.00,54.00,{self._day(5)},0"
                    for place in range(len(CUSTOMERS))
                ],
            ),
        }  # fmt: skip

    def _invoices(self, place: int) -> list[str]:
        """Two on the statement, one of them late, and one new charge."""
        rows = ((1840, -50, -20, 0, True), (960, -18, 12, 1, True), (425, -4, 26, 0, False))
        return [
            f"{self.account(place)},{self._document('INV', place, number)},{dollars}.00,"
            f"{dollars}.00,USD,{self._day(sent)},{self._day(due)},F{job + 1},{JOBS[job]},"
            f"{self._document('S', place, 1) if is_stated else ''}"
            for number, (dollars, sent, due, job, is_stated) in enumerate(rows, 1)
        ]

    def _document(self, kind: str, place: int, number: int) -> str:
        return f"{kind}-{self.stamp}{place + 1}{number}"

    def _day(self, from_today: int) -> str:
        return (self.today + timedelta(days=from_today)).isoformat()


def _csv(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows, ""])
