"""Domain values with sensible defaults; every argument is a keyword."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.dealers import Dealer, FeePolicy
from chalicelib.domain.ids import (
    AccountId,
    CompanyId,
    DealerId,
    InvitationId,
    MethodId,
    PayableId,
    PaymentId,
    QuoteId,
    SettlementId,
    UserId,
)
from chalicelib.domain.invitations import Invitation
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.payments import Authorization, Method, Payment
from chalicelib.domain.pricing import Selection, price
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.settlements import BalanceTransaction
from chalicelib.domain.statements import Statement

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 20, tzinfo=UTC)  # Noon in Los Angeles.
DEALER = DealerId("ridge")
ACCOUNT = AccountId("C-1001")


def a_dealer(**changes: object) -> Dealer:
    defaults: dict[str, object] = {
        "dealer_id": DEALER,
        "name": "Ridge Lumber",
        "statements_on": True,
    }
    return Dealer(**{**defaults, **changes})  # type: ignore[arg-type]


def an_account(**changes: object) -> Account:
    defaults: dict[str, object] = {"dealer_id": DEALER, "account_id": ACCOUNT, "name": "Oak Homes"}
    return Account(**{"as_of": NOON, **defaults, **changes})  # type: ignore[arg-type]


def a_statement(**changes: object) -> Statement:
    defaults: dict[str, object] = {
        "statement_id": "S-10",
        "account_id": ACCOUNT,
        "closed_on": date(2026, 10, 31),
        "due_day": date(2026, 11, 30),
        "balance_cents": 140000,
        "discount_base_cents": 140000,
        "discount_cents": 2800,
        "discount_day": TODAY,
    }
    return Statement(**{**defaults, **changes})  # type: ignore[arg-type]


def a_payable(name: str, cents: int, **changes: object) -> Payable:
    defaults: dict[str, object] = {
        "payable_id": PayableId(name),
        "kind": PayableKind.INVOICE,
        "original_cents": cents,
        "open_cents": cents,
        "transaction_day": date(2026, 10, 1),
        "due_day": date(2026, 10, 31),
    }
    return Payable(**{**defaults, **changes})  # type: ignore[arg-type]


def a_credit(name: str, cents: int, **changes: object) -> Payable:
    return a_payable(name, cents, **{"kind": PayableKind.CREDIT, "due_day": None, **changes})


def a_claim(*effects: tuple[str, int], **changes: object) -> Claim:
    taken = tuple(Effect(PayableId(name), cents) for name, cents in effects)
    defaults: dict[str, object] = {
        "payment_id": PaymentId("01OTHER"),
        "number": "DP-100001",
        "state": ClaimState.IN_FLIGHT,
        "effects": taken,
    }
    return Claim(**{**defaults, **changes})  # type: ignore[arg-type]


def a_quote(
    payables: Iterable[Payable],
    *,
    ticked: dict[str, int | None] | None = None,
    preselect_credits: bool = True,
    surplus_cents: int = 0,
    view: View = View.ALL,
    now: datetime = NOON,
    claims: Iterable[Claim] = (),
    account: Account | None = None,
    dealer: Dealer | None = None,
    method_kind: str = "ach",
) -> Quote:
    listed = tuple(payables)
    everything = {item.payable_id: None for item in listed if item.kind is not PayableKind.CREDIT}
    asked = everything if ticked is None else {PayableId(key): ticked[key] for key in ticked}
    return price(
        payables=listed,
        claims=claims,
        account=account or an_account(),
        dealer=dealer or a_dealer(),
        selection=Selection(asked, preselect_credits, surplus_cents),
        view=view,
        method_kind=method_kind,
        now=now,
        quote_id=QuoteId("01QUOTE"),
        number="DP-100482",
    )


P1_PAYABLES = (
    a_payable("A", 100000, job_id="J-7", statement_id="S-10"),
    a_payable("B", 50000, job_id="J-7", statement_id="S-10"),
    a_credit("K", 10000, job_id="J-7", applies_to="A", statement_id="S-10"),
)


def p1_quote() -> Quote:
    """P1 of money.md; its $30 card fee stands as the flat fee the road knows."""
    return a_quote(
        P1_PAYABLES,
        view=View.STATEMENT,
        account=an_account(statement=a_statement()),
        dealer=a_dealer(fees=FeePolicy(ach_flat_cents=3000)),
    )


def a_payment(quote: Quote, **changes: object) -> Payment:
    defaults: dict[str, object] = {
        "payment_id": PaymentId("01PAYMENT"),
        "number": quote.number,
        "dealer_id": quote.dealer_id,
        "account_id": quote.account_id,
        "account_name": "Oak Homes",
        "company_id": CompanyId("01COMPANY"),
        "payer_id": UserId("01USER"),
        "quote_id": quote.quote_id,
        "method": Method(MethodId("pm_1"), "ach", "First Platypus Bank", "6789", "cus_1"),
        "lines": quote.lines,
        "credits_used": quote.credits_used,
        "fee_cents": quote.fee_cents,
        "surplus_cents": quote.surplus_cents,
        "charged_cents": quote.charged_cents,
        "currency": "USD",
        "authorization": Authorization("I authorize …", "1", NOON, "203.0.113.9"),
        "submitted_at": NOON,
        "processor_id": "pi_1",
    }
    return Payment(**{**defaults, **changes})  # type: ignore[arg-type]


def a_transaction(
    name: str, amount_cents: int, fee_cents: int = 0, **changes: object
) -> BalanceTransaction:
    defaults: dict[str, object] = {
        "transaction_id": name,
        "category": "charge",
        "amount_cents": amount_cents,
        "fee_cents": fee_cents,
        "net_cents": amount_cents - fee_cents,
        "currency": "usd",
        "source_id": "py_1",
        "intent_id": "pi_1",
        "created_at": NOON,
    }
    return BalanceTransaction(**{**defaults, **changes})  # type: ignore[arg-type]


def an_invitation(**changes: object) -> Invitation:
    defaults: dict[str, object] = {
        "invitation_id": InvitationId("01INVITATION"),
        "dealer_id": DEALER,
        "account_id": ACCOUNT,
        "email": "pat@oak.example",
        "contact_name": "Pat",
        "created_at": NOON,
        "token_hashes": ("aa" * 32,),
    }
    return Invitation(**{**defaults, **changes})  # type: ignore[arg-type]


PAYOUT = SettlementId("po_1")
