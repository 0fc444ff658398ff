"""The balance of an account: charges flow in, daily payouts flow out, each with its rows."""

from datetime import datetime, timedelta

from sandbox.world.jsontypes import Json
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.charges import balance_transaction
from sandbox.world.stripe.desk import Call, Desk

# Which payout carries a balance transaction; Stripe keeps this link on its side too.
_PAYOUT = "_payout"


def record_charge(desk: Desk, book: Book, charge: Json) -> None:
    """Book a succeeded charge with its fee, and see to the payout of the day after."""
    method = charge["payment_method_details"]["type"]
    days = (
        desk.settings.ach_available_days
        if method == "us_bank_account"
        else desk.settings.card_available_days
    )
    available = desk.now() + timedelta(days=days)
    row = balance_transaction(
        book,
        amount_cents=charge["amount"],
        fee_cents=desk.settings.fee_cents(method, charge["amount"]),
        kind="payment" if method == "us_bank_account" else "charge",
        category="charge",
        source=charge["id"],
        created=desk.stamp(),
        available_on=int(available.timestamp()),
        now=desk.stamp(),
    )
    charge["balance_transaction"] = book.add(row)["id"]
    desk.clock.at(_next_midnight(available), lambda: pay_out(desk, book))


def pay_out(desk: Desk, book: Book) -> None:
    """Pay out everything available and not yet paid out, if it comes to a positive sum."""
    rows = [row for row in _unpaid(book) if row["available_on"] <= desk.stamp()]
    total_cents = sum(row["net"] for row in rows)
    if total_cents <= 0:
        return
    arrival = desk.now() + timedelta(days=desk.settings.payout_arrival_days)
    payout = _payout(desk, book, amount_cents=total_cents, arrival=arrival)
    own_row = balance_transaction(
        book,
        amount_cents=-total_cents,
        fee_cents=0,
        kind="payout",
        category="payout",
        source=payout["id"],
        created=desk.stamp(),
        available_on=int(arrival.timestamp()),
        now=desk.stamp(),
    )
    payout["balance_transaction"] = book.add(own_row)["id"]
    for row in [*rows, own_row]:
        row["status"] = "available"
        row[_PAYOUT] = payout["id"]
    desk.feed.emit(book, "payout.created", book.add(payout))
    proved = desk.now() + timedelta(hours=desk.settings.reconciliation_hours)
    desk.clock.at(proved, lambda: _reconcile(desk, book, payout))
    desk.clock.at(arrival, lambda: _arrive(desk, book, payout))


def list_rows(call: Call) -> Json:
    """GET /v1/balance_transactions?payout=…&source=…&type=…&limit=…&starting_after=…."""
    payout, source = call.optional("payout"), call.optional("source")
    kind, own_row = call.optional("type"), call.desk.settings.list_payout_row
    if payout:
        call.book.get("payout", payout, param="payout")
    _refresh(call.desk, call.book)

    def keep(row: Json) -> bool:
        return (
            payout in {None, row.get(_PAYOUT)}
            and source in {None, row["source"]}
            and kind in {None, row["type"]}
            and (own_row or not payout or row["type"] != "payout")
        )

    return call.book.page(
        "balance_transaction", call.params, url="/v1/balance_transactions", keep=keep
    )


def retrieve_row(call: Call) -> Json:
    """GET /v1/balance_transactions/{id}."""
    _refresh(call.desk, call.book)
    return call.book.get("balance_transaction", call.ids[0])


def retrieve_balance(call: Call) -> Json:
    """GET /v1/balance: what is available and pending, per currency."""
    now = call.desk.stamp()
    rows = _unpaid(call.book)
    available = sum(row["net"] for row in rows if row["available_on"] <= now)
    pending = sum(row["net"] for row in rows if row["available_on"] > now)
    return {
        "object": "balance",
        "livemode": False,
        "available": [_money(available)],
        "pending": [_money(pending)],
    }


def _money(amount_cents: int) -> Json:
    return {"amount": amount_cents, "currency": "usd", "source_types": {"card": amount_cents}}


def _unpaid(book: Book) -> list[Json]:
    return [row for row in book.of_kind("balance_transaction") if _PAYOUT not in row]


def _refresh(desk: Desk, book: Book) -> None:
    for row in book.of_kind("balance_transaction"):
        if row["available_on"] <= desk.stamp():
            row["status"] = "available"


def _next_midnight(moment: datetime) -> datetime:
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=1)


def _reconcile(desk: Desk, book: Book, payout: Json) -> None:
    payout["reconciliation_status"] = "completed"
    desk.feed.emit(book, "payout.reconciliation_completed", payout)


def _arrive(desk: Desk, book: Book, payout: Json) -> None:
    payout["status"] = "paid"
    desk.feed.emit(book, "payout.paid", payout)


def _payout(desk: Desk, book: Book, *, amount_cents: int, arrival: datetime) -> Json:
    return {
        "id": book.new_id("po"),
        "object": "payout",
        "amount": amount_cents,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": int(arrival.timestamp()),
        "automatic": True,
        "balance_transaction": None,
        "created": desk.stamp(),
        "currency": "usd",
        "description": "STRIPE PAYOUT",
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
