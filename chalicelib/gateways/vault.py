"""Encryption of vendors' access tokens with KMS, bound to whom they belong to."""

from typing import Protocol


class Vault(Protocol):
    """Encrypts small secrets; the context must be the same to decrypt."""

    def encrypt(self, plaintext: str, context: dict[str, str]) -> bytes:
        """Ciphertext bound to `context`, e.g. {dealer, company, item}."""

    def decrypt(self, ciphertext: bytes, context: dict[str, str]) -> str:
        """The plaintext; raises if the context differs."""
