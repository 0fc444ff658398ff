"""Logins, the look-up from an address to its login, memberships, companies."""

from pynamodb.exceptions import UpdateError

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import CompanyId, DealerId, UserId
from chalicelib.domain.people import Company, Membership, User
from chalicelib.storage import keys
from chalicelib.storage.records import Record, find_value, packed, unpacked
from chalicelib.storage.transactions import ABSENT, Put


def find_user_id(email: str) -> UserId | None:
    """The login of a normalised address, read consistently."""
    found = find_value((keys.global_email(email), keys.ONLY), str)
    return None if found is None else UserId(found)


def find_user(user_id: UserId) -> User | None:
    """A login by its id."""
    return find_value((keys.user(user_id), keys.USER), User)


def get_user(user_id: UserId) -> User:
    """A login by its id. Raises NotFound."""
    user = find_user(user_id)
    if user is None:
        raise NotFound("There is no such login.")
    return user


def list_memberships(user_id: UserId) -> tuple[Membership, ...]:
    """What a login belongs to, in the order it joined."""
    wanted = Record.sk.startswith(keys.MEMBERSHIPS)
    found = Record.query(keys.user(user_id), wanted, consistent_read=True)
    return tuple(
        sorted((unpacked(r, Membership) for r in found), key=lambda member: member.joined_at)
    )


def user_puts(user: User) -> list[Put]:
    """Writes "user" and "email" of a new login; either refuses if it exists."""
    record = Record(keys.user(user.user_id), keys.USER, body=packed(user))
    address = Record(keys.global_email(user.email), keys.ONLY, body=packed(user.user_id))
    return [Put("user", record, ABSENT), Put("email", address, ABSENT)]


def membership_puts(member: Membership) -> list[Put]:
    """Write "membership": a login joins an account, or a dealer's staff; its company knows it."""
    key = keys.membership(member.dealer_id, member.account_id or None)
    puts = [Put("membership", Record(keys.user(member.user_id), key, body=packed(member)))]
    if member.company_id:
        partition = keys.company(member.dealer_id, member.company_id)
        login = Record(partition, keys.company_login(member.user_id), body=packed(member.user_id))
        puts.append(Put("login", login))
    return puts


def list_logins(dealer_id: DealerId, company_id: CompanyId) -> tuple[User, ...]:
    """Every login of a company at a dealer, in the order of their making."""
    wanted = Record.sk.startswith(keys.LOGINS)
    found = list(Record.query(keys.company(dealer_id, company_id), wanted))
    ids = [(keys.user(UserId(unpacked(record, str))), keys.USER) for record in found]
    users = [unpacked(record, User) for record in Record.batch_get(ids)] if ids else []
    return tuple(sorted(users, key=lambda user: user.created_at))


def company_put(company: Company) -> Put:
    """Write "company" of a new company."""
    partition = keys.company(company.dealer_id, company.company_id)
    return Put("company", Record(partition, keys.COMPANY, body=packed(company)), ABSENT)


def get_company(dealer_id: DealerId, company_id: CompanyId) -> Company:
    """A company. Raises NotFound."""
    key = keys.company(dealer_id, company_id), keys.COMPANY
    company = find_value(key, Company, consistent=False)
    if company is None:
        raise NotFound("There is no such company.")
    return company


def use_code_step(user_id: UserId, step: int) -> bool:
    """Take a TOTP time step once, and none before the last one taken; False if it was used."""
    unused = Record.counter.does_not_exist() | (Record.counter < step)
    record = Record(keys.user(user_id), keys.USER)
    try:
        record.update(actions=[Record.counter.set(step)], condition=Record.pk.exists() & unused)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
