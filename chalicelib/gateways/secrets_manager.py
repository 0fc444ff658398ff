"""Secrets Manager: one JSON secret, read once per warm process, never logged."""

import time
from collections.abc import Mapping

import botocore.session
import msgspec
from botocore.config import Config

from chalicelib.gateways.secrets import SecretValues

CACHE_SECONDS = 300.0  # A rotation with overlapping webhook secrets is seen within five minutes.
TIMEOUTS = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})
_TEXTS = ("quote_key", "stripe_secret_key", "plaid_client_id", "plaid_secret")
_LISTS = ("stripe_account_webhook_secrets", "stripe_connect_webhook_secrets")


class SecretsIncomplete(Exception):
    """The secret lacks something; the name is said, never a value."""


class SecretsManager:
    """The Secrets of the deployed product."""

    def __init__(self, secret_id: str) -> None:
        self._secret_id = secret_id
        self._values: SecretValues | None = None
        self._read_at = 0.0

    def values(self) -> SecretValues:
        """The secrets as at most five minutes ago.

        Raises SecretsIncomplete or botocore's error: nothing is ever checked against a blank.
        """
        if self._values is None or time.monotonic() - self._read_at > CACHE_SECONDS:
            self._values = checked(self._read())
            self._read_at = time.monotonic()
        return self._values

    def _read(self) -> Mapping[str, object]:
        client = botocore.session.get_session().create_client("secretsmanager", config=TIMEOUTS)
        answer = client.get_secret_value(SecretId=self._secret_id)
        return msgspec.json.decode(answer["SecretString"], type=dict[str, object])


def checked(found: Mapping[str, object]) -> SecretValues:
    """The secrets if every one is there and not blank; raises SecretsIncomplete."""
    for name in (*_TEXTS, *_LISTS):
        value = found.get(name)
        parts = value if name in _LISTS else [value]
        if not isinstance(parts, list) or not parts or not all(_is_text(part) for part in parts):
            raise SecretsIncomplete(name)
    try:
        return msgspec.convert({"erp_keys": {}, **found}, SecretValues)
    except msgspec.ValidationError as error:
        raise SecretsIncomplete("erp_keys") from error


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
