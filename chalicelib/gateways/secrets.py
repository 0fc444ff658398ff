"""The product's secrets, read once per process from Secrets Manager and never logged."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class SecretValues:
    """Everything in the one secret; webhook secrets are lists so that rotation can overlap."""

    quote_key: str
    stripe_secret_key: str
    stripe_account_webhook_secrets: tuple[str, ...]
    stripe_connect_webhook_secrets: tuple[str, ...]
    plaid_client_id: str
    plaid_secret: str
    erp_keys: dict[str, str]  # Dealer id → key of its ERP agent.


class Secrets(Protocol):
    """Where secrets come from."""

    def values(self) -> SecretValues:
        """The secrets; fails closed if the secret is missing or incomplete."""
