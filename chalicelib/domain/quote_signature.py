"""The signature over a quote and the comparison of two prices; the key is passed in."""

import hashlib
import hmac
import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime

from chalicelib.domain.cards import CardFacts
from chalicelib.domain.claims import Effect
from chalicelib.domain.quotes import Quote, QuoteLine

_FORMAT = b"drypowder-quote-1\n"
_QUOTE_FIELDS = tuple(field.name for field in fields(Quote) if field.name != "signature")
_PARTS = (QuoteLine, Effect, CardFacts)


def sign(quote: Quote, key: bytes) -> Quote:
    """The quote with the HMAC-SHA256 of everything else in it, as hex."""
    return replace(quote, signature=_signature(quote, key))


def verify(quote: Quote, key: bytes) -> bool:
    """True if nothing in the quote changed since it was signed with this key."""
    return hmac.compare_digest(quote.signature.encode(), _signature(quote, key).encode())


def same_price(before: Quote, after: Quote) -> bool:
    """True if both charge the same for the same, cent by cent, whenever they were made."""
    return _price_facts(before) == _price_facts(after)


def _price_facts(quote: Quote) -> tuple[object, ...]:
    lines = tuple(
        (line.payable_id, line.allocation_cents, line.credit_cents, line.discount_cents)
        for line in quote.lines
    )
    whose = (quote.dealer_id, quote.account_id, quote.view, quote.method_kind)
    return (*whose, lines, quote.credits_used, quote.fee_cents, quote.surplus_cents)


def _signature(quote: Quote, key: bytes) -> str:
    facts = [(name, _plain(getattr(quote, name))) for name in _QUOTE_FIELDS]
    encoded = json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode()
    return hmac.new(key, _FORMAT + encoded, hashlib.sha256).hexdigest()


def _plain(value: object) -> object:
    """A value as JSON knows it, the same for equal moments in any zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, _PARTS):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    return value
