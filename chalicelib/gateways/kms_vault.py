"""KMS: small secrets encrypted under one key, bound to whom they belong to."""

from functools import cached_property
from typing import Any

import botocore.session
from botocore.config import Config

TIMEOUTS = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})


class KmsVault:
    """The Vault of the deployed product; plaintexts are at most 4 KB."""

    def __init__(self, key_id: str) -> None:
        self._key_id = key_id

    @cached_property
    def _client(self) -> Any:  # Botocore makes its clients' methods at run time.
        return botocore.session.get_session().create_client("kms", config=TIMEOUTS)

    def encrypt(self, plaintext: str, context: dict[str, str]) -> bytes:
        """Ciphertext that only decrypts with the same context."""
        answer = self._client.encrypt(
            KeyId=self._key_id, Plaintext=plaintext.encode(), EncryptionContext=context
        )
        return bytes(answer["CiphertextBlob"])

    def decrypt(self, ciphertext: bytes, context: dict[str, str]) -> str:
        """The plaintext; KMS refuses another context or another key."""
        answer = self._client.decrypt(
            KeyId=self._key_id, CiphertextBlob=ciphertext, EncryptionContext=context
        )
        return bytes(answer["Plaintext"]).decode()
