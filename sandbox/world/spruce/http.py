"""The simulated ERP over HTTP. A thin shell around `SpruceWorld`."""

import time

from flask import Blueprint, Response, jsonify, request

from sandbox.world import keys
from sandbox.world.jsontypes import Json
from sandbox.world.spruce.postings import ErpRefusal
from sandbox.world.spruce.world import Fault, SpruceWorld


def spruce_routes(world: SpruceWorld) -> Blueprint:
    """Return the routes under /spruce."""
    routes = Blueprint("spruce", __name__, url_prefix="/spruce")

    @routes.errorhandler(ErpRefusal)
    def refused(refusal: ErpRefusal) -> tuple[Response, int]:
        return jsonify(refusal.body), refusal.status

    _add_controls(routes, world)

    @routes.post("/<dealer>/postings")
    def post(dealer: str) -> tuple[Response, int]:
        _authorised()
        posting = _body()
        fault = world.take_fault(posting.get("category"))
        _before(fault)
        status, body = world.post(dealer, posting)
        if fault and fault.fault == "timeout_after":
            time.sleep(fault.seconds)  # The caller gives up first; the posting stays written.
        return jsonify(body), status

    @routes.get("/<dealer>/postings/<path:reference>")
    def find(dealer: str, reference: str) -> Response:
        _authorised()
        return jsonify(world.find_posting(dealer, reference))

    @routes.get("/<dealer>/invoices/<path:document>")
    def document(dealer: str, document: str) -> Response:
        _authorised()
        return jsonify(world.get_document(dealer, document))

    @routes.get("/<dealer>/gl")
    def ledger(dealer: str) -> Response:
        return jsonify(world.ledger(dealer))

    return routes


def _add_controls(routes: Blueprint, world: SpruceWorld) -> None:
    @routes.post("/_script")
    def script() -> tuple[Response, int]:
        try:
            world.script(request.get_json(force=True))
        except (KeyError, TypeError, ValueError) as error:
            return jsonify(error=str(error)), 400
        return jsonify(scripted=True), 200

    @routes.post("/<dealer>/_documents")
    def seed(dealer: str) -> Response:
        return jsonify(documents=world.seed_documents(dealer, request.get_json(force=True)))


def _authorised() -> None:
    if request.headers.get("Authorization") != f"Bearer {keys.SPRUCE_KEY}":
        raise ErpRefusal(401, "unauthorized", "The key is wrong or missing.")


def _body() -> Json:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise ErpRefusal(400, "malformed", "The body is not a JSON object.", field="")
    return body


def _before(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.fault == "timeout_before":
        time.sleep(fault.seconds)
    if fault.fault in {"timeout_before", "unavailable"}:
        raise ErpRefusal(503, "unavailable", "Spruce is not available; nothing was written.")
    if fault.fault == "period_closed":
        raise ErpRefusal(
            422, "period_closed", "The books are closed for this day.", open_from="2999-01-01"
        )
