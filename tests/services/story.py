"""The road as a test walks it: a dealer, an account, a bank account, payments, payouts."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from chalicelib.domain.accounts import Account
from chalicelib.domain.dealers import Dealer, FeePolicy
from chalicelib.domain.ids import AccountId, PayableId, SettlementId, UserId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.payments import Method, Payment
from chalicelib.domain.priority import DealerCurve
from chalicelib.domain.quotes import Quote, View
from chalicelib.domain.selections import Selection
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.link_bank import finish_bank_link, start_bank_link
from chalicelib.services.originate_payment import originate_payment
from chalicelib.services.quote_payment import quote_payment
from chalicelib.services.refresh_totals import refreshed
from chalicelib.services.submit_payment import submit_payment
from chalicelib.storage.accounts import header_put, page_puts
from chalicelib.storage.dealers import get_dealer, put_dealer
from chalicelib.storage.transactions import transact
from tests.domain.builders import a_credit, a_dealer, a_payable, an_account
from tests.services.settling import ACCOUNT, COMPANY, START, SettlingWorld

BANK = "demo-acc-first-business"
ADDRESS = "203.0.113.9"
P1 = (
    a_payable("A", 100_000, job_id="J-7"),
    a_payable("B", 50_000, job_id="J-7"),
    a_credit("K", 10_000, job_id="J-7", applies_to="A"),
)


def open_dealer(world: SettlingWorld, **changes: object) -> Dealer:
    """The world's dealer with its connected account and its Spruce."""
    known: dict[str, object] = {
        "dealer_id": world.dealer_id,
        "processor_account": world.acct,
        "erp_url": f"{world.url}/spruce/{world.dealer_id}",
        "fees": FeePolicy(ach_flat_cents=300),
        "statements_on": False,
    }
    dealer = a_dealer(**{**known, **changes})
    put_dealer(dealer)
    return dealer


def open_account(
    world: SettlingWorld,
    payables: Sequence[Payable] = P1,
    account_id: AccountId = ACCOUNT,
    **changes: object,
) -> Account:
    """An account whose payables were imported at the start, here and in the simulated Spruce."""
    bare = an_account(dealer_id=world.dealer_id, account_id=account_id, **changes)
    account = refreshed(
        replace(bare, as_of=START, pages=1).raised(), payables=payables, claims=(),
        dealer=get_dealer(world.dealer_id), today=START.date(), curve=DealerCurve(),
    )  # fmt: skip
    writes = [header_put(account, expected_version=None), *page_puts(account, (), payables)]
    transact(writes, token=uuid4().hex)
    documents = [
        {
            "document": item.payable_id,
            "customer": account_id,
            "kind": _spruce_kind(item),
            "open_cents": item.open_cents,
        }
        for item in payables
    ]
    world.spruce.seed_documents(world.dealer_id, documents)
    return account


def _spruce_kind(item: Payable) -> str:
    return {PayableKind.INVOICE: "invoice", PayableKind.DEBIT: "debit"}.get(item.kind, "credit")


def visit_bank(world: SettlingWorld) -> tuple[str, str]:
    """Start a link; the session's id and the hosted page's id."""
    url = start_bank_link(
        world,
        world.dealer_id,
        account_id=ACCOUNT,
        company_id=COMPANY,
        user_id=UserId("01USER"),
        payer_name="Oak Homes",
        payer_email="pat@oak.example",
        authorization_address=ADDRESS,
        return_to="/outstanding",
    )
    page_id = url.rpartition("/")[2]
    link = world.plaid.open_page(page_id)
    assert link is not None
    return link.hosted["completion_redirect_uri"].partition("link=")[2], page_id


def link_bank(world: SettlingWorld) -> Method:
    """A saved bank account of the company."""
    session_id, page_id = visit_bank(world)
    world.plaid.finish(page_id, BANK)
    method = finish_bank_link(world, world.dealer_id, company_id=COMPANY, session_id=session_id)
    assert method is not None
    return method


def pay(
    world: SettlingWorld,
    method: Method,
    *documents: str,
    account_id: AccountId = ACCOUNT,
    surplus_cents: int = 0,
) -> Payment:
    """Quote, submit and originate a payment of whole documents."""
    quote = quote_payment(
        world,
        world.dealer_id,
        account_id=account_id,
        selection=Selection(
            {PayableId(name): None for name in documents}, surplus_cents=surplus_cents
        ),
        view=View.ALL,
        method_kind=method.kind,
        card=method.card,
    )
    return carry(world, method, quote)


def carry(world: SettlingWorld, method: Method, quote: Quote) -> Payment:
    """Submit and originate a quote."""
    account_id = quote.account_id
    payment = submit_payment(
        world,
        world.dealer_id,
        account_id=account_id,
        company_id=COMPANY,
        payer_id=UserId("01USER"),
        quote_id=quote.quote_id,
        signature=quote.signature,
        method_id=method.method_id,
        authorization_address=ADDRESS,
    )
    originate_payment(world, world.dealer_id, account_id=account_id, payment_id=payment.payment_id)
    return payment


def settle(world: SettlingWorld, *payments: Payment) -> None:
    """Days pass, the processor confirms, the workflow applies."""
    world.advance(days=5)
    world.deliver()
    for payment in payments:
        apply_payment(
            world,
            world.dealer_id,
            account_id=payment.account_id,
            payment_id=payment.payment_id,
        )


def pay_out(world: SettlingWorld) -> SettlementId:
    """The payout arrives and is reconciled; the settlement whose workflow was started last."""
    world.advance(days=4)
    world.deliver()
    return SettlementId(world.workflows.started[-1].rpartition("-")[0])


def ready_to_post(world: SettlingWorld, **changes: object) -> SettlementId:
    """P1 paid, settled and paid out; its workflow has not run yet."""
    open_dealer(world, **changes)
    open_account(world)
    payment = pay(world, link_bank(world), "A", "B")
    settle(world, payment)
    return pay_out(world)
