"""Two dealers, three accounts and eight people: whose things the tenant matrix asks for."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ulid import ULID

from chalicelib.domain.accounts import Account
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import CompanyId, IngestionId, MethodId, PaymentId, SettlementId, UserId
from chalicelib.domain.ingestions import Ingestion
from chalicelib.domain.mails import Fate, Suppression
from chalicelib.domain.payment_notices import stopped_notice
from chalicelib.domain.payments import Method, Payment, Stop
from chalicelib.domain.people import Face, Membership, User
from chalicelib.domain.people import Stage as Step
from chalicelib.domain.pricing import Selection
from chalicelib.domain.quotes import View
from chalicelib.domain.settlements import Settlement, SettlementPart
from chalicelib.gateways.clock import wall_now
from chalicelib.services.keep_event import keep_event
from chalicelib.services.prepare_mailing import prepare_mailing
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.sign_in import SignedIn, start_session
from chalicelib.services.submit_payment import submit_payment
from chalicelib.storage import users
from chalicelib.storage.accounts import header_put, page_puts
from chalicelib.storage.companies import method_put
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.ingestions import start_ingestion
from chalicelib.storage.mails import get_suppression, suppression_put
from chalicelib.storage.notices import notice_put
from chalicelib.storage.roster import row_put
from chalicelib.storage.settlements import settlement_put
from chalicelib.storage.transactions import transact
from chalicelib.storage.unmatched_events import UnmatchedEvent
from tests.domain.builders import a_payable
from tests.stage import TODAY, Stage

METHOD = MethodId("pm_bank")


@dataclass(frozen=True)
class Things:
    """What can be named in an address or a form, all of one account; `spare` is beside it."""

    account: str
    job: str
    payable: str
    quote: str
    signature: str
    payment: str
    number: str
    settlement: str
    mailing: str
    ingestion: str
    event: str
    spare: str
    dead: str  # The spare account's address, which is not mailed any more.


MISSING = Things(
    account="A-NOBODY", job="J-NOWHERE", payable="INV-NONE", quote="01JZZZZZZZZZZZZZZZZZZZZZZZ",
    signature="none", payment="01JZZZZZZZZZZZZZZZZZZZZZZZ", number="DP-999999",
    settlement="po_none", mailing="01JZZZZZZZZZZZZZZZZZZZZZZZ",
    ingestion="01JZZZZZZZZZZZZZZZZZZZZZZZ", event="evt_none", spare="A-NOBODY-EITHER",
    dead="nobody@build.example",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody who asks, and which of the three sets of things is theirs."""

    name: str
    face: Face | None = None
    role: str = ""
    user: User | None = None
    member: Membership | None = None
    own: str = "a"

    def sign_in(self) -> SignedIn | None:
        """A session of their own for one request."""
        if self.user is None or self.member is None:
            return None
        return start_session(self.user, self.member, stage=Step.SIGNED_IN, wall=wall_now())


@dataclass
class Cast:
    """People and things, seeded once."""

    people: tuple[Person, ...]
    things: dict[str, Things] = field(default_factory=dict)

    def named(self, person: Person, which: str) -> Things:
        """own, neighbour (another account of the dealer), foreign (another dealer), missing."""
        if which == "missing":
            return MISSING
        if which == "foreign":
            return self.things["a" if person.own == "c" else "c"]
        if which == "neighbour":
            return self.things["b" if person.own == "a" else "a"]
        return self.things[person.own]


def gathered(stage: Stage) -> Cast:
    """The whole cast, stored."""
    first = stage.dealer(processor_account=f"acct_{ULID()}")
    second = stage.dealer(processor_account=f"acct_{ULID()}", number_prefix="XX-")
    accounts = {"a": open_account(stage, first), "b": open_account(stage, first)}
    accounts["c"] = open_account(stage, second)
    people = (
        Person("anonymous"),
        _payer("payer A", accounts["a"], "owner", "a"),
        _payer("colleague of A", accounts["a"], "viewer", "a"),
        _payer("payer B", accounts["b"], "payer", "b"),
        _operator("operator dealer 1", first, "ar", "a"),
        _operator("operator dealer 2", second, "ar", "c"),
        _operator("viewer", first, "viewer", "a"),
        _operator("admin", first, "admin", "a"),
    )
    cast = Cast(people)
    for name, account in accounts.items():
        dealer = second if name == "c" else first
        spare = stage.account(dealer)
        cast.things[name] = replace(
            _things(stage, account), spare=spare.account_id, dead=_dead_address(spare)
        )
    return cast


def open_account(stage: Stage, dealer: Dealer) -> Account:
    """An account that owes 29 invoices of one job and has a saved bank account."""
    unique = str(ULID())[-8:]
    company = CompanyId(f"CO{unique}")
    account = stage.account(dealer, account_id=f"A{unique}", company_id=company)
    open_items = [
        a_payable(f"INV-{unique}-{n}", 10_000, job_id=f"J-{unique}") for n in range(1, 30)
    ]
    raised = replace(account, pages=1).raised()
    writes = [
        header_put(raised, expected_version=account.money_version),
        row_put(raised),
        *page_puts(raised, (), open_items),
        method_put(
            account.dealer_id,
            company,
            Method(METHOD, "ach", "First Platypus", "6789", "cus_1", "mandate_1"),
        ),
    ]
    transact(writes, token=str(ULID()))
    return raised


def _things(stage: Stage, account: Account) -> Things:
    unique = account.account_id[1:]
    paid = paid_by(stage, account, f"INV-{unique}-1", UserId("somebody"))
    quote = quote_payment(
        stage, account.dealer_id, account_id=account.account_id,
        selection=Selection({f"INV-{unique}-2": None}), view=View.ALL, method_kind="ach",
    )  # fmt: skip
    return Things(
        account=account.account_id,
        job=f"J-{unique}",
        payable=f"INV-{unique}-3",
        quote=quote.quote_id,
        signature=quote.signature,
        payment=paid.payment_id,
        number=paid.number,
        settlement=_settlement(account, paid),
        mailing=prepare_mailing(
            stage, account.dealer_id, account_ids=[account.account_id], operator="Ann"
        ).mailing_id,
        ingestion=_ingestion(account),
        event=_event(account, paid),
        spare="",
        dead="",
    )


def paid_by(stage: Stage, account: Account, payable: str, payer_id: UserId) -> Payment:
    """A payment of one whole payable, submitted."""
    quote = quote_payment(
        stage, account.dealer_id, account_id=account.account_id,
        selection=Selection({payable: None}), view=View.ALL, method_kind="ach",
    )  # fmt: skip
    return submit_payment(
        stage, account.dealer_id,
        account_id=account.account_id, company_id=account.company_id or CompanyId(""),
        payer_id=payer_id, quote_id=quote.quote_id, signature=quote.signature,
        method_id=METHOD, authorization_address="203.0.113.9",
    )  # fmt: skip


def _settlement(account: Account, paid: Payment) -> SettlementId:
    number = SettlementId(f"po_{paid.payment_id}")
    gross = paid.charged_cents
    part = SettlementPart(
        PaymentId(paid.payment_id), paid.number, account.account_id, account.name,
        f"txn_{paid.payment_id}", gross, 0, gross,
    )  # fmt: skip
    settlement = Settlement(
        settlement_id=number, dealer_id=account.dealer_id, currency="USD", created_at=TODAY,
        arrives_at=TODAY + timedelta(days=1), deposit_cents=gross, gross_cents=gross,
        fees_cents=0, refunds_cents=0, returns_cents=0, disputes_cents=0, adjustments_cents=0,
        parts=(part,),
    )  # fmt: skip
    transact([settlement_put(settlement, read_version=None)], token=str(ULID()))
    return number


def _event(account: Account, paid: Payment) -> str:
    """An event of the dealer's connected account that was set aside, and a notice of a payment."""
    acct = get_dealer(account.dealer_id).processor_account
    kept = UnmatchedEvent(
        f"evt_{paid.payment_id}", "payment_intent.succeeded", "stripe", acct, "pi_nobody",
        "no payment of ours", TODAY,
    )  # fmt: skip
    keep_event(account.dealer_id, kept)
    stop = Stop(TODAY, "Kim Lee", "Asked by phone")
    notice = notice_put(account.dealer_id, stopped_notice(paid, stop, TODAY))
    transact([notice], token=str(ULID()))
    return kept.event_id


def _dead_address(account: Account) -> str:
    """The contact's: mails to it bounced."""
    email, dealer_id = account.contacts[0].email, account.dealer_id
    bounced = Suppression(email, Fate.BOUNCED, TODAY)
    put = suppression_put(dealer_id, get_suppression(dealer_id, email), bounced)
    transact([put], token=str(ULID()))
    return email


def _ingestion(account: Account) -> IngestionId:
    opened = Ingestion(account.dealer_id, IngestionId(str(ULID())), TODAY, "Kim Lee")
    return start_ingestion(opened).ingestion_id


def _payer(name: str, account: Account, role: str, own: str) -> Person:
    company = account.company_id or CompanyId("")
    return _person(name, Face.PAYER, role, own, (account.dealer_id, account.account_id, company))


def _operator(name: str, dealer: Dealer, role: str, own: str) -> Person:
    return _person(name, Face.OPERATOR, role, own, (dealer.dealer_id, "", ""))


def _person(name: str, face: Face, role: str, own: str, where: Iterable[str]) -> Person:
    unique, wall = str(ULID()), wall_now()
    user = User(UserId(unique), f"m{unique.lower()}@people.example", name, "unused", wall)
    member = Membership(user.user_id, *where, role, wall)  # type: ignore[arg-type]
    transact([*users.user_puts(user), *users.membership_puts(member)], token=unique)
    return Person(name, face, role, user, member, own)
