"""What we send to Plaid and read of its answers; unknown fields are ignored."""

from typing import TYPE_CHECKING, Protocol, TypeVar, cast

import msgspec

if TYPE_CHECKING:
    from plaid.model.link_token_create_request import LinkTokenCreateRequest

SESSION_SECONDS = 1_800
CLIENT_NAME_CHARACTERS = 30

Shape = TypeVar("Shape")


class LinkTokenMade(msgspec.Struct):
    """/link/token/create"""

    link_token: str
    hosted_link_url: str


class AddedAccount(msgspec.Struct):
    """An account the payer ticked."""

    id: str
    name: str = ""
    mask: str | None = None


class Institution(msgspec.Struct):
    """The bank."""

    name: str = ""


class ItemAdded(msgspec.Struct):
    """One bank login added in a session."""

    public_token: str
    accounts: tuple[AddedAccount, ...] = ()
    institution: Institution | None = None


class SessionResults(msgspec.Struct):
    """Everything a session brought."""

    item_add_results: tuple[ItemAdded, ...] = ()


class LinkVisit(msgspec.Struct):
    """One visit to the hosted page."""

    results: SessionResults | None = None


class LinkTokenState(msgspec.Struct):
    """/link/token/get"""

    link_sessions: tuple[LinkVisit, ...] = ()

    @property
    def added(self) -> ItemAdded | None:
        """The first bank login that any visit brought."""
        for visit in self.link_sessions:
            if visit.results and visit.results.item_add_results:
                return visit.results.item_add_results[0]
        return None


class Item(msgspec.Struct):
    """/item/public_token/exchange"""

    access_token: str
    item_id: str


class BankToken(msgspec.Struct):
    """/processor/stripe/bank_account_token/create"""

    stripe_bank_account_token: str


class Jwk(msgspec.Struct):
    """A public key; `expired_at` is null while it is valid."""

    alg: str
    crv: str
    x: str
    y: str
    expired_at: int | None = None


class KeyFound(msgspec.Struct):
    """/webhook_verification_key/get"""

    key: Jwk


class _Error(msgspec.Struct):
    error_code: str = "UNKNOWN"


class _Answer(Protocol):
    data: bytes


def content(answer: object) -> bytes:
    """The bytes of a raw answer of the vendor's library."""
    return cast("_Answer", answer).data


def error_code(body: str | bytes | None) -> str:
    """The vendor's code in an error's body."""
    try:
        return msgspec.json.decode(body or b"{}", type=_Error).error_code
    except msgspec.MsgspecError:
        return "UNREADABLE"


def link_request(
    *, client_user_id: str, dealer_name: str, return_url: str, webhook_url: str
) -> "LinkTokenCreateRequest":
    """A Hosted Link session that brings the payer back to `return_url`.

    Source: plaid.com/docs/link/hosted-link.
    """
    from plaid.model.country_code import CountryCode
    from plaid.model.link_token_create_hosted_link import LinkTokenCreateHostedLink
    from plaid.model.link_token_create_request import LinkTokenCreateRequest
    from plaid.model.link_token_create_request_user import LinkTokenCreateRequestUser
    from plaid.model.products import Products

    return LinkTokenCreateRequest(
        client_name=dealer_name[:CLIENT_NAME_CHARACTERS],
        language="en",
        country_codes=[CountryCode("US")],
        products=[Products("auth")],
        user=LinkTokenCreateRequestUser(client_user_id=client_user_id),
        webhook=webhook_url,
        hosted_link=LinkTokenCreateHostedLink(
            completion_redirect_uri=return_url, url_lifetime_seconds=SESSION_SECONDS
        ),
    )
