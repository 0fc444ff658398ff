"""A request as a page sees it: who asks, for whom, with which words."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from chalicelib.domain.ids import AccountId, CompanyId, DealerId, UserId
from chalicelib.entrypoints.forms import Form
from chalicelib.services.world import World


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in. Operators have an empty account and company."""

    user_id: UserId
    dealer_id: DealerId
    account_id: AccountId
    company_id: CompanyId
    role: str
    name: str
    email: str
    csrf: str
    is_shut_out: bool = False  # A payer whose account the dealer has disabled.


@dataclass(frozen=True)
class Visit:
    """One request that passed the guard; `now` is business time, read when first asked for."""

    world: World
    visitor: Visitor | None
    query: Form
    form: Form
    csrf: str
    address: str  # The viewer's address as the front door saw it; "" if it did not say.
    reference: str
    path: str
    body: bytes = b""
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)  # Names in lower case.

    @cached_property
    def now(self) -> datetime:
        """Business time, aware, UTC."""
        return self.world.clock.now()

    @property
    def signed_in(self) -> Visitor:
        """The visitor of a page that needs one; the guard has let nobody else in."""
        if self.visitor is None:
            raise LookupError("this page is public: use visitor")
        return self.visitor

    @property
    def dealer_id(self) -> DealerId:
        """The dealer of the session; never of the request."""
        return self.signed_in.dealer_id

    @property
    def account_id(self) -> AccountId:
        """The account of a payer's session; never of the request."""
        return self.signed_in.account_id
