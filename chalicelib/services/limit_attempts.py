"""Throttling of guesses by account and source, so that nobody can be locked out by others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv6Address, IPv6Network

from chalicelib.domain.errors import Throttled
from chalicelib.storage import throttle

WINDOW = timedelta(minutes=15)
PAIR_LIMIT = 5  # Wrong guesses of one source at one account.
PAIR_LIMIT_UNDER_ATTACK = 2
SOURCE_LIMIT = 50  # Wrong guesses of one source at any account.
IPV6_NETWORK_BITS = 64
ATTACK = 50  # Wrong guesses at one account from everywhere.


@dataclass(frozen=True, slots=True)
class Attempt:
    """One guess: what for, at which account, from which source; wall time."""

    kind: str
    account: str
    source: str
    wall: datetime

    @property
    def network(self) -> str:
        """The source; of an IPv6 address its /64, within which anybody picks new ones at will."""
        try:
            address = IPv6Address(self.source)
        except AddressValueError:
            return self.source
        return str(IPv6Network((address, IPV6_NETWORK_BITS), strict=False))

    @property
    def pair(self) -> str:
        """Account and source together."""
        return f"{self.account}\n{self.network}"


def count_attempt(attempt: Attempt) -> None:
    """Count a guess before it is looked at; raises Throttled when this source has had enough.

    An account under attack from everywhere leaves every single source fewer guesses but never
    none: its owner, who knows the password, gets in from any source at the first try.
    """
    kind, wall = attempt.kind, attempt.wall
    at_account = throttle.count_attempt(
        f"{kind} account", attempt.account, window=WINDOW, wall=wall
    )
    from_source = throttle.count_attempt(
        f"{kind} source", attempt.network, window=WINDOW, wall=wall
    )
    at_pair = throttle.count_attempt(f"{kind} pair", attempt.pair, window=WINDOW, wall=wall)
    limit = PAIR_LIMIT_UNDER_ATTACK if at_account > ATTACK else PAIR_LIMIT
    if at_pair > limit or from_source > SOURCE_LIMIT:
        raise Throttled("Too many tries from here. Wait a quarter of an hour, then try again.")


def forgive_attempt(attempt: Attempt) -> None:
    """The guess was right: it counts for nothing, and this source starts anew."""
    kind, wall = attempt.kind, attempt.wall
    throttle.forgive_attempt(f"{kind} account", attempt.account, window=WINDOW, wall=wall)
    throttle.forgive_attempt(f"{kind} source", attempt.network, window=WINDOW, wall=wall)
    throttle.forget_attempts(f"{kind} pair", attempt.pair, window=WINDOW, wall=wall)
