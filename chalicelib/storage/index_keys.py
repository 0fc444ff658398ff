"""Keys under which the indexes find items: by_time, by_status, by_amount and lookup.

The items' own keys are in `keys`.
"""

from datetime import datetime

from chalicelib.domain.ids import AccountId, DealerId, PaymentId

DEALERS = "DEALERS"  # Look-up partition listing the installation's dealers.
DUE_SHARDS = 4
AMOUNT_DIGITS = 14


def moment(at: datetime) -> str:
    """A sortable UTC timestamp, seconds and microseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def payments_by_time(dealer_id: DealerId) -> str:
    """All payments of a dealer by submission time."""
    return f"D#{dealer_id}#payments"


def payments_by_status(dealer_id: DealerId, status: str) -> str:
    """Payments of one status by time."""
    return f"D#{dealer_id}#payments#{status}"


def settlements_by_time(dealer_id: DealerId) -> str:
    """Settlements of a dealer by creation time."""
    return f"D#{dealer_id}#settlements"


def ledger_by_time(dealer_id: DealerId) -> str:
    """Ledger lines of a dealer by business time."""
    return f"D#{dealer_id}#ledger"


def mailings_by_time(dealer_id: DealerId) -> str:
    """Mailings of a dealer by when they were prepared."""
    return f"D#{dealer_id}#mailings"


def amount(cents: int, item_id: str) -> str:
    """Sort key that orders by amount, then id."""
    return f"{cents:0{AMOUNT_DIGITS}d}#{item_id}"


def time_then(at: datetime, item_id: str) -> str:
    """Sort key that orders by time, then id."""
    return f"{moment(at)}#{item_id}"


def due(kind: str, item_id: str) -> str:
    """Partition of the due index for one kind of deadline, sharded by the item's id."""
    return f"DUE#{kind}#{sum(item_id.encode()) % DUE_SHARDS}"


def due_shards(kind: str) -> list[str]:
    """All partitions a sweep of one kind reads."""
    return [f"DUE#{kind}#{shard}" for shard in range(DUE_SHARDS)]


def reference(dealer_id: DealerId, name: str) -> str:
    """Look-up of a processor id or short number within one dealer."""
    return f"REF#{dealer_id}#{name}"


def reference_target(account_id: AccountId, payment_id: PaymentId) -> str:
    """What a reference points at."""
    return f"{account_id}#{payment_id}"


def parsed_reference_target(target: str) -> tuple[AccountId, PaymentId]:
    """The account and payment a reference points at."""
    account_id, _, payment_id = target.rpartition("#")
    return AccountId(account_id), PaymentId(payment_id)


def accounts_directory(dealer_id: DealerId) -> str:
    """Look-up partition listing a dealer's accounts."""
    return f"D#{dealer_id}#accounts"


def link_token(token_hash: str) -> str:
    """Look-up of the SHA-256 of a hosted page's token."""
    return f"LINK#{token_hash}"
