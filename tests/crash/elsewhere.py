"""What happens away from the portal: the shop's counter, Spruce's files, the bank, closed books."""

import io
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.interventions import Intervention
from chalicelib.services.change_settings import change_settings, settings_of
from chalicelib.services.import_ledger import apply_ledger, validate_ledger
from chalicelib.storage.dealers import fresh_dealer
from sandbox.world.stripe.errors import ControlRefused
from tests.crash.long_road import BOOKS, LongRoad
from tests.crash.operators import OPERATOR, Operators
from tests.crash.owing import Owing
from tests.crash.paying import tried

A_MOMENT = timedelta(seconds=1)  # Between an extract and what is posted before or after it.
INVOICES = (
    "account_id,invoice_id,amount,outstanding_amount,currency,transaction_date,payment_due_date,"
    "job_id,statement_id\n"
)
ADJUSTMENTS = (
    "account_id,adjustment_id,amount,outstanding_amount,currency,kind,transaction_date,voucher_id,"
    "adjustment_invoice_id,job_id,statement_id\n"
)


@dataclass(frozen=True)
class Extract:
    """What Spruce showed at a moment: open cents by document, cash on account apart."""

    as_of: datetime
    documents: dict[str, int]
    on_account: dict[str, int]


@dataclass
class Elsewhere:
    """Things happen; what cannot happen is refused and nothing comes of it."""

    road: LongRoad
    rng: random.Random
    owing: Owing
    counter: Counter[str] = field(default_factory=Counter)  # Cents paid in the shop by document.
    extracts: list[Extract] = field(default_factory=list)
    befell: list[str] = field(default_factory=list)

    @property
    def operators(self) -> Operators:
        """With the same dice."""
        return Operators(self.road, self.rng)

    def happen(self) -> None:
        """One thing or two."""
        things: list[Callable[[], Any]] = [
            self.pay_at_the_counter, self.extract, self.bring_in, self.bring_in,
            self.close_the_books, self.fail_a_deposit, self.hold, self.resume, self.dispute_again,
        ]  # fmt: skip
        for thing in self.rng.sample(things, self.rng.choice((1, 2))):
            self.befell.append(thing.__name__)
            with suppress(ControlRefused):
                thing()

    def pay_at_the_counter(self) -> None:
        """Somebody pays in the shop what Spruce shows open, or a half of it.

        Not what a refund has opened: should that come back, its posting waits for a person.
        """
        document = self.rng.choice(sorted(self.owing.documents))
        shown = self.road.spruce._books[BOOKS].documents[document]
        unpaid = self.owing.documents[document] - self.counter[document]
        cents = min(shown["open_cents"], self.rng.choice((unpaid, unpaid // 2)))
        if document in self._opened_by_refunds():
            return
        self.counter[document] += cents
        left = shown["open_cents"] - cents
        self.road.spruce.seed_documents(BOOKS, [shown | {"open_cents": left}])

    def _opened_by_refunds(self) -> set[str]:
        return {
            str(line.payable_id)
            for payment in tried(self.road.payments, times=9) or ()
            for refund in payment.refunds
            if refund.is_taken_out
            for line in refund.reversal.lines
        }

    def extract(self) -> None:
        """Spruce writes its files; whether and when anybody brings them in is another matter."""
        self.road.clock.advance(A_MOMENT)
        books = self.road.spruce._books[BOOKS].documents.values()
        shown = {it["document"]: it["open_cents"] for it in books if it["kind"] != "on_account"}
        cash = {it["document"]: it["open_cents"] for it in books if it["kind"] == "on_account"}
        self.extracts.append(Extract(self.road.clock.now(), shown, cash))
        self.road.clock.advance(A_MOMENT)

    def bring_in(self) -> None:
        """An operator imports the newest files, perhaps not all of them or not at once."""
        if not self.extracts or self.rng.random() < 0.5:
            self.extract()
        newest = self.extracts[-1]
        if self.rng.random() < 0.5:
            self.import_files(newest, is_full=True)
            return
        names = self.rng.sample(sorted(newest.documents), self.rng.choice((1, 2)))
        part = {name: newest.documents[name] for name in names if name in newest.documents}
        self.import_files(replace(newest, documents=part), is_full=False)

    def bring_in_everything(self) -> None:
        """What Spruce shows now, all of it."""
        self.extract()
        self.import_files(self.extracts[-1], is_full=True)

    def import_files(self, shown: Extract, *, is_full: bool) -> None:
        """Press Import until there is an answer."""
        files = {
            "invoices": INVOICES + "".join(map(self._invoice_row, self._of_kind(shown, "invoice"))),
            "adjustments": ADJUSTMENTS
            + "".join(map(self._credit_row, self._of_kind(shown, "credit")))
            + "".join(map(self._cash_row, shown.on_account.items())),
        }
        tried(lambda: self._import(files, shown.as_of, is_full=is_full), times=2)

    def _import(self, files: dict[str, str], as_of: datetime, *, is_full: bool) -> None:
        contents = {name: io.BytesIO(text.encode()) for name, text in files.items()}
        where = self.road.world, self.road.dealer.dealer_id
        with validate_ledger(*where, files=contents, as_of=as_of, full=is_full) as ledger:
            refused = [report for report in ledger.reports.values() if report.problems]
            assert not refused, refused
            apply_ledger(self.road.world, ledger)

    def _of_kind(self, shown: Extract, kind: str) -> list[tuple[str, int]]:
        """Documents of the kind; of those that are paid only some are listed at all."""
        books = self.road.spruce._books[BOOKS].documents
        return [
            (name, cents)
            for name, cents in shown.documents.items()
            if books[name]["kind"] == kind and (cents or self.rng.random() < 0.5)
        ]

    def _invoice_row(self, shown: tuple[str, int]) -> str:
        name, cents = shown
        item = {str(it.payable_id): it for it in self.owing.payables}[name]
        facts = f"{item.transaction_day},{item.due_day},{item.job_id},{item.statement_id}"
        most = max(item.original_cents, cents)
        return f"{self.road.account.account_id},{name},{_usd(most)},{_usd(cents)},USD,{facts}\n"

    def _credit_row(self, shown: tuple[str, int]) -> str:
        name, cents = shown
        item = {str(it.payable_id): it for it in self.owing.payables}[name]
        amounts = f"{_usd(max(item.original_cents, cents))},{_usd(cents)},USD,credit"
        facts = f"{item.transaction_day},,{item.applies_to},{item.job_id},{item.statement_id}"
        return f"{self.road.account.account_id},{name},{amounts},{facts}\n"

    def _cash_row(self, shown: tuple[str, int]) -> str:
        number, cents = shown
        amounts = f"{_usd(cents)},{_usd(cents)},USD,credit"
        day = self.road.clock.now().date()
        return f"{self.road.account.account_id},{number},{amounts},{day},{number},,,\n"

    def close_the_books(self) -> None:
        """Spruce's accountant closes days; the portal is told at once or only at the end."""
        day = (self.road.clock.now() - timedelta(days=self.rng.choice((1, 2)))).date()
        closed = self.road.spruce._books[BOOKS].closed_through
        if closed and closed >= day:
            return
        self.road.spruce.script({"dealer": BOOKS, "closed_through": day.isoformat()})
        if self.rng.random() < 0.6:
            self.tell_of_closed_books()

    def tell_of_closed_books(self) -> None:
        """An administrator types into Settings what Spruce says."""
        closed = self.road.spruce._books[BOOKS].closed_through
        if closed:
            tried(lambda: self._settings(closed.isoformat()), times=2)

    def _settings(self, closed_through: str) -> None:
        dealer = fresh_dealer(self.road.dealer.dealer_id)
        changed = replace(settings_of(dealer), books_closed_through=closed_through)
        change_settings(
            self.road.world, dealer.dealer_id, settings=changed, read_version=dealer.version,
            operator=OPERATOR,
        )  # fmt: skip

    def fail_a_deposit(self) -> None:
        """The dealer's bank sends one back, however long ago it came."""
        arrived = [it for it in self.road.book.of_kind("payout") if it["status"] != "failed"]
        if arrived:
            self.road.stripe.fail_payout(self.rng.choice(arrived)["id"])

    def charge_a_fee(self) -> None:
        """The processor's own; its deposit carries what cancelled out to nothing meanwhile."""
        account = self.road.dealer.processor_account
        self.road.stripe.add_balance_row("fee", -1, account=account)

    def dispute_again(self) -> None:
        """A chargeback is won, and another one of the same payment follows at once."""
        disputes = self.road.book.of_kind("dispute")
        lost = {it["payment_intent"] for it in disputes if it["status"] == "lost"}
        left = [it["payment_intent"] for it in disputes if it["payment_intent"] not in lost]
        if left:
            intent = self.rng.choice(left)
            with suppress(ControlRefused):  # It was decided before.
                self.road.stripe.decide_dispute(intent, "won")
            self.road.stripe.open_dispute(intent, kind="chargeback")

    def hold(self) -> None:
        """An operator keeps a payment from posting."""
        self.operators.intervene((Intervention.HOLD_POSTING,))

    def resume(self) -> None:
        """And lets what is kept go on."""
        for payment in tried(self.road.payments) or ():
            self.operators.let_go(payment)

    def come_to_rest(self) -> None:
        """Nothing is kept back any more, and the portal knows which days are closed."""
        self.resume()
        self.tell_of_closed_books()


def _usd(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
