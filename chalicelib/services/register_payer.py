"""Registration from a mail link: a new login, or a known one, joins the invited account."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ulid import ULID

from chalicelib.domain.accounts import Account, Badge
from chalicelib.domain.email_addresses import normal_address
from chalicelib.domain.errors import AlreadyDone, InvalidInput
from chalicelib.domain.ids import CompanyId, UserId
from chalicelib.domain.invitations import InvitationState
from chalicelib.domain.passwords import check_password
from chalicelib.domain.people import Company, Membership, Stage, TermsAccepted, User
from chalicelib.gateways.password_hashes import hash_password
from chalicelib.services.change_invitation import Told, account_writes, store_change, until_stored
from chalicelib.services.open_invitation import Link, Opened, open_invitation
from chalicelib.services.post_letter import require_reachable
from chalicelib.services.sign_in import SignedIn, start_session
from chalicelib.services.world import World
from chalicelib.storage import invitations, sessions, users
from chalicelib.storage.invitations import Registration
from chalicelib.storage.throttle import count_attempt
from chalicelib.storage.transactions import Put, WritesRefused

WAITING_SECRET_BYTES = 32
MAILS_AN_HOUR = 5
HOUR = timedelta(hours=1)
LONGEST_NAME = 120
HAS_LOGIN = "There is a login for this address already. Sign in, and the account is linked."


@dataclass(frozen=True, slots=True)
class Waiting:
    """The address must be verified first; the secret goes into a short-lived cookie."""

    secret: str


def register_payer(
    world: World,
    link: Link,
    *,
    email: str,
    full_name: str,
    password: str,
    terms_version: str,
    address: str,
    wall: datetime,
) -> SignedIn | Waiting:
    """Create the login and link the account, or wait until another address is verified.

    Raises LinkRefused, InvalidInput with every wrong field, AlreadyDone if the invited address
    has a login, Throttled never. `terms_version` is what was accepted, `address` from where.
    """
    opened = open_invitation(world, link)
    normalised = _checked(email=email, full_name=full_name, password=password)
    waiting = Registration(
        email=normalised,
        name=full_name.strip(),
        password_hash=hash_password(password),
        terms_version=terms_version,
        address=address,
        started_at=wall,
    )
    if normalised == opened.invitation.email:
        return create_login(world, link, waiting, wall=wall)
    require_reachable(link.dealer_id, normalised, field="email")
    secret = secrets.token_urlsafe(WAITING_SECRET_BYTES)
    name = sessions.hashed(secret)
    invitations.save_registration(opened.invitation, name, waiting)
    count_code(opened, wall=wall)
    queue_code(world, opened, name)
    return Waiting(secret)


def count_code(opened: Opened, *, wall: datetime) -> None:
    """At most five codes an hour for one invitation. Raises InvalidInput."""
    sent = count_attempt("code mail", opened.invitation.invitation_id, window=HOUR, wall=wall)
    if sent > MAILS_AN_HOUR:
        sentence = "Several codes were sent already. Use the newest, or try again in an hour."
        raise InvalidInput(sentence, {"code": sentence, "email": sentence})


def queue_code(world: World, opened: Opened, name: str) -> None:
    """Ask the mail worker for a code. It may be quicker than we are, so this comes last."""
    invitation = opened.invitation
    world.queues.send_mail(
        "verify_address",
        invitation.dealer_id,
        id=invitation.invitation_id,
        registration=name,
    )


def create_login(world: World, link: Link, waiting: Registration, *, wall: datetime) -> SignedIn:
    """A new login of a proven address joins the account, in one transaction; then signed in.

    Raises LinkRefused or AlreadyDone if the address has a login.
    """
    user = User(
        user_id=UserId(str(ULID())),
        email=waiting.email,
        name=waiting.name,
        password_hash=waiting.password_hash,
        created_at=wall,
    )
    if users.find_user_id(user.email):
        raise AlreadyDone(HAS_LOGIN)
    terms = TermsAccepted(waiting.terms_version, wall, waiting.address)
    try:
        return _joined(world, link, user, terms, new=users.user_puts(user), wall=wall)
    except WritesRefused as refused:
        if "email" not in refused.names:
            raise
        raise AlreadyDone(HAS_LOGIN) from refused


def link_account(
    world: World, link: Link, *, user_id: UserId, terms_version: str, address: str, wall: datetime
) -> SignedIn:
    """A login that is signed in joins the invited account; its session moves there."""
    user = users.get_user(user_id)
    terms = TermsAccepted(terms_version, wall, address)
    return _joined(world, link, user, terms, new=[], wall=wall)


def _joined(
    world: World, link: Link, user: User, terms: TermsAccepted, *, new: list[Put], wall: datetime
) -> SignedIn:
    now = world.clock.now()

    def attempt() -> Membership:
        opened = open_invitation(world, link)
        company, writes = _company_of(opened.account, user, now)
        member = Membership(
            user_id=user.user_id,
            dealer_id=link.dealer_id,
            account_id=opened.account.account_id,
            company_id=company,
            role="owner" if writes else "payer",
            joined_at=now,
            terms=terms,
        )
        accepted = replace(opened.invitation, state=InvitationState.ACCEPTED, accepted_at=now)
        changed = replace(opened.account, badge=Badge.ACCEPTED, company_id=company)
        told = Told(now, "payer", f"{user.email} accepted; terms {terms.version}.")
        beside = account_writes(opened.account, changed, told)
        everything = [*beside, *new, *writes, *users.membership_puts(member)]
        store_change(opened.stored, accepted, now=now, beside=everything)
        return member

    member = until_stored(attempt)
    return start_session(user, member, stage=Stage.SIGNED_IN, wall=wall)


def _company_of(account: Account, user: User, now: datetime) -> tuple[CompanyId, list[Put]]:
    """The account's company, else the login's own at this dealer, else a new one."""
    if account.company_id:
        return account.company_id, []
    for member in users.list_memberships(user.user_id):
        if member.dealer_id == account.dealer_id and member.company_id:
            return member.company_id, []
    company = Company(CompanyId(str(ULID())), account.dealer_id, account.name, now)
    return company.company_id, [users.company_put(company)]


def _checked(*, email: str, full_name: str, password: str) -> str:
    """The normalised address; raises InvalidInput naming every wrong field."""
    wrong: dict[str, str] = {}
    normalised = ""
    try:
        normalised = normal_address(email)
    except InvalidInput as error:
        wrong |= error.fields
    if not 0 < len(full_name.strip()) <= LONGEST_NAME:
        wrong["full_name"] = "Type your name."
    try:
        check_password(password, email=normalised)
    except InvalidInput as error:
        wrong |= error.fields
    if wrong:
        raise InvalidInput("Some things need another look.", wrong)
    return normalised
