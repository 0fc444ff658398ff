"""People: logins, what they belong to, and their sessions; secrets appear as hashes only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.ids import AccountId, CompanyId, DealerId, UserId


class Face(StrEnum):
    """Which of the two web faces a session belongs to."""

    PAYER = "payer"
    OPERATOR = "operator"


class Stage(StrEnum):
    """How far a sign-in is: an operator's password alone opens nothing."""

    CODE = "code"
    SIGNED_IN = "signed_in"


PAYER_ROLES = frozenset({"owner", "payer", "viewer"})
PAYING_ROLES = frozenset({"owner", "payer"})
OPERATOR_ROLES = frozenset({"admin", "ar", "viewer"})
COLLECTING_ROLES = frozenset({"admin", "ar"})

# reliability.md, rule 8; all by wall time.
IDLE = {Face.PAYER: timedelta(minutes=30), Face.OPERATOR: timedelta(minutes=15)}
ABSOLUTE = {Face.PAYER: timedelta(hours=12), Face.OPERATOR: timedelta(hours=8)}
CODE_STEP = timedelta(minutes=5)
TOUCH_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TermsAccepted:
    """Which words somebody agreed to, when and from where."""

    version: str
    accepted_at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class User:
    """One login. `totp` is the second factor's secret, encrypted with the vault's key."""

    user_id: UserId
    email: str
    name: str
    password_hash: str
    created_at: datetime
    totp: bytes = b""


@dataclass(frozen=True, slots=True)
class Membership:
    """What a login may do for one account of a dealer; operators have no account (empty)."""

    user_id: UserId
    dealer_id: DealerId
    account_id: AccountId
    company_id: CompanyId
    role: str
    joined_at: datetime
    terms: TermsAccepted | None = None

    @property
    def face(self) -> Face:
        """Operators belong to a dealer, payers to one of its accounts."""
        return Face.PAYER if self.account_id else Face.OPERATOR


@dataclass(frozen=True, slots=True)
class TeamMember:
    """One of a dealer's operators; `signed_in_at` is wall time, None while they never came."""

    user_id: UserId
    name: str
    email: str
    role: str
    joined_at: datetime
    signed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class Company:
    """The customer side's own organisation at one dealer."""

    company_id: CompanyId
    dealer_id: DealerId
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in; dealer and account are pinned here and never come from the request."""

    user_id: UserId
    dealer_id: DealerId
    account_id: AccountId
    face: Face
    stage: Stage
    name: str
    email: str
    created_at: datetime

    def ends_at(self) -> datetime:
        """The moment it ends whatever happens."""
        lasts = CODE_STEP if self.stage is Stage.CODE else ABSOLUTE[self.face]
        return self.created_at + lasts

    def is_live(self, *, seen_at: datetime, now: datetime) -> bool:
        """True while neither the idle nor the absolute limit has passed."""
        return now < self.ends_at() and now < seen_at + IDLE[self.face]
