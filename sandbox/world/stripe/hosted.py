"""The hosted pages over HTTP: plain forms, no script. A thin shell around checkout.py."""

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.world.stripe import checkout
from sandbox.world.stripe.world import StripeWorld

_GONE = "This page was used already or has expired. Nothing was charged. Go back and start again."


def hosted_routes(world: StripeWorld) -> Blueprint:
    """Return the routes under /stripe that people visit."""
    routes = Blueprint("stripe_hosted", __name__, url_prefix="/stripe")
    desk = world.desk

    @routes.get("/checkout/<visit_id>")
    def card_page(visit_id: str) -> AnyResponse:
        return _card_page(world, visit_id)

    @routes.post("/checkout/<visit_id>")
    def choose(visit_id: str) -> AnyResponse:
        found = checkout.find_visit(desk, visit_id)
        if found and request.form.get("action") == "cancel":
            return redirect(found[1]["cancel_url"], code=303)
        if found and not request.form.get("choice"):
            return _card_page(world, visit_id, error="Choose a card to continue.")
        return _back(checkout.choose_card(desk, visit_id, request.form.get("choice", "")))

    @routes.get("/challenge/<intent_id>")
    def challenge(intent_id: str) -> AnyResponse:
        found = checkout.find_challenge(desk, intent_id)
        if found is None:
            return _gone()
        intent = found[1]
        return Response(render_template("challenge.html", amount_cents=intent["amount"]))

    @routes.post("/challenge/<intent_id>")
    def answer(intent_id: str) -> AnyResponse:
        confirmed = request.form.get("action") == "confirm"
        return _back(checkout.answer_challenge(desk, intent_id, confirmed=confirmed))

    return routes


def _card_page(world: StripeWorld, visit_id: str, *, error: str | None = None) -> AnyResponse:
    if checkout.find_visit(world.desk, visit_id) is None:
        return _gone()
    text = render_template("card_page.html", cards=checkout.DEMO_CARDS, error=error)
    return Response(text, status=400 if error else 200)


def _back(target: str | None) -> AnyResponse:
    return redirect(target, code=303) if target else _gone()


def _gone() -> AnyResponse:
    return Response(render_template("sentence.html", sentence=_GONE), status=410)
