"""A full and an empty example of the pages under Settings."""

from __future__ import annotations

from chalicelib.rendering.views.figures import Link, Option
from chalicelib.rendering.views.gl_accounts import GlAccount, GlAccounts
from chalicelib.rendering.views.surcharge import Surcharge, SurchargeRow
from chalicelib.rendering.views.team import Team, TeamRow

from . import demo
from .demo import console_chrome

SETTINGS_TABS = (
    Link(label="General", href="/console/settings", current=True),
    Link(label="Card surcharge", href="/console/settings/surcharge"),
    Link(label="General ledger", href="/console/settings/accounts"),
    Link(label="Team", href="/console/settings/team"),
)


def _surcharge(**changes: object) -> Surcharge:
    fields: dict[str, object] = {
        "chrome": console_chrome("Card surcharge", "Settings"),
        "tabs": SETTINGS_TABS,
        "version": 3,
        "is_on": True,
        "percent": "3.00",
        "flat": "0.00",
        "states": (
            Option(value="", label="Choose…"),
            Option(value="CO", label="Colorado", selected=True),
        ),
        "cost_percent": "2.90",
        "cost_flat": "0.30",
        "attestation": (demo.HOSTILE, "A second sentence."),
        "attestation_version": "surcharge-2026-11",
        "may_change": True,
        "lead": "3.00 % asked. At most: Visa 3.00 %, Colorado 2.00 %.",
        "rows": (
            SurchargeRow(
                network="Visa",
                before_fee_cents=1_000_000,
                fee_cents=20_000,
                because="Colorado allows no more",
            ),
        ),
        "attested_by": demo.HOSTILE,
        "attested_at": demo.NOW,
        "attested_version": "surcharge-2026-11",
        "stopped_because": "Colorado forbids surcharges on credit cards.",
    }
    return Surcharge(**{**fields, **changes})  # type: ignore[arg-type]


def _team(*rows: TeamRow) -> Team:
    return Team(chrome=console_chrome("Team", "Settings"), tabs=SETTINGS_TABS, rows=rows)


def _gl_accounts(**changes: object) -> GlAccounts:
    fields: dict[str, object] = {
        "chrome": console_chrome("General ledger", "Settings"),
        "tabs": SETTINGS_TABS,
        "version": 3,
        "accounts": (
            GlAccount(
                name="clearing", label="Clearing", number=demo.HOSTILE,
                use="Money at the processor.", stands_alone=True,
            ),
            GlAccount(name="returns", label="Returns", number="6170", use="Returned money."),
        ),
        "may_change": True,
    }  # fmt: skip
    return GlAccounts(**{**fields, **changes})  # type: ignore[arg-type]


def settings_examples() -> dict[str, object]:
    """Every page under Settings but the first, by a name that can be a file name."""
    return {
        "surcharge": _surcharge(),
        "surcharge_preview": _surcharge(is_on=False, is_preview=True, stopped_because=""),
        "surcharge_off": _surcharge(is_on=False, lead="", rows=(), stopped_because=""),
        "gl_accounts": _gl_accounts(),
        "gl_accounts_viewer": _gl_accounts(may_change=False),
        "team": _team(
            TeamRow(
                name=demo.HOSTILE,
                email="accounts.receivable@cascade-lumber.example",
                role="Accounts receivable",
                joined_at=demo.NOW,
                signed_in_at=demo.NOW,
                is_you=True,
            ),
            TeamRow(name="Vic Tran", email="v@x.example", role="View only", joined_at=demo.NOW),
        ),
        "team_empty": _team(),
        "surcharge_viewer": _surcharge(may_change=False, stopped_because=""),
    }
