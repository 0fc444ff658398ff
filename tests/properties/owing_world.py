"""An ERP, what we know of it, and what is true: one account, hour by hour.

The truth is added up from everything that ever happened; nothing of the product's sums is used.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import Claim, ClaimState, Owed, with_brought
from chalicelib.domain.ids import PaymentId
from chalicelib.domain.overpaid import applied_claim
from chalicelib.domain.payables import Payable
from chalicelib.domain.payments import Payment, PaymentStatus, Stage
from chalicelib.domain.pricing import owed_on
from chalicelib.domain.taking_back import event_claims, take_back_all
from chalicelib.services.import_ledger_account import ImportTerms, Known, changed_account
from chalicelib.services.import_ledger_spill import SpilledRow
from chalicelib.services.record_later import bringing
from chalicelib.storage.accounts import AccountState
from tests.domain.builders import (
    ACCOUNT,
    DEALER,
    NOON,
    a_payable,
    a_payment,
    a_quote,
    an_account,
)
from tests.properties.owing_files import DOCUMENTS, SURPLUS_CENTS, applied_row, row_of

HOUR = timedelta(hours=1)
RETURNED = "returned"


@dataclass
class Paid:
    """One payment as the truth keeps it; `used` are surpluses it was paid with, by number."""

    payment: Payment
    documents: dict[str, int]
    used: dict[str, int]
    settled: bool = False
    posted: bool = False
    failed: bool = False
    returned: bool = False
    return_posted: bool = False

    @property
    def number(self) -> str:
        return self.payment.number

    @property
    def counts(self) -> bool:
        """It pays for good, as far as anybody knows."""
        return self.settled and not self.returned

    @property
    def holds(self) -> bool:
        return not self.settled and not self.failed


@dataclass
class Extract:
    """The ERP's books of one hour: open cents by document, and the payments it has applied."""

    open_cents: dict[str, int]
    listed: list[tuple[str, str]]  # Document and payment number.


@dataclass
class OwingWorld:
    """Everything at one moment; each action takes an hour."""

    chance: random.Random
    hour: int = 0
    erp: Counter[str] = field(default_factory=lambda: Counter(DOCUMENTS))
    applied: list[tuple[str, str]] = field(default_factory=list)
    extracts: list[Extract] = field(default_factory=list)
    counter: list[tuple[int, str, int]] = field(default_factory=list)  # Hour, document, cents.
    seen: dict[str, int] = field(default_factory=dict)  # Document → hour of the figure we have.
    synced: int = 0
    paid: list[Paid] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    account: Account = field(default_factory=lambda: an_account(as_of=NOON))
    paged: tuple[Payable, ...] = ()
    claims: dict[tuple[PaymentId, str], Claim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.paged = tuple(a_payable(name, cents) for name, cents in DOCUMENTS.items())
        self.seen = dict.fromkeys(DOCUMENTS, 0)
        self._end_hour()

    @property
    def now(self) -> datetime:
        return NOON + self.hour * HOUR

    @property
    def state(self) -> AccountState:
        held = tuple(self.claims.values())
        return AccountState(self.account, held, with_brought(self.paged, held), self.paged)

    def owed(self) -> dict[str, Owed]:
        """What the product says, by document and by the number of a surplus."""
        sums: dict[str, Owed] = {}
        state = self.state
        standing = owed_on(state.payables, state.claims, state.account)
        for item in state.payables:
            name, one = item.voucher_id or item.payable_id, standing[item.payable_id]
            known = sums.get(name, Owed(0, 0))
            both = known.owed_cents + one.owed_cents, known.available_cents + one.available_cents
            sums[name] = Owed(*both)
        return {name: it for name, it in sums.items() if it != Owed(0, 0)}

    def truth(self, *, seen_only: bool = True) -> dict[str, Owed]:
        """What is owed if every payment of ours counts once, whoever knows of it.

        `seen_only`: of what was paid at the counter only what our figures can know.
        """
        left = Counter(DOCUMENTS)
        for hour, name, cents in self.counter:
            if not seen_only or hour <= self.seen[name]:
                left[name] -= cents
        flying: Counter[str] = Counter()
        for one in self.paid:
            taken = Counter(one.documents) + Counter(one.used)
            if one.counts:
                left[one.number] += one.payment.surplus_cents
                left.subtract(taken)
            elif one.holds:
                flying.update(taken)
        found = {name: Owed(cents, cents - flying[name]) for name, cents in left.items()}
        return {name: it for name, it in found.items() if it != Owed(0, 0)}

    def act(self) -> None:
        """One hour, in which something happens or not."""
        self.hour += 1
        action: Callable[[], str | None] = self.chance.choice(
            [self._pay, self._pay, self._settle, self._settle, self._fail, self._post, self._post,
             self._return, self._post_return, self._counter, self._sync, self._sync]
        )  # fmt: skip
        told = action()
        if told:
            self.story.append(f"{self.hour}: {told}")
        self._end_hour()

    def _end_hour(self) -> None:
        open_cents = dict(self.erp.items())
        self.extracts.append(Extract(open_cents, list(self.applied)))

    def _pay(self) -> str | None:
        real = self.truth(seen_only=False)
        open_now = {name: real[name].available_cents for name in DOCUMENTS if name in real}
        names = [name for name, cents in open_now.items() if cents > 0]
        if not names:
            return None
        ticked = {
            name: self.chance.choice([open_now[name], self.chance.randint(1, open_now[name])])
            for name in self.chance.sample(names, self.chance.randint(1, len(names)))
        }
        surplus = self.chance.choice([0, 0, SURPLUS_CENTS])
        number = f"DP-{100_001 + len(self.paid)}"
        state = self.state
        quote = a_quote(
            state.payables, ticked=ticked, claims=state.claims, account=state.account,
            surplus_cents=surplus, preselect_credits=self.chance.random() < 0.5,
        )  # fmt: skip
        payment = a_payment(
            quote, payment_id=PaymentId(f"01P{len(self.paid)}"), number=number,
            status=PaymentStatus.SETTLED, stage=Stage.DONE, settled_at=self.now,
        )  # fmt: skip
        used: Counter[str] = Counter()
        for use in payment.credits_used:
            used[use.voucher_id or use.payable_id] += use.amount_cents
        self.paid.append(Paid(payment, dict(ticked), dict(used)))
        claim = Claim(payment.payment_id, number, ClaimState.IN_FLIGHT, payment.effects)
        self.claims[claim.key] = claim
        return f"{number} pays {ticked} with {dict(used)}, surplus {surplus}"

    def _one(self, wanted: Callable[[Paid], bool]) -> Paid | None:
        found = [one for one in self.paid if wanted(one)]
        return self.chance.choice(found) if found else None

    def _settle(self) -> str | None:
        one = self._one(lambda it: it.holds)
        if one is None:
            return None
        one.settled = True
        claim = applied_claim(one.payment, self.now)
        self.claims[claim.key] = claim
        return f"{one.number} settles"

    def _fail(self) -> str | None:
        one = self._one(lambda it: it.holds and self.chance.random() < 0.4)
        if one is None:
            return None
        one.failed = True
        del self.claims[one.payment.payment_id, ""]
        return f"{one.number} fails"

    def _post(self) -> str | None:
        ready = {one.number for one in self.paid if one.posted}
        one = self._one(lambda it: it.settled and not it.posted and it.used.keys() <= ready)
        if one is None:
            return None
        one.posted = True
        self._erp_takes(one, 1)
        self._applied(one, one.number)
        self._dated(one, "")
        return f"{one.number} is posted"

    def _return(self) -> str | None:
        spent = {name for it in self.paid if it.holds or it.counts for name in it.used}
        one = self._one(lambda it: it.counts and it.number not in spent)
        if one is None:
            return None
        one.returned = True
        money, number = one.payment.charged_cents, f"{one.number}-R1"
        reversal = take_back_all(one.payment, number=number, money_cents=money)
        for claim in event_claims(one.payment, reversal, RETURNED):
            self.claims[claim.key] = bringing(claim, self.state, (one.payment,))
        return f"{one.number} comes back"

    def _post_return(self) -> str | None:
        one = self._one(lambda it: it.returned and it.posted and not it.return_posted)
        if one is None:
            return None
        one.return_posted = True
        self._erp_takes(one, -1)
        self._applied(one, f"{one.number}-R1")
        self._dated(one, RETURNED)
        return f"the return of {one.number} is posted"

    def _erp_takes(self, one: Paid, sign: int) -> None:
        for name, cents in {**one.documents, **one.used}.items():
            self.erp[name] -= sign * cents
        self.erp[one.number] += sign * one.payment.surplus_cents

    def _applied(self, one: Paid, number: str) -> None:
        """The ERP lists its own credits, named as it names them."""
        names = [*one.documents, *(f"OA-{name}" for name in (*one.used, one.number))]
        self.applied += [(name, number) for name in names]

    def _dated(self, one: Paid, event: str) -> None:
        for key, claim in self.claims.items():
            if key[0] == one.payment.payment_id and claim.event.partition("-used")[0] == event:
                self.claims[key] = replace(claim, posted_at=claim.posted_at or self.now)

    def _counter(self) -> str | None:
        """Somebody pays in the shop, no more than is really still to be paid."""
        name = self.chance.choice(list(DOCUMENTS))
        real = self.truth(seen_only=False).get(name, Owed(0, 0))
        most = min(real.available_cents, self.erp[name])
        if most <= 0:
            return None
        cents = self.chance.randint(1, most)
        self.erp[name] -= cents
        self.counter.append((self.hour, name, cents))
        return f"{cents} of {name} are paid at the counter"

    def _sync(self) -> str | None:
        """Files of any hour since the last ones come in, all of it or a part, with or without
        the payments file; with it, the moment they are said to be of may be wrong."""
        self._end_hour()
        hour = self.chance.randint(self.synced, self.hour)
        extract = self.extracts[hour]
        full, with_payments = self.chance.random() < 0.3, self.chance.random() < 0.3
        said = hour
        if with_payments:
            said = max(self.synced, min(self.hour, hour + self.chance.choice([-2, 0, 2])))
        named = [name for name in extract.open_cents if full or self.chance.random() < 0.8]
        del self.extracts[-1]
        if not with_payments and any(self.seen.get(name, 0) > hour for name in named):
            return None
        rows = [row_of(name, extract.open_cents[name], full=full) for name in named]
        if with_payments:
            rows += [applied_row(*pair) for pair in extract.listed]
        self._bring_in([row for row in rows if row], said, full, with_payments)
        self.synced = max(hour, said)
        self.seen |= dict.fromkeys(named, hour)
        return f"files of {hour}, said {said}: {named}, full {full}, payments {with_payments}"

    def _bring_in(
        self, rows: Iterable[SpilledRow], said: int, full: bool, with_payments: bool
    ) -> None:
        as_of = NOON + said * HOUR
        terms = ImportTerms(DEALER, as_of, full=full, payments_listed=with_payments)
        change = changed_account(ACCOUNT, Known(self.state), list(rows), terms)
        self.paged, self.claims = change.open_payables, change.claims
        self.account = replace(change.account, as_of=as_of)
