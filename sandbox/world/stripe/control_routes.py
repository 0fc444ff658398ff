"""The controls over money as routes: `_return`, `_dispute`, `_refund_fails`, `_payouts`, …"""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from sandbox.world.jsontypes import Json
from sandbox.world.stripe.errors import ControlRefused
from sandbox.world.stripe.world import StripeWorld

_Control = Callable[[Json], object]


def add_money_controls(routes: Blueprint, world: StripeWorld) -> None:
    """Add one route for every kind of thing that can happen to money."""
    controls: dict[str, _Control] = {
        "_return": lambda wanted: world.return_payment(**wanted),
        "_dispute": lambda wanted: _dispute(world, wanted),
        "_refund_fails": lambda wanted: world.fail_refund(**wanted),
        "_payouts": lambda wanted: _payouts(world, wanted),
        "_balance": lambda wanted: world.add_balance_row(**wanted),
    }
    for name, control in controls.items():
        routes.add_url_rule(f"/{name}", name, _answering(control), methods=["POST"])


def _answering(control: _Control) -> Callable[[], tuple[Response, int]]:
    def answer() -> tuple[Response, int]:
        try:
            return jsonify(control(request.get_json(force=True))), 200
        except (ControlRefused, TypeError) as error:
            return jsonify(error=str(error)), 400

    return answer


def _dispute(world: StripeWorld, wanted: Json) -> Json:
    if "outcome" in wanted:
        return world.decide_dispute(**wanted)
    return world.open_dispute(**wanted)


def _payouts(world: StripeWorld, wanted: Json) -> object:
    account = wanted.get("account")
    if wanted.get("now"):
        return {"payouts": world.pay_out_now(account)}
    if "manual_cents" in wanted:
        return world.pay_out_by_hand(wanted["manual_cents"], account)
    if "fails" in wanted:
        return world.fail_payout(wanted["fails"], wanted.get("code", "account_closed"))
    if "hide_row" in wanted:
        named = wanted["hide_row"]
        return {"payout": world.hide_row(named if isinstance(named, str) else None)}
    if wanted.get("show_rows"):
        world.show_rows()
        return {"shown": True}
    raise ControlRefused("Say now, manual_cents, fails, hide_row or show_rows.")
