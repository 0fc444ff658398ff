"""Plaid Hosted Link through the vendor's library, imported on first use (it costs 170–880 ms)."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from chalicelib.gateways import plaid_shapes as shapes
from chalicelib.gateways.bank_link import (
    BankLinkRefused,
    BankLinkUnreachable,
    LinkAlreadyTaken,
    LinkedAccount,
    LinkSession,
    WebhookKey,
)
from chalicelib.gateways.secrets import Secrets

if TYPE_CHECKING:
    from plaid.api.plaid_api import PlaidApi

PRODUCTION = "https://production.plaid.com"
TIMEOUT_SECONDS = (2.0, 8.0)  # Connect, read: a page must answer before API Gateway gives up.
KEY_SECONDS = 600.0  # How long a webhook key is trusted before its expiry is asked for again.
KEYS_KEPT = 8
NO_SUCH_KEY = "INVALID_WEBHOOK_VERIFICATION_KEY_ID"
TAKEN = "INVALID_PUBLIC_TOKEN"
THROTTLED, SERVER_ERRORS = 429, 500


class PlaidBankLink:
    """The real bank link; `host` is empty in production and the simulator's in the sandbox."""

    def __init__(self, secrets: Secrets, host: str, webhook_url: str) -> None:
        self._secrets = secrets
        self._host = host or PRODUCTION
        self._webhook_url = webhook_url
        self._keys: dict[str, tuple[float, WebhookKey]] = {}

    @cached_property
    def _api(self) -> "PlaidApi":
        import plaid
        from plaid.api.plaid_api import PlaidApi

        secret = self._secrets.values()
        api_key = {"clientId": secret.plaid_client_id, "secret": secret.plaid_secret}
        configuration = plaid.Configuration(host=self._host, api_key=api_key)
        configuration.retries = False  # The use cases know what may be repeated; urllib3 does not.
        return PlaidApi(plaid.ApiClient(configuration))

    def start(self, *, client_user_id: str, dealer_name: str, return_url: str) -> LinkSession:
        """A hosted page to send the payer to. Raises BankLinkUnreachable or BankLinkRefused."""
        request = shapes.link_request(
            client_user_id=client_user_id,
            dealer_name=dealer_name,
            return_url=return_url,
            webhook_url=self._webhook_url,
        )
        made = self._ask(self._api.link_token_create, request, shapes.LinkTokenMade)
        return LinkSession(made.link_token, made.hosted_link_url)

    def finish(self, link_token: str) -> LinkedAccount | None:
        """What was linked, or None while or because nothing was.

        Fetches the access token, which works once: raises LinkAlreadyTaken the second time.
        """
        from plaid.model.item_public_token_exchange_request import ItemPublicTokenExchangeRequest
        from plaid.model.link_token_get_request import LinkTokenGetRequest

        request = LinkTokenGetRequest(link_token=link_token)
        added = self._ask(self._api.link_token_get, request, shapes.LinkTokenState).added
        if added is None or not added.accounts:
            return None
        exchange = ItemPublicTokenExchangeRequest(public_token=added.public_token)
        item = self._ask(self._api.item_public_token_exchange, exchange, shapes.Item)
        account = added.accounts[0]
        return LinkedAccount(
            access_token=item.access_token,
            item_id=item.item_id,
            account_id=account.id,
            institution=added.institution.name if added.institution else "Bank account",
            account_name=account.name,
            last4=account.mask or "",
        )

    def bank_token(self, linked: LinkedAccount) -> str:
        """The processor's one-time bank account token."""
        from plaid.model.processor_stripe_bank_account_token_create_request import (
            ProcessorStripeBankAccountTokenCreateRequest,
        )

        request = ProcessorStripeBankAccountTokenCreateRequest(
            access_token=linked.access_token, account_id=linked.account_id
        )
        mint = self._api.processor_stripe_bank_account_token_create
        return self._ask(mint, request, shapes.BankToken).stripe_bank_account_token

    def webhook_key(self, key_id: str) -> WebhookKey | None:
        """The key that signs webhooks under this id; None if unknown or expired."""
        from plaid.model.webhook_verification_key_get_request import (
            WebhookVerificationKeyGetRequest,
        )

        kept = self._keys.get(key_id)
        if kept and time.monotonic() - kept[0] < KEY_SECONDS:
            return kept[1]
        request = WebhookVerificationKeyGetRequest(key_id=key_id)
        try:
            key = self._ask(self._api.webhook_verification_key_get, request, shapes.KeyFound).key
        except BankLinkRefused as error:
            if error.code == NO_SUCH_KEY:
                return None
            raise
        if key.expired_at is not None or key.crv != "P-256" or key.alg != "ES256":
            return None
        return self._keep(WebhookKey(key_id, key.x, key.y))

    def _keep(self, key: WebhookKey) -> WebhookKey:
        if len(self._keys) >= KEYS_KEPT:
            self._keys.clear()
        self._keys[key.key_id] = (time.monotonic(), key)
        return key

    def _ask(
        self,
        # The library's methods carry no types; the answer's shape is checked right here.
        call: Callable[..., object],
        request: object,
        shape: type[shapes.Shape],
    ) -> shapes.Shape:
        import urllib3.exceptions
        from plaid.exceptions import ApiException

        try:
            # The raw answer: the library's models refuse words newer than themselves.
            answer = call(request, _request_timeout=TIMEOUT_SECONDS, _preload_content=False)
            return msgspec.json.decode(shapes.content(answer), type=shape)
        except ApiException as error:
            raise _translated(error.status, error.body) from error
        except (urllib3.exceptions.HTTPError, msgspec.MsgspecError) as error:
            raise BankLinkUnreachable(type(error).__name__) from error


def _translated(status: int, body: str | bytes | None) -> Exception:
    if not status or status >= SERVER_ERRORS or status == THROTTLED:
        return BankLinkUnreachable(f"status {status}")
    code = shapes.error_code(body)
    return LinkAlreadyTaken(code) if code == TAKEN else BankLinkRefused(code)
