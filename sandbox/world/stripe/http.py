"""The simulated processor over HTTP, and its script. A thin shell around the core."""

import time

from flask import Blueprint, Response, jsonify, request

from sandbox.world.jsontypes import Json
from sandbox.world.stripe.control_routes import add_money_controls
from sandbox.world.stripe.deliveries import WebhookCourier
from sandbox.world.stripe.desk import BankToken
from sandbox.world.stripe.wire import Request
from sandbox.world.stripe.world import StripeWorld


def stripe_routes(world: StripeWorld, courier: WebhookCourier | None) -> Blueprint:
    """Return the routes under /stripe."""
    routes = Blueprint("stripe", __name__, url_prefix="/stripe")

    @routes.post("/_script")
    def script() -> tuple[Response, int]:
        with world.desk.clock.lock:
            try:
                world.script.apply(request.get_json(force=True))
            except (KeyError, TypeError, ValueError) as error:
                return jsonify(error=str(error)), 400
            return jsonify(_described(world)), 200

    @routes.get("/_script")
    def scripted() -> Response:
        return jsonify(_described(world))

    _add_controls(routes, world, courier)
    add_money_controls(routes, world)

    @routes.route("/v1/<path:rest>", methods=["GET", "POST", "DELETE"])
    def api(rest: str) -> Response:
        return _answer(world, f"/v1/{rest}")

    return routes


def _add_controls(routes: Blueprint, world: StripeWorld, courier: WebhookCourier | None) -> None:
    @routes.post("/_accounts")
    def seed_account() -> Response:
        wanted = request.get_json(force=True)
        return jsonify(world.seed_account(wanted["id"], name=wanted.get("name", "Demo dealer")))

    @routes.post("/_bank_tokens")
    def mint_bank_token() -> Response:
        return jsonify(token=world.mint_bank_token(BankToken(**request.get_json(force=True))))

    @routes.post("/_redeliver/<event_id>")
    def redeliver(event_id: str) -> tuple[Response, int]:
        if world.redeliver(event_id):
            return jsonify(redelivered=event_id), 200
        return jsonify(error=f"No account has an event {event_id}."), 404

    @routes.get("/_deliveries")
    def deliveries() -> Response:
        return jsonify(
            waiting=courier.waiting() if courier else 0, attempts=courier.log() if courier else []
        )


def _answer(world: StripeWorld, path: str) -> Response:
    answer = world.handle(
        Request(
            method=request.method,
            path=path,
            query=request.query_string.decode(),
            body=request.get_data(as_text=True),
            headers={name.lower(): value for name, value in request.headers.items()},
        )
    )
    if answer.dropped:
        time.sleep(answer.hold_seconds)  # The caller gives up first; nobody reads what follows.
    return Response(
        answer.text(),
        status=answer.status,
        headers=dict(answer.headers),
        mimetype="application/json",
    )


def _described(world: StripeWorld) -> Json:
    script = world.script
    return {
        "settings": vars(script.settings),
        "webhooks": vars(script.webhooks),
        "next_request": [vars(fault) for fault in script.requests],
        "next_payment": list(script.payments),
        "next_refund": [vars(fault) for fault in script.refunds],
        "next_payout": [vars(fault) for fault in script.payouts],
        "next_webhook": [vars(fault) for fault in script.events],
    }
