"""Demo banks and their accounts. Routing numbers pass the ABA check; the accounts are invented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BankAccount:
    """One account a demo payer can choose; amounts in cents."""

    id: str
    name: str
    official_name: str
    subtype: str
    holder_category: str
    number: str
    available_cents: int

    @property
    def mask(self) -> str:
        """Return the last four digits, all that people see of the number."""
        return self.number[-4:]


@dataclass(frozen=True)
class Institution:
    """One demo bank."""

    id: str
    name: str
    routing: str
    accounts: tuple[BankAccount, ...]


INSTITUTIONS = (
    Institution(
        "ins_demo_1",
        "First Demo Bank",
        "021000021",
        (
            BankAccount(
                "demo-acc-first-business",
                "Business Checking",
                "First Demo Business Checking",
                "checking",
                "business",
                "000123456789",
                18_452_011,
            ),
            BankAccount(
                "demo-acc-first-savings",
                "Business Savings",
                "First Demo Business Savings",
                "savings",
                "business",
                "000123459210",
                6_310_000,
            ),
        ),
    ),
    Institution(
        "ins_demo_2",
        "Timberline Demo Credit Union",
        "011401533",
        (
            BankAccount(
                "demo-acc-timber-checking",
                "Contractor Checking",
                "Timberline Contractor Checking",
                "checking",
                "business",
                "9900007731",
                4_020_550,
            ),
            BankAccount(
                "demo-acc-timber-personal",
                "Everyday Checking",
                "Timberline Everyday Checking",
                "checking",
                "personal",
                "9900001187",
                215_003,
            ),
        ),
    ),
)


def find_account(account_id: str) -> tuple[Institution, BankAccount] | None:
    """Return the account with this id and its bank, or None."""
    for institution in INSTITUTIONS:
        for account in institution.accounts:
            if account.id == account_id:
                return institution, account
    return None
