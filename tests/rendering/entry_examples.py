"""Examples of how people get in: sign-in, registration, mail links, terms."""

from __future__ import annotations

from chalicelib.rendering.views.entry import (
    Decline,
    LinkProblem,
    Register,
    SignIn,
    Terms,
    VerifyAddress,
)
from chalicelib.rendering.views.plain import ErrorPage

from . import demo
from .demo import portal_chrome


def entry_examples() -> dict[str, object]:
    """Sign-in, registration and the states of a mail link."""
    reasons = ("expired", "used", "superseded", "revoked", "declined", "disabled", "unknown")
    links = {
        f"link_{reason}": LinkProblem(
            chrome=portal_chrome("Invitation"),
            reason=reason,
            masked_address="p•••@ridgeline.example",
            expired_on="2026-11-20",
        )
        for reason in reasons
    }
    return {
        "sign_in": SignIn(chrome=portal_chrome("Sign in")),
        "sign_in_rejected": SignIn(
            chrome=demo.troubled("Sign in", "", "email"),
            email='"><script>',
            linking_account="Ridgeline Custom Homes",
        ),
        "register": _register(),
        "register_signed_in": _register(signed_in_as="maya@ridgeline.example"),
        "verify_code": VerifyAddress(chrome=portal_chrome("Confirm"), email="m@ridge.example"),
        "verify_link": VerifyAddress(chrome=portal_chrome("Confirm"), email="m@x", state="link"),
        "verify_open": VerifyAddress(chrome=portal_chrome("Confirm"), email="m@x", state="confirm"),
        "decline": Decline(chrome=portal_chrome("Decline"), account_name=demo.HOSTILE),
        "declined": Decline(chrome=portal_chrome("Declined"), account_name="Ridgeline", done=True),
        "terms": Terms(chrome=portal_chrome("Terms of use")),
        "error_shut_out": ErrorPage(
            chrome=portal_chrome("Forbidden"),
            status=403,
            heading="Online access is switched off",
            sentence="Cascade Lumber has switched off online access to this account.",
            sign_out_url="/sign-out",
        ),
        **links,
    }


def _register(signed_in_as: str = "") -> Register:
    return Register(
        chrome=portal_chrome("Create your login"),
        account_name="Ridgeline Custom Homes",
        account_number="104-2280",
        email="maya@ridgeline.example",
        expires_on="2026-12-06",
        signed_in_as=signed_in_as,
    )
