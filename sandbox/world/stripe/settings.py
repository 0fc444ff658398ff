"""Prices and delays of the simulated processor; every one can be changed by script."""

from dataclasses import dataclass, fields, replace

from sandbox.world.jsontypes import Json


@dataclass(frozen=True)
class Settings:
    """Percentages in basis points, amounts in cents, delays in whole days of the sandbox clock."""

    ach_fee_basis_points: int = 80
    ach_fee_cap_cents: int = 500
    card_fee_basis_points: int = 290
    card_fee_flat_cents: int = 30
    ach_days: int = 4
    ach_available_days: int = 0
    card_available_days: int = 2
    refund_days: int = 3
    card_refund_days: int = 0
    dispute_fee_cents: int = 1500
    ach_dispute_fee_cents: int = 0
    payout_arrival_days: int = 2
    automatic_payouts: bool = True
    debit_negative_balances: bool = True
    reconciliation_hours: int = 1
    idempotency_hours: int = 24
    list_payout_row: bool = True

    def fee_cents(self, method: str, amount_cents: int) -> int:
        """Return the processing fee for a charge, rounded half up to the cent."""
        if method == "us_bank_account":
            share = _share(amount_cents, self.ach_fee_basis_points)
            return min(share, self.ach_fee_cap_cents)
        return _share(amount_cents, self.card_fee_basis_points) + self.card_fee_flat_cents

    def changed(self, wanted: Json) -> "Settings":
        """Return these settings with `wanted` applied; raise ValueError for an unknown name."""
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in wanted.items():
            if name not in known or type(value) is not known[name]:
                raise ValueError(f"There is no setting {name} that can be {value!r}.")
        return replace(self, **wanted)


def _share(amount_cents: int, basis_points: int) -> int:
    return (amount_cents * basis_points + 5000) // 10000
