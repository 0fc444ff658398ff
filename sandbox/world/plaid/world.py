"""The simulated bank link as one object: link tokens, hosted visits, items and processor tokens."""

import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.world import keys
from sandbox.world.clock import wall_now
from sandbox.world.jsontypes import Json
from sandbox.world.plaid import objects, p256
from sandbox.world.plaid.institutions import BankAccount, Institution, find_account
from sandbox.world.stripe.desk import BankToken

_LINK_LIFE = timedelta(minutes=30)
_PUBLIC_TOKEN_LIFE = timedelta(minutes=30)

Hook = Callable[[str, bytes, str], None]


class BankLinkRefusal(Exception):
    """A refusal in the vendor's words: error type, code and sentence."""

    def __init__(self, kind: str, code: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code


@dataclass
class Link:
    """One link token with its hosted page and the visit to it."""

    token: str
    page_id: str
    request: Json
    created: datetime
    expires: datetime
    session_id: str = field(default_factory=lambda: secrets.token_hex(16))
    finished: datetime | None = None
    results: list[Json] = field(default_factory=list)
    exited: bool = False

    @property
    def hosted(self) -> Json:
        """Return the hosted-page options of the request."""
        return dict(self.request.get("hosted_link") or {})


@dataclass
class Item:
    """One login at a bank, reached by its access token."""

    id: str
    bank: Institution
    account: BankAccount
    webhook: str | None


class PlaidWorld:
    """Holds links and items; `mint` makes processor tokens, `hook` sends signed webhooks."""

    def __init__(self, *, public_url: str, mint: Callable[[BankToken], str], hook: Hook) -> None:
        self._public_url = public_url.rstrip("/")
        self._mint = mint
        self._hook = hook
        self._lock = threading.RLock()
        self._links: dict[str, Link] = {}
        self._public_tokens: dict[str, tuple[Item, datetime]] = {}
        self._items: dict[str, Item] = {}
        self.faults: list[Json] = []

    def handle(self, path: str, body: Json, *, client_id: str, secret: str) -> Json:
        """Answer one API call; raise BankLinkRefusal in the vendor's words."""
        if (client_id, secret) != (keys.PLAID_CLIENT_ID, keys.PLAID_SECRET):
            raise BankLinkRefusal(
                "INVALID_INPUT", "INVALID_API_KEYS", "invalid client_id or secret provided"
            )
        endpoint = {
            "/link/token/create": self._create_link,
            "/link/token/get": self._get_link,
            "/item/public_token/exchange": self._exchange,
            "/accounts/get": self._accounts,
            "/auth/get": self._auth,
            "/item/remove": self._remove,
            "/processor/stripe/bank_account_token/create": self._processor_token,
            "/webhook_verification_key/get": self._verification_key,
        }.get(path)
        if endpoint is None:
            raise BankLinkRefusal("INVALID_REQUEST", "NOT_FOUND", f"no such endpoint: {path}")
        with self._lock:
            return endpoint(body)

    def open_page(self, page_id: str) -> Link | None:
        """Return the link behind a hosted page while it can still be used."""
        link = next((link for link in self._links.values() if link.page_id == page_id), None)
        usable = link is not None and link.finished is None and wall_now() < link.expires
        return link if usable else None

    def finish(self, page_id: str, account_id: str) -> Link | None:
        """Finish a visit with the chosen account; None where page or account cannot be used."""
        with self._lock:
            link, found = self.open_page(page_id), find_account(account_id)
            if link is None or found is None:
                return None
            item = Item(secrets.token_hex(16), *found, webhook=link.request.get("webhook"))
            token = f"public-sandbox-{secrets.token_hex(16)}"
            self._public_tokens[token] = (item, wall_now())
            link.results = [objects.chosen(*found, public_token=token)]
            link.finished = wall_now()
        self._announce(link)
        return link

    def cancel(self, page_id: str) -> Link | None:
        """End a visit without a result."""
        with self._lock:
            link = self.open_page(page_id)
            if link is None:
                return None
            link.finished, link.exited = wall_now(), True
        self._announce(link)
        return link

    def _announce(self, link: Link) -> None:
        url = link.request.get("webhook")
        if not url:
            return
        tokens = [result["public_token"] for result in link.results]
        body = json.dumps(
            {
                "webhook_type": "LINK",
                "webhook_code": "SESSION_FINISHED",
                "status": "SUCCESS" if tokens else "EXITED",
                "link_session_id": link.session_id,
                "link_token": link.token,
                "public_tokens": tokens,
                "environment": "sandbox",
            }
        ).encode()
        self._hook(url, body, sign_webhook(body))

    def _create_link(self, body: Json) -> Json:
        for name in ("client_name", "language", "country_codes", "user"):
            if not body.get(name):
                raise BankLinkRefusal(
                    "INVALID_REQUEST",
                    "MISSING_FIELDS",
                    f"the following required fields are missing: {name}",
                )
        hosted, now = body.get("hosted_link"), wall_now()
        life = (hosted or {}).get("url_lifetime_seconds") or _LINK_LIFE.total_seconds()
        link = Link(
            token=f"link-sandbox-{secrets.token_hex(16)}",
            created=now,
            request=body,
            page_id=secrets.token_urlsafe(18),
            expires=now + timedelta(seconds=life),
        )
        self._links[link.token] = link
        answer = {"link_token": link.token, "expiration": _stamp(link.expires)}
        if hosted is not None:
            answer["hosted_link_url"] = f"{self._public_url}/plaid/hosted/{link.page_id}"
        return answer

    def _get_link(self, body: Json) -> Json:
        link = self._links.get(str(body.get("link_token")))
        if link is None:
            raise BankLinkRefusal(
                "INVALID_INPUT", "INVALID_LINK_TOKEN", "could not find matching link token"
            )
        sent, visits = link.request, []
        if link.finished:
            visits = [
                objects.session(
                    link.session_id,
                    started=_stamp(link.created),
                    finished=_stamp(link.finished),
                    results=link.results,
                    exited=link.exited,
                )
            ]
        return {
            "link_token": link.token,
            "created_at": _stamp(link.created),
            "expiration": _stamp(link.expires),
            "link_sessions": visits,
            "metadata": {
                "initial_products": sent.get("products") or [],
                "webhook": sent.get("webhook"),
                "language": sent["language"],
                "country_codes": sent["country_codes"],
                "redirect_uri": None,
                "client_name": sent["client_name"],
            },
        }

    def _exchange(self, body: Json) -> Json:
        held = self._public_tokens.pop(str(body.get("public_token")), None)
        if held is None or wall_now() - held[1] > _PUBLIC_TOKEN_LIFE:
            raise BankLinkRefusal(
                "INVALID_INPUT",
                "INVALID_PUBLIC_TOKEN",
                "provided public token is expired or was used",
            )
        access_token = f"access-sandbox-{secrets.token_hex(16)}"
        self._items[access_token] = held[0]
        return {"access_token": access_token, "item_id": held[0].id}

    def _accounts(self, body: Json) -> Json:
        item = self._item(body)
        return {
            "accounts": [objects.account(item.account)],
            "item": objects.item(item.id, item.bank, webhook=item.webhook),
        }

    def _auth(self, body: Json) -> Json:
        item = self._item(body)
        return self._accounts(body) | {
            "numbers": {
                "ach": [objects.ach_number(item.bank, item.account)],
                "eft": [],
                "bacs": [],
                "international": [],
            }
        }

    def _processor_token(self, body: Json) -> Json:
        item = self._item(body)
        if body.get("account_id") != item.account.id:
            raise BankLinkRefusal(
                "INVALID_INPUT",
                "INVALID_ACCOUNT_ID",
                "failed to find requested account ID for requested item",
            )
        token = self._mint(
            BankToken(
                bank_name=item.bank.name.upper(),
                routing_number=item.bank.routing,
                last4=item.account.mask,
                account_type=item.account.subtype,
                holder_name="Demo account holder",
                holder_type="company"
                if item.account.holder_category == "business"
                else "individual",
            )
        )
        return {"stripe_bank_account_token": token}

    def _remove(self, body: Json) -> Json:
        self._item(body)
        del self._items[body["access_token"]]
        return {}

    def _verification_key(self, body: Json) -> Json:
        if body.get("key_id") != keys.PLAID_WEBHOOK_KEY_ID:
            raise BankLinkRefusal(
                "INVALID_INPUT", "INVALID_WEBHOOK_VERIFICATION_KEY_ID", "invalid key_id provided"
            )
        return {
            "key": p256.public_key(
                key_id=keys.PLAID_WEBHOOK_KEY_ID,
                created_at=1_700_000_000,
                private_key=keys.PLAID_WEBHOOK_PRIVATE_KEY,
            )
        }

    def _item(self, body: Json) -> Item:
        item = self._items.get(str(body.get("access_token")))
        if item is None:
            raise BankLinkRefusal(
                "INVALID_INPUT", "INVALID_ACCESS_TOKEN", "could not find matching access token"
            )
        return item


def sign_webhook(body: bytes) -> str:
    """Return the Plaid-Verification token for a webhook body, issued now by wall time."""
    claims = {
        "iat": int(wall_now().timestamp()),
        "request_body_sha256": hashlib.sha256(body).hexdigest(),
    }
    return p256.sign_token(
        claims, key_id=keys.PLAID_WEBHOOK_KEY_ID, private_key=keys.PLAID_WEBHOOK_PRIVATE_KEY
    )


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
