"""The bank link's webhook signature: ES256 over the body, in time, with a valid key."""

import base64
import json
from datetime import timedelta

import pytest

from chalicelib.gateways import plaid_signature
from chalicelib.gateways.bank_link import WebhookKey
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.stripe_signature import SignatureRefused
from sandbox.world.keys import PLAID_WEBHOOK_KEY_ID, PLAID_WEBHOOK_PRIVATE_KEY
from sandbox.world.plaid import p256
from sandbox.world.plaid.world import sign_webhook

BODY = b'{"webhook_code": "SESSION_FINISHED"}'
NOW = wall_now()


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def key_of(key_id: str) -> WebhookKey | None:
    if key_id != PLAID_WEBHOOK_KEY_ID:
        return None
    x, y = p256.public_point(PLAID_WEBHOOK_PRIVATE_KEY)
    return WebhookKey(key_id, encoded(x.to_bytes(32)), encoded(y.to_bytes(32)))


def check(token: str, *, body: bytes = BODY, late_seconds: int = 0) -> None:
    now = wall_now() + timedelta(seconds=late_seconds)
    plaid_signature.check(body, token, key_of=key_of, now=now)


def test_a_genuine_token_passes() -> None:
    check(sign_webhook(BODY))


@pytest.mark.parametrize("late_seconds", [-310, 310])
def test_a_token_of_another_time_is_refused(late_seconds: int) -> None:
    with pytest.raises(SignatureRefused, match="time"):
        check(sign_webhook(BODY), late_seconds=late_seconds)


def test_another_body_is_refused() -> None:
    with pytest.raises(SignatureRefused, match="body"):
        check(sign_webhook(BODY), body=BODY + b" ")


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "....", "é.é.é", "e30.e30.e30", "A" * 5000])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(SignatureRefused):
        check(token)


def test_every_altered_character_of_the_signature_is_refused() -> None:
    head, claims, signature = sign_webhook(BODY).split(".")

    # The last character carries two bits that base64 ignores.
    for place in range(len(signature) - 1):
        other = "A" if signature[place] != "A" else "B"
        altered = signature[:place] + other + signature[place + 1 :]
        with pytest.raises(SignatureRefused):
            check(f"{head}.{claims}.{altered}")


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "unknown"}])
def test_another_algorithm_or_key_is_refused(header: dict[str, str]) -> None:
    _, claims, signature = sign_webhook(BODY).split(".")
    told = {"alg": "ES256", "kid": PLAID_WEBHOOK_KEY_ID, "typ": "JWT"} | header

    with pytest.raises(SignatureRefused):
        check(f"{encoded(json.dumps(told).encode())}.{claims}.{signature}")


def test_a_forger_cannot_make_us_ask_the_vendor_for_keys() -> None:
    asked: list[str] = []

    def asking(key_id: str) -> None:
        asked.append(key_id)

    with pytest.raises(SignatureRefused):
        plaid_signature.check(b"other", sign_webhook(BODY), key_of=asking, now=NOW)
    assert asked == []
