"""Many payables in one item: compressed JSON that decodes straight into domain values."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from chalicelib.domain.payables import Payable

PAYABLES_PER_PAGE = 250
CLOSED_PER_PAGE = 1000

_encoder = msgspec.json.Encoder()
_payables = msgspec.json.Decoder(tuple[Payable, ...])


@dataclass(frozen=True, slots=True)
class ClosedPayable:
    """A payable with nothing outstanding, and the day the ERP says it was paid."""

    payable: Payable
    paid_day: date

    @property
    def days_late(self) -> int:
        """Days from the due day to the payment; negative when paid early."""
        return (self.paid_day - self.payable.ages_from).days


_closed = msgspec.json.Decoder(tuple[ClosedPayable, ...])


def packed_pages(payables: Sequence[Payable]) -> tuple[bytes, ...]:
    """Payables in their order, at most 250 to a page."""
    return tuple(
        zlib.compress(_encoder.encode(payables[start : start + PAYABLES_PER_PAGE]))
        for start in range(0, len(payables), PAYABLES_PER_PAGE)
    )


def unpacked_page(page: bytes) -> tuple[Payable, ...]:
    """The payables of one page. Raises msgspec.ValidationError on foreign content."""
    return _payables.decode(zlib.decompress(page))


def packed_closed(closed: Sequence[ClosedPayable]) -> tuple[bytes, ...]:
    """Closed payables of one month, at most 1,000 to a page."""
    return tuple(
        zlib.compress(_encoder.encode(closed[start : start + CLOSED_PER_PAGE]))
        for start in range(0, len(closed), CLOSED_PER_PAGE)
    )


def unpacked_closed(page: bytes) -> tuple[ClosedPayable, ...]:
    """The closed payables of one page."""
    return _closed.decode(zlib.decompress(page))
