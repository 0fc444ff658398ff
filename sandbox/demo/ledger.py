"""What the demo's customers bought, paid and still owe, as rows of the product's own files."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from chalicelib.rendering.csv_files import decimal_text as money
from sandbox.demo import words
from sandbox.demo.customers import Customer

YEAR_DAYS = 365
TERM_DAYS = 30
DISCOUNT_DAYS = 60  # Long, so that a sandbox whose clock was advanced still shows discounts.
KEPT_HISTORY = 0.25  # Paid invoices written out; enough for every customer's habit to show.
CREDIT_SHARE, DEBIT_SHARE, PART_PAID_SHARE = 0.13, 0.10, 0.07
PO_SHARE, BESIDE_SHARE, JOB_SHARE = 0.5, 0.5, 0.9


@dataclass(slots=True)
class Ledger:
    """Rows by file; amounts are text with two decimals."""

    invoices: list[tuple[str, ...]] = field(default_factory=list)
    adjustments: list[tuple[str, ...]] = field(default_factory=list)
    statements: list[tuple[str, ...]] = field(default_factory=list)
    last_invoice: int = 700_000
    last_adjustment: int = 30_000


def write_customer(ledger: Ledger, random: Random, customer: Customer, today: date) -> None:
    """One customer's year: invoices with what became of them, adjustments, the last statement."""
    close = today.replace(day=1) - timedelta(days=1)
    statement_id = f"S{close:%Y%m}-{customer.account_id}"
    balance_cents, base_cents = 0, 0
    for _ in range(round(customer.invoices_a_month * 12)):
        day = today - timedelta(days=random.randrange(YEAR_DAYS))
        listed = statement_id if day <= close else ""
        sale = _Sale(day, today, listed)
        open_cents = _invoice(ledger, random, customer, sale)
        signed_cents = _adjustment(ledger, random, customer, sale) if open_cents else 0
        if listed:
            balance_cents += open_cents + signed_cents
            base_cents += open_cents
    if balance_cents > 0 and customer.kind == "credit":
        discount_cents = base_cents * 2 // 100 if customer.billing == "open_item" else 0
        ledger.statements.append(
            (
                *(customer.account_id, statement_id, close.isoformat()),
                (close + timedelta(days=DISCOUNT_DAYS + 5)).isoformat(),
                *(money(balance_cents), money(base_cents), money(discount_cents)),
                (close + timedelta(days=DISCOUNT_DAYS)).isoformat() if discount_cents else "",
                "2",
            )
        )


JOB = slice(7, 9)  # Job id and name in an invoice's row.


@dataclass(frozen=True, slots=True)
class _Sale:
    """When something was bought, and the statement that lists it."""

    day: date
    today: date
    listed: str


def _invoice(ledger: Ledger, random: Random, customer: Customer, sale: _Sale) -> int:
    """Add one invoice, or leave out one long paid; returns what of it is open, cents."""
    ledger.last_invoice += random.randrange(1, 9)
    cents = max(900, int(random.lognormvariate(0, 0.9) * customer.typical_dollars * 100))
    due = sale.day + timedelta(days=TERM_DAYS)
    paid = _paid_day(random, customer, sale.day, due)
    is_paid = paid < sale.today
    if is_paid and random.random() > KEPT_HISTORY:
        return 0
    open_cents = 0 if is_paid else cents
    if open_cents and random.random() < PART_PAID_SHARE:
        open_cents = cents * random.randrange(2, 9) // 10
    has_terms = customer.billing == "open_item_terms" and open_cents == cents
    ledger.invoices.append(
        (
            *(customer.account_id, f"INV-{ledger.last_invoice}"),
            *(money(cents), money(open_cents), "USD", sale.day.isoformat(), due.isoformat()),
            *_job(random, customer),
            f"{random.randrange(1000, 9999)}" if random.random() < PO_SHARE else "",
            money(cents // 100) if has_terms else "",
            (sale.day + timedelta(days=10)).isoformat() if has_terms else "",
            sale.listed if open_cents else "",
            paid.isoformat() if is_paid else "",
        )
    )
    return open_cents


def _paid_day(random: Random, customer: Customer, day: date, due: date) -> date:
    late_days = round(random.gauss(customer.habit.late_days, customer.habit.spread_days))
    return day if customer.kind == "cash" else max(day, due + timedelta(days=late_days))


def _adjustment(ledger: Ledger, random: Random, customer: Customer, sale: _Sale) -> int:
    """Sometimes a credit or debit beside an invoice; returns its signed cents."""
    drawn = random.random()
    if drawn > CREDIT_SHARE + DEBIT_SHARE:
        return 0
    is_credit = drawn < CREDIT_SHARE
    ledger.last_adjustment += random.randrange(1, 5)
    cents = int(random.lognormvariate(0, 0.7) * customer.typical_dollars * 12)
    last = ledger.invoices[-1]
    beside = is_credit and last[0] == customer.account_id and random.random() < BESIDE_SHARE
    job = last[JOB] if beside else _job(random, customer)  # A credit stands in its invoice's job.
    reason = random.choice(words.CREDIT_REASONS) if is_credit else "Finance charge"
    ledger.adjustments.append(
        (
            customer.account_id,
            f"{'CM' if is_credit else 'DM'}-{ledger.last_adjustment}",
            *(money(cents), money(cents), "USD", "credit" if is_credit else "debit"),
            "" if is_credit else (sale.day + timedelta(days=TERM_DAYS)).isoformat(),
            sale.day.isoformat(),
            f"{reason} {ledger.last_adjustment}",
            last[1] if beside else "",
            *job,
            sale.listed,
        )
    )
    return -cents if is_credit else cents


def _job(random: Random, customer: Customer) -> tuple[str, str]:
    if customer.jobs and random.random() < JOB_SHARE:
        return random.choice(customer.jobs)
    return "", ""
