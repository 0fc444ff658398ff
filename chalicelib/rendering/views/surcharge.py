"""Settings, card surcharge: what is asked, what rules allow of it, and the attestation."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Chrome
from .figures import Link, Option


@dataclass(frozen=True, kw_only=True)
class SurchargeRow:
    """What a credit card of one network would pay on an amount before the fee, and why so much."""

    network: str
    before_fee_cents: int
    fee_cents: int
    because: str


@dataclass(frozen=True, kw_only=True)
class Surcharge:
    """GET /console/settings/surcharge: POSTs the fields by name, with the version they were read.

    Percents and sums are decimals, "3.00", "0.30". `do` "preview" shows the rows of what is typed,
    without it the surcharge is switched on, if `attest` holds `attestation_version`. Switching off
    POSTs csrf, version to /console/settings/surcharge/off. `stopped_because` says why nothing is
    asked although it is on. `may_change` False shows the same without forms.
    """

    chrome: Chrome
    tabs: tuple[Link, ...]
    version: int
    is_on: bool
    percent: str
    flat: str
    states: tuple[Option, ...]
    cost_percent: str
    cost_flat: str
    attestation: tuple[str, ...]
    attestation_version: str
    may_change: bool
    lead: str = ""  # One sentence: what is asked and what the rules allow of it.
    rows: tuple[SurchargeRow, ...] = ()
    attested_by: str = ""
    attested_at: str = ""
    attested_version: str = ""
    stopped_because: str = ""
    is_preview: bool = False
