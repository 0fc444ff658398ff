"""The one table as PynamoDB sees it; bodies are msgspec JSON of domain values."""

from typing import TypeVar

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

Value = TypeVar("Value")


class ByTime(GlobalSecondaryIndex["Record"]):
    """Payments, settlements and ledger lines of a dealer by time."""

    class Meta:
        index_name = "by_time"
        projection = AllProjection()

    t_pk = UnicodeAttribute(hash_key=True)
    t_sk = UnicodeAttribute(range_key=True)


class ByStatus(GlobalSecondaryIndex["Record"]):
    """Payments and settlements of one status by time."""

    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    s_pk = UnicodeAttribute(hash_key=True)
    s_sk = UnicodeAttribute(range_key=True)


class ByAmount(GlobalSecondaryIndex["Record"]):
    """Payments by amount."""

    class Meta:
        index_name = "by_amount"
        projection = AllProjection()

    a_pk = UnicodeAttribute(hash_key=True)
    a_sk = UnicodeAttribute(range_key=True)


class Lookup(GlobalSecondaryIndex["Record"]):
    """Keys only: everything that falls due, processor ids and short numbers, account directory."""

    class Meta:
        index_name = "lookup"
        projection = KeysOnlyProjection()

    k_pk = UnicodeAttribute(hash_key=True)
    k_sk = UnicodeAttribute(range_key=True)


class Record(Model):
    """One item. Attributes beside the keys and `body` are those conditions or indexes use."""

    class Meta:
        table_name = "drypowder"  # Set from the configuration by `use_table`.
        region = "us-east-1"
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 3

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = BinaryAttribute(legacy_encoding=False, null=True)
    version = NumberAttribute(null=True)
    state = UnicodeAttribute(null=True)
    token = UnicodeAttribute(null=True)
    counter = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)  # DynamoDB TTL; never decides anything by itself.
    t_pk = UnicodeAttribute(null=True)
    t_sk = UnicodeAttribute(null=True)
    s_pk = UnicodeAttribute(null=True)
    s_sk = UnicodeAttribute(null=True)
    a_pk = UnicodeAttribute(null=True)
    a_sk = UnicodeAttribute(null=True)
    k_pk = UnicodeAttribute(null=True)
    k_sk = UnicodeAttribute(null=True)
    by_time = ByTime()
    by_status = ByStatus()
    by_amount = ByAmount()
    lookup = Lookup()


_DECODERS: dict[type, msgspec.json.Decoder[object]] = {}


def packed(value: object) -> bytes:
    """A domain value as the bytes kept in `body`."""
    return msgspec.json.encode(value)


def unpacked(record: Record, kind: type[Value]) -> Value:
    """The domain value in a record's body.

    Raises msgspec.ValidationError if the stored body is not a `kind`.
    """
    return unpacked_body(record.body, kind)


def unpacked_body(body: bytes, kind: type[Value]) -> Value:
    """The domain value of a body that was read before."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    value = decoder.decode(body)
    assert isinstance(value, kind)  # noqa: S101  narrows the decoder's object for mypy
    return value


def find_record(key: tuple[str, str], *, consistent: bool = True) -> Record | None:
    """The item with this partition and sort key, or None."""
    try:
        return Record.get(*key, consistent_read=consistent)
    except Record.DoesNotExist:
        return None


def find_value(key: tuple[str, str], kind: type[Value], *, consistent: bool = True) -> Value | None:
    """The domain value in the body of the item with this key, or None."""
    record = find_record(key, consistent=consistent)
    return None if record is None else unpacked(record, kind)


def use_table(table_name: str, region: str) -> None:
    """Point the model at the deployed table; called once by bootstrap."""
    Record.Meta.table_name = table_name
    Record.Meta.region = region
