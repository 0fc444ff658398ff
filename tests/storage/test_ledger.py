"""The ledger's own rules, asked of the database: balanced, written once, never changed."""

import ast
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest

from chalicelib.domain.ids import DealerId, PaymentId, SettlementId
from chalicelib.domain.ledger import (
    LedgerAccount,
    Line,
    UnbalancedEntry,
    credit,
    debit,
    entry,
    payout_entry,
    reversed_entry,
    settled_entry,
)
from chalicelib.domain.ledger_reversals import reversal_entry, withdrawn_entry, won_entry
from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.domain.proof import prove
from chalicelib.domain.refunds import refundable_cents
from chalicelib.domain.reversals import Refund, RefundState
from chalicelib.domain.taking_back import next_reversal_number, take_back_all, take_back_part
from chalicelib.storage import keys
from chalicelib.storage.ledger import entries_of, is_replay, line_puts, trial_balance
from chalicelib.storage.records import Record
from chalicelib.storage.transactions import (
    Change,
    NotAppended,
    Put,
    Remove,
    Write,
    WritesRefused,
    transact,
)
from tests.domain.builders import NOON, P1_PAYABLES, a_payment, a_quote, a_transaction
from tests.storage.ledgers import LedgerWorld

PAYMENT = PaymentId("01PAYMENT")
CLEARING, AR = LedgerAccount.CLEARING, LedgerAccount.ACCOUNTS_RECEIVABLE
SALE = entry(debit(CLEARING, 100_00), credit(AR, 100_00))
OTHER_SALE = entry(debit(CLEARING, 250_00), credit(AR, 250_00))


@dataclass(frozen=True)
class Book:
    """The ledger of one payment of a fresh dealer."""

    dealer_id: DealerId

    @property
    def partition(self) -> str:
        return keys.payment_log(self.dealer_id, PAYMENT)

    @property
    def key(self) -> tuple[str, str]:
        return self.partition, keys.ledger_line("settled#pi_1", 0)

    def puts(self, lines: Sequence[Line], event_key: str = "settled#pi_1") -> list[Put]:
        return line_puts(
            self.dealer_id, partition=self.partition, event_key=event_key, lines=lines, at=NOON
        )

    def write(self, lines: Sequence[Line], event_key: str = "settled#pi_1") -> None:
        transact(self.puts(lines, event_key), token=uuid4().hex)

    def lines(self) -> list[Line]:
        return [line for page in entries_of(self.partition) for line in page.lines]


@pytest.fixture
def book(ledger: LedgerWorld) -> Book:
    return Book(ledger.dealer_id)


@pytest.mark.parametrize(
    "lines",
    [(debit(CLEARING, 100),), (debit(CLEARING, 100), credit(AR, 99)), SALE[:1], (*SALE, SALE[1])],
)
def test_what_does_not_balance_is_neither_an_entry_nor_written(
    book: Book, lines: tuple[Line, ...]
) -> None:
    with pytest.raises(UnbalancedEntry):
        entry(*lines)
    with pytest.raises(UnbalancedEntry):
        book.write(lines)

    assert book.lines() == []


@pytest.mark.parametrize(
    ("debit_cents", "credit_cents"), [(5, 5), (5, 1), (-5, 0), (0, -5), (-1, 1)]
)
def test_a_line_is_on_one_side_only(debit_cents: int, credit_cents: int) -> None:
    with pytest.raises(UnbalancedEntry):
        Line(AR, debit_cents, credit_cents)


@pytest.mark.parametrize("lines", [SALE, OTHER_SALE], ids=["the same", "other content"])
def test_a_line_that_stands_is_never_written_again(book: Book, lines: tuple[Line, ...]) -> None:
    book.write(SALE)

    with pytest.raises(WritesRefused) as refused:
        book.write(lines)

    assert is_replay(refused.value.names)
    assert book.lines() == list(SALE)
    assert trial_balance(book.dealer_id) == {CLEARING: 100_00, AR: -100_00}


def test_no_write_of_the_store_changes_or_removes_a_line(book: Book) -> None:
    book.write(SALE)
    record = book.puts(OTHER_SALE)[0].record
    tampering: list[Write] = [
        Put("overwrite", record),
        Put("overwrite if it stands", record, Record.pk.exists()),
        Change("edit", book.key, (Record.body.set(record.body),)),
        Remove("remove", book.key),
        Remove("remove if it stands", book.key, Record.pk.exists()),
    ]

    for write in tampering:
        with pytest.raises(NotAppended):
            transact([write], token=uuid4().hex)
        with pytest.raises(NotAppended):
            transact([*book.puts(SALE, "payout#po_1"), write], token=uuid4().hex)

    assert book.lines() == list(SALE)


def test_only_the_ledgers_store_names_its_lines_and_it_only_appends() -> None:
    sources = {path: path.read_text() for path in Path("chalicelib").rglob("*.py")}
    naming = {path.name for path, text in sources.items() if "ledger_line(" in text}
    store = ast.parse(sources[Path("chalicelib/storage/ledger.py")])
    called = {node.attr for node in ast.walk(store) if isinstance(node, ast.Attribute)}

    assert naming == {"keys.py", "ledger.py"}
    assert called & {"save", "delete", "update", "batch_write"} == set()


@pytest.mark.parametrize("seed", range(4))
def test_the_trial_balance_is_zero_after_every_event_and_its_replay(book: Book, seed: int) -> None:
    sums: Counter[LedgerAccount] = Counter()
    seen = []

    for number, (name, lines) in enumerate(life(random.Random(seed))):  # noqa: S311
        seen.append(name)
        book.write(lines, f"{name}#{number}")
        with pytest.raises(WritesRefused):
            book.write(lines, f"{name}#{number}")
        for line in lines:
            sums[line.account] += line.balance_cents

        balance = trial_balance(book.dealer_id)
        assert balance == dict(sums), seen
        assert sum(balance.values()) == 0, seen

    assert len(seen) > 2


def life(chance: random.Random) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """What may happen to a payment of P1 with a surplus: each event's name and entry."""
    quote = a_quote(P1_PAYABLES, surplus_cents=chance.choice([0, 12_345]))
    payment = a_payment(quote, status=PaymentStatus.SETTLED, stage=Stage.DONE)
    yield "settled", settled_entry(payment)
    yield "payout", paid_out(payment, fee_cents=chance.randint(0, 5_000))
    for _ in range(chance.randint(1, 4)):
        cents = chance.randint(1, max(1, refundable_cents(payment) // 2))
        part = take_back_part(payment, number=next_reversal_number(payment), money_cents=cents)
        lines = reversal_entry(payment, part, source_id="re")
        yield "refund", lines
        if chance.random() < 0.4:
            yield "refund failed", reversed_entry(lines)
            continue
        refund = Refund(part.number, RefundState.SUCCEEDED, part, NOON, "Ann", "", taken_at=NOON)
        payment = replace(payment, refunds=(*payment.refunds, refund))
    held, source = LedgerAccount.HELD_IN_DISPUTE, "du"
    cents = payment.charged_cents
    whole = take_back_all(payment, number=next_reversal_number(payment), money_cents=cents)
    if chance.random() < 0.5:
        yield "returned", reversal_entry(payment, whole, source_id="py", fee_cents=400)
        return
    yield (
        "withdrawn",
        withdrawn_entry(payment, amount_cents=cents, fee_cents=1_500, source_id=source),
    )
    if chance.random() < 0.5:
        yield "won", won_entry(payment, amount_cents=cents, source_id=source)
    else:
        yield "lost", reversal_entry(payment, whole, source_id=source, out_of=held)


def paid_out(payment: Payment, *, fee_cents: int) -> tuple[Line, ...]:
    """The entry of the payout that carries the payment alone."""
    charged = a_transaction("txn_1", payment.charged_cents, fee_cents)
    settlement = prove(
        dealer_id=payment.dealer_id, settlement_id=SettlementId("po_1"), currency="USD",
        created_at=NOON, arrives_at=NOON, deposit_cents=payment.charged_cents - fee_cents,
        transactions=[charged], payments_by_intent={"pi_1": payment},
    )  # fmt: skip
    assert settlement.is_proven
    return payout_entry(settlement)
