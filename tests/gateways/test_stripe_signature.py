"""Our signature check agrees with the vendor's library wherever that is strict enough."""

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.gateways import stripe_signature
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.stripe_signature import SignatureRefused
from sandbox.world.stripe.deliveries import sign

SECRET = "whsec_demo"


def ours(body: bytes, header: str) -> bool:
    try:
        stripe_signature.check(body, header, secrets=(SECRET,), now=wall_now())
    except SignatureRefused:
        return False
    return True


def theirs(body: bytes, header: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body.decode(), header, SECRET, 300)
    except (stripe.SignatureVerificationError, ValueError):
        return False
    return True


@given(
    body=st.text(max_size=60),
    late_seconds=st.sampled_from([-600, -200, 0]),
    secret=st.sampled_from([SECRET, "whsec_other"]),
    extra=st.sampled_from(["", ",v1=00", ",v0=ab", ",scheme=x"]),
)
def test_it_agrees_with_the_vendors_library(
    body: str, late_seconds: int, secret: str, extra: str
) -> None:
    header = sign(body, secret=secret, timestamp=int(wall_now().timestamp()) + late_seconds) + extra

    assert ours(body.encode(), header) is theirs(body.encode(), header)


def test_it_is_stricter_about_the_future() -> None:
    header = sign("{}", secret=SECRET, timestamp=int(wall_now().timestamp()) + 400)

    assert theirs(b"{}", header)
    assert not ours(b"{}", header)


@given(header=st.text(max_size=200))
def test_no_header_makes_it_stumble(header: str) -> None:
    assert not ours(b"{}", header)


@pytest.mark.parametrize(
    "header", ["t=1,t=2,v1=ab", "t=,v1=ab", "t=-5,v1=ab", "t=1e9,v1=ab", "v1="]
)
def test_an_unclear_time_is_refused(header: str) -> None:
    with pytest.raises(SignatureRefused, match="timestamp"):
        stripe_signature.check(b"{}", header, secrets=(SECRET,), now=wall_now())
