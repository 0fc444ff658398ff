"""Create an operator's login at a dealer (seeding and, later, the team page)."""

from datetime import datetime

from ulid import ULID

from chalicelib.domain.email_addresses import normal_address
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import AccountId, CompanyId, DealerId, UserId
from chalicelib.domain.passwords import check_password
from chalicelib.domain.people import OPERATOR_ROLES, Membership, User
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.password_hashes import hash_password
from chalicelib.services.world import World
from chalicelib.storage import users
from chalicelib.storage.team import team_put
from chalicelib.storage.transactions import Put, transact


def create_operator(
    world: World,
    dealer_id: DealerId,
    *,
    email: str,
    name: str,
    role: str,
    password: str,
    totp_secret: str,
) -> UserId:
    """The new operator's login; `totp_secret` is base32. A login that exists only joins.

    Raises InvalidInput for an unknown role, an unusable address or password.
    """
    if role not in OPERATOR_ROLES:
        raise InvalidInput("An operator is admin, ar or viewer.", {"role": "Choose a role."})
    address, now = normal_address(email), wall_now()
    check_password(password, email=address)
    existing = users.find_user_id(address)
    if existing:
        transact(_joins(_staff(existing, dealer_id, role, now)), token=str(ULID()))
        return existing
    user_id = UserId(str(ULID()))
    user = User(
        user_id=user_id,
        email=address,
        name=name,
        password_hash=hash_password(password),
        created_at=now,
        totp=world.vault.encrypt(totp_secret, {"user": user_id}),
    )
    writes = [*users.user_puts(user), *_joins(_staff(user_id, dealer_id, role, now))]
    transact(writes, token=str(ULID()))
    return user_id


def _joins(member: Membership) -> list[Put]:
    return [*users.membership_puts(member), team_put(member.dealer_id, member.user_id)]


def _staff(user_id: UserId, dealer_id: DealerId, role: str, now: datetime) -> Membership:
    return Membership(user_id, dealer_id, AccountId(""), CompanyId(""), role, now)
