"""The rows of an account's balance: how they come in, how they are listed, what they come to."""

from sandbox.world.jsontypes import Json
from sandbox.world.stripe.book import Book
from sandbox.world.stripe.charges import balance_transaction
from sandbox.world.stripe.desk import Call, Desk
from sandbox.world.stripe.errors import InvalidRequest

# Which payout carries a balance transaction; Stripe keeps this link on its side too.
PAYOUT = "_payout"
# A row that the list of its payout leaves out, by script.
HIDDEN = "_hidden"


def add_row(
    desk: Desk,
    book: Book,
    *,
    amount_cents: int,
    kind: str,
    category: str,
    source: str | None,
    fee_cents: int = 0,
    fee_text: str = "Stripe processing fees",
    available_on: int | None = None,
) -> Json:
    """Add one movement of the balance, available at once unless said otherwise."""
    now = desk.stamp()
    row = balance_transaction(
        book,
        amount_cents=amount_cents,
        fee_cents=fee_cents,
        fee_text=fee_text,
        kind=kind,
        category=category,
        source=source,
        created=now,
        available_on=now if available_on is None else available_on,
        now=now,
    )
    return book.add(row)


def funds_on(desk: Desk, book: Book, charge: Json) -> int:
    """When money taken back from `charge` moves: now, or with the charge's own pending funds."""
    row = book.get("balance_transaction", charge["balance_transaction"])
    return max(desk.stamp(), int(row["available_on"]))


def list_rows(call: Call) -> Json:
    """GET /v1/balance_transactions?payout=…&source=…&type=…&limit=…&starting_after=…."""
    payout, source = call.optional("payout"), call.optional("source")
    kind, own_row = call.optional("type"), call.desk.settings.list_payout_row
    if payout and not call.book.get("payout", payout, param="payout")["automatic"]:
        raise InvalidRequest(
            "Balance transaction history can only be filtered on automatic transfers, not manual.",
            param="payout",
        )
    _refresh(call.desk, call.book)

    def keep(row: Json) -> bool:
        is_shown = not row.get(HIDDEN) and (own_row or row["type"] != "payout")
        return (
            payout in {None, row.get(PAYOUT)}
            and source in {None, row["source"]}
            and kind in {None, row["type"]}
            and (is_shown or not payout)
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
    rows = unpaid(call.book)
    available = sum(row["net"] for row in rows if row["available_on"] <= now)
    pending = sum(row["net"] for row in rows if row["available_on"] > now)
    return {
        "object": "balance",
        "livemode": False,
        "available": [_money(available)],
        "pending": [_money(pending)],
    }


def unpaid(book: Book) -> list[Json]:
    """The rows that no payout has carried yet, oldest first."""
    return [row for row in book.of_kind("balance_transaction") if PAYOUT not in row]


def _money(amount_cents: int) -> Json:
    return {"amount": amount_cents, "currency": "usd", "source_types": {"card": amount_cents}}


def _refresh(desk: Desk, book: Book) -> None:
    for row in book.of_kind("balance_transaction"):
        if row["available_on"] <= desk.stamp():
            row["status"] = "available"
