"""Scripted misbehaviour of the simulated processor: one-shot faults and standing webhook noise."""

from dataclasses import dataclass, field

from sandbox.world.jsontypes import Json
from sandbox.world.stripe.settings import Settings

# Nacha return codes and the processor's words for them (docs.stripe.com, "ACH Direct Debit").
RETURN_CODES = {
    "R01": "insufficient_funds",
    "R02": "account_closed",
    "R03": "no_account",
    "R04": "invalid_account_number",
    "R05": "debit_not_authorized",
    "R07": "debit_not_authorized",
    "R08": "could_not_process",
    "R09": "insufficient_funds",
    "R10": "debit_not_authorized",
    "R11": "debit_not_authorized",
    "R16": "account_frozen",
    "R20": "bank_account_restricted",
    "R29": "debit_not_authorized",
}
# The payer withdrew the authorisation, or the account it was given for is gone.
ENDS_MANDATE = frozenset({"R02", "R03", "R04", "R05", "R07", "R10", "R11", "R29"})
REFUND_FAILURES = (
    "lost_or_stolen_card", "expired_or_canceled_card", "charge_for_pending_refund_disputed",
    "insufficient_funds", "declined", "merchant_request", "unknown",
)  # fmt: skip


@dataclass(frozen=True)
class RequestFault:
    """What happens to the next matching request: lost, refused or slow."""

    timeout: str | None = None
    status: int | None = None
    seconds: float = 30.0
    method: str = "POST"
    path: str = ""

    def matches(self, method: str, path: str) -> bool:
        """Tell whether this fault is meant for the request."""
        return method == self.method and path.startswith(self.path)


@dataclass(frozen=True)
class WebhookFault:
    """What happens to the next webhook of a type (any type when empty)."""

    type: str = ""
    never: bool = False
    delay_days: int = 0
    duplicate: int = 0
    amount_cents: int | None = None
    livemode: bool = False


@dataclass(frozen=True)
class RefundFault:
    """The next refund fails this many days after it was made."""

    fails_after_days: int = 0
    reason: str = "unknown"


@dataclass(frozen=True)
class PayoutFault:
    """The next payout is sent back by the bank, or its list lacks a row."""

    failure_code: str | None = None
    hide_row: bool = False


@dataclass(frozen=True)
class WebhookNoise:
    """Standing duplication and reordering, reproducible by seed."""

    seed: int = 0
    duplicate: float = 0.0
    reorder: bool = False
    never: bool = False
    delay_days: int = 0


@dataclass
class Script:
    """Everything scripted at the moment."""

    settings: Settings = field(default_factory=Settings)
    webhooks: WebhookNoise = field(default_factory=WebhookNoise)
    requests: list[RequestFault] = field(default_factory=list)
    payments: list[str] = field(default_factory=list)
    refunds: list[RefundFault] = field(default_factory=list)
    payouts: list[PayoutFault] = field(default_factory=list)
    events: list[WebhookFault] = field(default_factory=list)

    def apply(self, wanted: Json) -> None:
        """Add what `wanted` says; raise ValueError or TypeError for what it cannot say."""
        unknown = set(wanted) - {
            "reset",
            "settings",
            "webhooks",
            "next_request",
            "next_payment",
            "next_refund",
            "next_payout",
            "next_webhook",
        }
        if unknown:
            raise ValueError(f"The script knows nothing about {', '.join(sorted(unknown))}.")
        if wanted.get("reset"):
            self.__dict__.update(Script().__dict__)  # In place: others hold this script.
        if "settings" in wanted:
            self.settings = self.settings.changed(wanted["settings"])
        if "webhooks" in wanted:
            self.webhooks = WebhookNoise(**wanted["webhooks"])
        if "next_request" in wanted:
            self.requests.append(_request_fault(wanted["next_request"]))
        if "next_payment" in wanted:
            self.payments.append(_failure_code(wanted["next_payment"]))
        if "next_refund" in wanted:
            self.refunds.append(_refund_fault(wanted["next_refund"]))
        if "next_payout" in wanted:
            self.payouts.append(PayoutFault(**wanted["next_payout"]))
        if "next_webhook" in wanted:
            self.events.append(WebhookFault(**wanted["next_webhook"]))

    def take_request(self, method: str, path: str) -> RequestFault | None:
        """Return and forget the first fault meant for this request."""
        for fault in self.requests:
            if fault.matches(method, path):
                self.requests.remove(fault)
                return fault
        return None

    def take_payment(self) -> str | None:
        """Return and forget the failure code meant for the next payment."""
        return self.payments.pop(0) if self.payments else None

    def take_refund(self) -> RefundFault | None:
        """Return and forget the failure meant for the next refund."""
        return self.refunds.pop(0) if self.refunds else None

    def take_payout(self) -> PayoutFault | None:
        """Return and forget what is meant for the next payout."""
        return self.payouts.pop(0) if self.payouts else None

    def take_event(self, event_type: str) -> WebhookFault | None:
        """Return and forget the fault meant for a webhook of this type."""
        for fault in self.events:
            if fault.type in {"", event_type}:
                self.events.remove(fault)
                return fault
        return None


def _request_fault(wanted: Json) -> RequestFault:
    fault = RequestFault(**wanted)
    if fault.timeout not in {None, "before", "after", "slow"}:
        raise ValueError("timeout is before, after or slow.")
    return fault


def _refund_fault(wanted: Json) -> RefundFault:
    fault = RefundFault(**wanted)
    if fault.reason not in REFUND_FAILURES or fault.fails_after_days < 0:
        raise ValueError(f"A refund fails for one of {', '.join(REFUND_FAILURES)}.")
    return fault


def _failure_code(wanted: Json) -> str:
    code = str(wanted["failure_code"])
    if code.startswith("R") and code not in RETURN_CODES:
        raise ValueError(f"{code} is not one of {', '.join(RETURN_CODES)}.")
    return code
