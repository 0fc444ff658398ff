"""Pricing a payment: what is allocated, credited, discounted and charged (money.md, Quote)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from chalicelib.domain.accounts import Account, BillingKind
from chalicelib.domain.cards import CardFacts
from chalicelib.domain.claims import Claim, Effect, Owed, owed_by_payable
from chalicelib.domain.credits import net_credits
from chalicelib.domain.days import day_end, dealer_day
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.discounts import (
    spread,
    statement_discount_cents,
    terms_discount_cents,
    terms_last_day,
)
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.fees import fee_cents
from chalicelib.domain.ids import PayableId, QuoteId
from chalicelib.domain.payables import Payable, PayableKind
from chalicelib.domain.quote_signature import same_price, sign, verify
from chalicelib.domain.quotes import QUOTE_LIFETIME, Quote, QuoteLine, View
from chalicelib.domain.selections import Asked, Selection, check_billing, check_selection
from chalicelib.domain.statement_parts import (
    has_documents,
    part_on_statement,
    statement_members,
)

__all__ = [
    "Selection",
    "owed_on",
    "price",
    "same_price",
    "sign",
    "statement_saving_cents",
    "verify",
]

METHOD_KINDS = ("ach", "card")
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a discount is judged by."""

    account: Account
    dealer: Dealer
    view: View
    members: frozenset[PayableId]
    now: datetime

    @property
    def today(self) -> date:
        return dealer_day(self.now, self.dealer.time_zone)


def owed_on(
    payables: Iterable[Payable], claims: Iterable[Claim], account: Account
) -> dict[PayableId, Owed]:
    """What is owed and available per payable as of the account's last extract, in cents."""
    return owed_by_payable(payables, claims, account.as_of or _NEVER)


def price(
    *,
    payables: Sequence[Payable],
    claims: Iterable[Claim],
    account: Account,
    dealer: Dealer,
    selection: Selection,
    view: View,
    method_kind: str,
    now: datetime,
    quote_id: QuoteId,
    number: str,
    card: CardFacts | None = None,
) -> Quote:
    """The unsigned quote of a selection at a moment; all amounts in cents, charged never below 0.

    Raises InvalidInput (form altered or wrong) and PayableAlreadyClaimed.
    """
    terms = _Terms(account, dealer, view, statement_members(account, dealer, payables), now)
    lines, used, deadline = _priced(selection, owed_on(payables, claims, account), terms, payables)
    return Quote(
        quote_id=quote_id,
        dealer_id=dealer.dealer_id,
        account_id=account.account_id,
        number=number,
        view=view,
        method_kind=method_kind,
        lines=lines,
        credits_used=used,
        fee_cents=_fee_cents(terms, method_kind, card, lines, selection.surplus_cents),
        surplus_cents=selection.surplus_cents,
        created_at=now,
        expires_at=_expires_at(now, deadline),
        money_version=account.money_version,
        dealer_version=dealer.version,
        priced_on=terms.today,
        card=card,
        is_on_balance=account.is_paid_by_balance,
        statement_id=_statement_taken(account, view, lines),
    )


def statement_saving_cents(
    *,
    payables: Iterable[Payable],
    claims: Iterable[Claim],
    account: Account,
    dealer: Dealer,
    selection: Selection,
    now: datetime,
) -> int:
    """What "Pay as statement" would save on a selection in All; 0 if it holds not all of it."""
    listed = tuple(payables)
    terms = _Terms(account, dealer, View.STATEMENT, statement_members(account, dealer, listed), now)
    owed = owed_on(listed, claims, account)
    held = part_on_statement(selection, listed, terms.members)
    if not has_documents(held, listed):
        return 0
    asked = check_selection(held, listed, owed)
    used = net_credits(asked.allocations, asked.documents, asked.credits_open)
    cents, _ = _statement_discount(_lines(asked, owed, used), owed, terms, listed)
    return cents


def _statement_taken(account: Account, view: View, lines: Iterable[QuoteLine]) -> str:
    is_taken = view is View.STATEMENT and any(line.discount_cents for line in lines)
    return account.statement.statement_id if is_taken and account.statement else ""


def _check_method(method_kind: str) -> None:
    if method_kind not in METHOD_KINDS:
        raise InvalidInput("Choose how you want to pay.", {"method": "Choose one."})


def _expires_at(now: datetime, deadline: datetime | None) -> datetime:
    latest = now + QUOTE_LIFETIME
    return latest if deadline is None else min(latest, deadline)


def _check_view(terms: _Terms, selection: Selection, payables: Sequence[Payable]) -> None:
    """A statement holds its members only, new charges the others; credits may come from both."""
    if terms.view is View.ALL:
        return
    if terms.account.statement is None or not terms.dealer.statements_on:
        raise InvalidInput("There is no current statement on this account.")
    wants_member = terms.view is View.STATEMENT
    for payable in payables:
        if payable.kind is PayableKind.CREDIT or payable.payable_id not in selection.amounts:
            continue
        if (payable.payable_id in terms.members) is not wants_member:
            raise InvalidInput(f"{payable.payable_id} is not part of this view.")


def _priced(
    selection: Selection,
    owed: Mapping[PayableId, Owed],
    terms: _Terms,
    payables: Sequence[Payable],
) -> tuple[tuple[QuoteLine, ...], tuple[Effect, ...], datetime | None]:
    """Discounted lines, the credits used on them, and the moment the discount ends."""
    check_billing(selection, terms.account)
    _check_view(terms, selection, payables)
    asked = check_selection(selection, payables, owed)
    used = net_credits(asked.allocations, asked.documents, asked.credits_open)
    plain = _lines(asked, owed, used)
    lines, deadline = _discounted(plain, asked, owed, terms, payables)
    return lines, used, deadline


def _lines(
    asked: Asked, owed: Mapping[PayableId, Owed], used: Iterable[Effect]
) -> tuple[QuoteLine, ...]:
    credited: dict[PayableId | None, int] = {}
    for use in used:
        credited[use.applied_to] = credited.get(use.applied_to, 0) + use.amount_cents
    return tuple(
        QuoteLine(
            payable_id=item.payable_id,
            kind=item.kind,
            job_id=item.job_id,
            job_name=item.job_name,
            due_day=item.due_day,
            owed_cents=owed[item.payable_id].owed_cents,
            allocation_cents=asked.allocations[item.payable_id],
            credit_cents=credited.get(item.payable_id, 0),
            transaction_day=item.transaction_day,
            po_number=item.po_number,
        )
        for item in asked.documents
    )


def _discounted(
    lines: tuple[QuoteLine, ...],
    asked: Asked,
    owed: Mapping[PayableId, Owed],
    terms: _Terms,
    payables: Sequence[Payable],
) -> tuple[tuple[QuoteLine, ...], datetime | None]:
    """Lines with their discount shares, and the moment the discount ends."""
    if terms.view is View.STATEMENT:
        cents, deadline = _statement_discount(lines, owed, terms, payables)
        if cents:
            shares = spread(cents, [line.cash_cents for line in lines])
            return _with_shares(lines, shares), deadline
    if terms.account.billing_kind == BillingKind.OPEN_ITEM_TERMS:
        return _terms_discounted(lines, asked, owed, terms)
    return lines, None


def _statement_discount(
    lines: Sequence[QuoteLine],
    owed: Mapping[PayableId, Owed],
    terms: _Terms,
    payables: Sequence[Payable],
) -> tuple[int, datetime | None]:
    statement = terms.account.statement
    if statement is None:
        return 0, None
    restored = terms.account.restored_until(statement.statement_id)
    deadline = statement.discount_deadline(terms.dealer.time_zone, restored)
    if deadline is None or terms.now > deadline:
        return 0, None
    if not _pays_whole(lines, owed, terms, payables):
        return 0, None
    return statement_discount_cents(statement, sum(line.cash_cents for line in lines)), deadline


def _pays_whole(
    lines: Sequence[QuoteLine],
    owed: Mapping[PayableId, Owed],
    terms: _Terms,
    payables: Sequence[Payable],
) -> bool:
    """Every member not in query is paid as far as nobody else is paying it already."""
    paid = {line.payable_id: line.allocation_cents for line in lines}
    return all(
        paid.get(item.payable_id, 0) == owed[item.payable_id].available_cents
        for item in payables
        if item.payable_id in terms.members
        and item.kind is not PayableKind.CREDIT
        and not item.in_query
    )


def _terms_discounted(
    lines: tuple[QuoteLine, ...], asked: Asked, owed: Mapping[PayableId, Owed], terms: _Terms
) -> tuple[tuple[QuoteLine, ...], datetime | None]:
    shares = []
    deadlines = []
    for document, line in zip(asked.documents, lines, strict=True):
        restored = terms.account.restored_until(document.payable_id)
        last_day = terms_last_day(document, terms.dealer.terms_grace_days, restored)
        cents = terms_discount_cents(
            document,
            owed[document.payable_id],
            allocation_cents=line.allocation_cents,
            credit_cents=line.credit_cents,
            today=terms.today,
            last_day=last_day,
        )
        if cents and last_day:
            deadlines.append(day_end(last_day, terms.dealer.time_zone))
        shares.append(cents)
    return _with_shares(lines, shares), min(deadlines, default=None)


def _with_shares(lines: Iterable[QuoteLine], shares: Iterable[int]) -> tuple[QuoteLine, ...]:
    return tuple(
        replace(line, discount_cents=share) if share else line
        for line, share in zip(lines, shares, strict=True)
    )


def _fee_cents(
    terms: _Terms,
    method_kind: str,
    card: CardFacts | None,
    lines: Iterable[QuoteLine],
    surplus_cents: int,
) -> int:
    _check_method(method_kind)
    return fee_cents(
        terms.dealer.fees,
        method_kind=method_kind,
        card=card,
        before_fee_cents=surplus_cents + sum(line.cash_cents for line in lines),
        day=terms.today,
    )
