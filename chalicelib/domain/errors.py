"""Errors people can cause or meet; each is a fact with the sentence they read.

DrypowderError
├── WebhookRefused          400  not provably from the vendor, or unreadable
├── InvalidInput            422  the form or file is wrong; says what to correct
├── NotSignedIn             401  no live session
├── NotAllowed              403  the role does not permit it, or the request is not from our pages
│   └── PortalDisabled      403  the dealer switched the account's online access off
├── NotFound                404  missing and foreign things answer alike
├── Conflict                409  the world moved on
│   ├── QuoteOutdated       409  re-priced; carries the new quote id
│   ├── PayableAlreadyClaimed
│   └── AlreadyDone
├── LinkRefused             410  mail link expired, used, superseded, revoked or altered
├── Throttled               429  too many attempts
└── TryAgain                503  a dependency did not answer; nothing is known to have changed
"""


class DrypowderError(Exception):
    """An anticipated outcome; `sentence` is shown to the person as it stands."""

    status = 500

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class WebhookRefused(DrypowderError):
    """A webhook that fails a check; `reason` is for the log, the sender learns nothing."""

    status = 400

    def __init__(self, reason: str) -> None:
        super().__init__("The webhook was refused.")
        self.reason = reason


class InvalidInput(DrypowderError):
    """The request's words are wrong; `fields` maps a field name to its own sentence."""

    status = 422

    def __init__(self, sentence: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = fields or {}


class NotSignedIn(DrypowderError):
    """No live session stands behind the request."""

    status = 401


class NotAllowed(DrypowderError):
    """The session may not do this."""

    status = 403


class PortalDisabled(NotAllowed):
    """The dealer lets nobody see or pay this account online for now."""


class NotFound(DrypowderError):
    """Nothing of that name belongs to this session."""

    status = 404


class Conflict(DrypowderError):
    """Something else happened first."""

    status = 409


class QuoteOutdated(Conflict):
    """The price moved since the preview; nothing was charged. `quote_id` is the new preview."""

    def __init__(self, sentence: str, quote_id: str) -> None:
        super().__init__(sentence)
        self.quote_id = quote_id


class PayableAlreadyClaimed(Conflict):
    """Another payment holds the money this one wanted to pay."""


class AlreadyDone(Conflict):
    """The action has already taken effect."""


class LinkRefused(DrypowderError):
    """A mail link that opens nothing; `reason` is one of `LINK_REASONS`."""

    status = 410

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class Throttled(DrypowderError):
    """Too many attempts from one source or on one account."""

    status = 429


class TryAgain(DrypowderError):
    """A dependency did not answer; the caller may repeat the same request."""

    status = 503


LINK_REASONS = ("expired", "used", "superseded", "revoked", "declined", "disabled", "unknown")
