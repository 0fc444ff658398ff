"""The surcharge page: the form as stored or typed, and what a payer would pay, in words."""

from chalicelib.domain.attestations import SURCHARGE, SURCHARGE_VERSION
from chalicelib.domain.days import dealer_day
from chalicelib.domain.dealers import Dealer, FeePolicy
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.fees import Cap
from chalicelib.domain.surcharging import (
    FIELDS,
    NETWORK_WORDS,
    Decider,
    Example,
    examples,
    forbidden_because,
    refusals,
    rules_on,
)
from chalicelib.domain.us_states import US_STATES
from chalicelib.entrypoints.console.chrome import console_chrome
from chalicelib.entrypoints.console.settings_tabs import ADMINS, settings_tabs, version_read
from chalicelib.entrypoints.guard import Visit
from chalicelib.entrypoints.presenting import zoned
from chalicelib.rendering.csv_files import decimal_text
from chalicelib.rendering.views.chrome import FieldError
from chalicelib.rendering.views.figures import Option
from chalicelib.rendering.views.surcharge import Surcharge, SurchargeRow


def surcharge_view(
    visit: Visit,
    dealer: Dealer,
    policy: FeePolicy,
    *,
    problem: InvalidInput | None = None,
    is_typed: bool = False,
) -> Surcharge:
    """The page: the form with what was typed if anything was, the rows of `policy`."""
    stored, today = dealer.fees, dealer_day(visit.now, dealer.time_zone)
    wrong = problem.fields.items() if problem else ()
    errors = tuple(FieldError(field=name, message=message) for name, message in wrong)
    percent, flat, cost_percent, cost_flat = (
        visit.form.get(name) if is_typed else decimal_text(getattr(policy, rate))
        for name, rate in FIELDS.items()
    )
    allowed = problem is None and not refusals(policy, today)
    shown = examples(policy, today) if allowed else ()
    return Surcharge(
        chrome=console_chrome(visit, dealer, "Card surcharge", "Settings", errors=errors),
        tabs=settings_tabs("/console/settings/surcharge"),
        version=version_read(visit) if is_typed else dealer.version,
        is_on=stored.surcharge_on,
        percent=percent,
        flat=flat,
        states=_states(visit.form.get("state") if is_typed else policy.state),
        cost_percent=cost_percent,
        cost_flat=cost_flat,
        attestation=SURCHARGE[SURCHARGE_VERSION],
        attestation_version=SURCHARGE_VERSION,
        may_change=visit.signed_in.role in ADMINS,
        lead=_lead(policy, rules_on(policy.state, today)) if shown else "",
        rows=tuple(_row(example, policy) for example in shown),
        attested_by=stored.surcharge_attested_by,
        attested_at=zoned(dealer, stored.surcharge_attested_at),
        attested_version=stored.surcharge_attestation,
        stopped_because=forbidden_because(stored.state, today) if stored.surcharge_on else "",
        is_preview=is_typed,
    )


def percent_words(basis_points: int) -> str:
    """290 → "2.90 %"."""
    return f"{decimal_text(basis_points)} %"


def _states(chosen: str) -> tuple[Option, ...]:
    none = Option(value="", label="Choose…", selected=chosen not in US_STATES)
    return (none, *(Option(value=code, label=name, selected=code == chosen)
                    for code, name in US_STATES.items()))  # fmt: skip


def _lead(policy: FeePolicy, rules: tuple[Cap, ...]) -> str:
    names = {**NETWORK_WORDS, **US_STATES}
    allowed = ", ".join(f"{names[rule.name]} {percent_words(rule.basis_points)}" for rule in rules)
    flat = f" + ${decimal_text(policy.card_flat_cents)}" if policy.card_flat_cents else ""
    asked = f"{percent_words(policy.card_basis_points)}{flat} asked."
    return f"{asked} At most: {allowed}, and never more than the card costs you."


def _row(example: Example, policy: FeePolicy) -> SurchargeRow:
    network = NETWORK_WORDS[example.network]
    because = {
        Decider.ASKED: "what you ask",
        Decider.NETWORK: f"{network} allows no more",
        Decider.STATE: f"{US_STATES[policy.state]} allows no more",
        Decider.COST: "what the card costs you",
    }
    return SurchargeRow(
        network=network,
        before_fee_cents=example.before_fee_cents,
        fee_cents=example.fee_cents,
        because=because[example.decider],
    )
