"""What a history's account owes, and what money.md says a payment of it costs.

The sums are worked out here from the rules, not by the product's own code.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.dealers import FeePolicy
from chalicelib.domain.ids import AccountId, PayableId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.payments import Method
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.statements import Statement
from tests.crash.road import START, Road, an_invoice

OPEN = {"INV-1": 100_000, "INV-2": 50_000}
NEW, CREDIT, STATEMENT = "INV-3", "CR-1", "S-10"
DEBIT = "DB-1"  # A document of this name is a debit adjustment, every other one an invoice.
CARD_BASIS_POINTS = 250


@dataclass(frozen=True)
class Owing:
    """Documents and perhaps a credit on the first of them, a statement with a discount, fees."""

    documents: Mapping[str, int] = field(default_factory=lambda: OPEN)  # Cents by name.
    credit_cents: int = 0
    discount_cents: int = 0  # Of the statement, which holds OPEN; 0: there is no statement.
    discount_day: date = date(2026, 11, 30)
    ach_fee_cents: int = 0
    has_surcharge: bool = False

    @property
    def names(self) -> set[str]:
        """Documents and the credit."""
        return {*self.documents, CREDIT}

    @property
    def payables(self) -> tuple[Payable, ...]:
        """As the account holds them."""
        found = [self._document(name, cents) for name, cents in self.documents.items()]
        if self.credit_cents:
            found.append(
                an_invoice(
                    CREDIT, self.credit_cents, kind=PayableKind.CREDIT, due_day=None, job_id="J",
                    applies_to=PayableId("INV-1"), statement_id=self._statement_of(CREDIT),
                )
            )  # fmt: skip
        return tuple(found)

    def _document(self, name: str, cents: int) -> Payable:
        facts: dict[str, Any] = {"job_id": "J"} if name == "INV-1" else {}
        if name == DEBIT:
            facts["kind"] = PayableKind.DEBIT
        return an_invoice(name, cents, statement_id=self._statement_of(name), **facts)

    def _statement_of(self, name: str) -> str:
        return STATEMENT if self.discount_cents and name != NEW else ""

    @property
    def base_cents(self) -> int:
        """What the statement's discount was frozen on."""
        return sum(OPEN.values()) - self.credit_cents

    @property
    def statement(self) -> Statement | None:
        """As it was frozen."""
        if not self.discount_cents:
            return None
        return Statement(
            STATEMENT, AccountId(""), date(2026, 10, 31), date(2026, 11, 30), self.base_cents,
            discount_base_cents=self.base_cents, discount_cents=self.discount_cents,
            discount_day=self.discount_day,
        )  # fmt: skip

    @property
    def settings(self) -> dict[str, Any]:
        """The dealer's."""
        fees = FeePolicy(
            ach_flat_cents=self.ach_fee_cents, surcharge_on=self.has_surcharge,
            surcharge_attested_by="Ann", card_basis_points=CARD_BASIS_POINTS, state="OH",
        )  # fmt: skip
        return {"fees": fees, "statements_on": bool(self.discount_cents)}


PLAIN = Owing()


def dealt(rng: random.Random) -> Owing:
    """One in three owes two invoices and nothing else; the others whatever the dice say."""
    if rng.random() < 0.3:
        return PLAIN
    return Owing(
        documents={**OPEN, NEW: 30_000},
        credit_cents=rng.choice((0, 10_000, 3_333)),
        discount_cents=rng.choice((0, 2_800, 2_999)),
        discount_day=START.date() + timedelta(days=rng.choice((-1, 0, 7))),
        ach_fee_cents=rng.choice((0, 300)),
        has_surcharge=rng.random() < 0.5,
    )


@dataclass(frozen=True)
class Wish:
    """What a payer ticks: cents by document, None for all that is available, and what he adds."""

    view: View
    amounts: dict[str, int | None]
    surplus_cents: int = 0


def wished(rng: random.Random, owing: Owing) -> Wish:
    """A document or several, in one of the views the account has."""
    views = (View.ALL, View.STATEMENT, View.STATEMENT, View.NEW_CHARGES)
    view = rng.choice(views) if owing.discount_cents else View.ALL
    names = [NEW] if view is View.NEW_CHARGES else sorted(OPEN)
    if view is View.ALL:
        names = sorted(owing.documents)
    if view is not View.STATEMENT or rng.random() < 0.3:
        names = rng.sample(names, rng.choice((1, 1, len(names))))
    is_whole = view is View.STATEMENT and rng.random() < 0.7
    cents = {
        name: rng.choice((None, owing.documents[name] // 3, owing.documents[name]))
        for name in names
    }
    return Wish(view, dict.fromkeys(names) if is_whole else dict(cents))


def misquoted(road: Road, owing: Owing, quote: Quote, method: Method, left: Mapping) -> list[str]:
    """What of the quote is not as the rules say; `left` is what was available, cents by name."""
    asked = {line.payable_id: line.allocation_cents for line in quote.lines}
    credits_used = min(asked.get(PayableId("INV-1"), 0), left.get(CREDIT, 0))
    if any(cents for name, cents in left.items() if name not in owing.names):
        credits_used = quote.credits_cents  # Cash on account as well, on whatever is oldest.
    before_discount = sum(asked.values()) - credits_used
    discount = discount_due(road, owing, quote, before_discount, left)
    fee = fee_due(owing, method, before_discount - discount + quote.surplus_cents)
    right = {"credits": credits_used, "discount": discount, "fee": fee}
    right["charged"] = before_discount - discount + quote.surplus_cents + fee
    found = {
        "credits": quote.credits_cents, "discount": quote.discount_cents, "fee": quote.fee_cents,
        "charged": quote.charged_cents,
    }  # fmt: skip
    return [f"{name} {found[name]} not {cents}" for name, cents in right.items()
            if found[name] != cents]  # fmt: skip


def discount_due(road: Road, owing: Owing, quote: Quote, cash_cents: int, left: Mapping) -> int:
    """Frozen discount × cash-payable remainder ÷ frozen base, half up, if all is paid in time.

    Never more than was frozen: a credit of the base may have been paid out in money since.
    """
    today = road.clock.now().astimezone(ZoneInfo(road.dealer.time_zone)).date()
    if quote.view is not View.STATEMENT or today > owing.discount_day:
        return 0
    asked = {line.payable_id: line.allocation_cents for line in quote.lines}
    if any(left.get(name, 0) != asked.get(PayableId(name), 0) for name in OPEN):
        return 0
    part_cents = min(cash_cents, owing.base_cents)
    return (2 * owing.discount_cents * part_cents + owing.base_cents) // (2 * owing.base_cents)


def fee_due(owing: Owing, method: Method, before_fee_cents: int) -> int:
    """A flat fee by bank debit; a credit card's surcharge, rounded down."""
    if method.kind == "ach":
        return owing.ach_fee_cents if before_fee_cents else 0
    is_credit = method.card is not None and method.card.funding == "credit"
    share = before_fee_cents * CARD_BASIS_POINTS // 10_000
    return share if owing.has_surcharge and is_credit else 0
