"""The simulated bank link over HTTP: the API and the hosted page. A thin shell."""

import secrets
import threading
import time
import urllib.request

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.world.jsontypes import Json
from sandbox.world.plaid import objects
from sandbox.world.plaid.institutions import INSTITUTIONS
from sandbox.world.plaid.world import BankLinkRefusal, PlaidWorld

_ATTEMPTS = 4
_TIMEOUT_SECONDS = 20.0


def post_webhook(url: str, body: bytes, token: str) -> None:
    """Send a signed webhook from a thread of its own, with bounded retries."""
    threading.Thread(target=_deliver, args=(url, body, token), daemon=True).start()


def plaid_routes(world: PlaidWorld) -> Blueprint:
    """Return the routes under /plaid."""
    routes = Blueprint("plaid", __name__, url_prefix="/plaid")

    @routes.post("/_script")
    def script() -> Response:
        wanted = request.get_json(force=True)
        if wanted.get("reset"):
            world.faults.clear()
        if "next_request" in wanted:
            world.faults.append(wanted["next_request"])
        return jsonify(next_request=world.faults)

    @routes.get("/hosted/<page_id>")
    def hosted(page_id: str) -> AnyResponse:
        return _show(world, page_id, error=None)

    @routes.post("/hosted/<page_id>")
    def finish(page_id: str) -> AnyResponse:
        if request.form.get("action") == "cancel":
            link = world.cancel(page_id)
        elif request.form.get("account"):
            link = world.finish(page_id, request.form["account"])
        else:
            return _show(world, page_id, error="Choose an account to continue.")
        target = link.hosted.get("completion_redirect_uri") if link else None
        if target:
            return redirect(target, code=303)
        return _page("You can close this page.", status=200) if link else _gone()

    @routes.post("/<path:rest>")
    def api(rest: str) -> Response:
        return _answer(world, f"/{rest}")

    return routes


def _answer(world: PlaidWorld, path: str) -> Response:
    body: Json = request.get_json(force=True, silent=True) or {}
    fault = next((fault for fault in world.faults if path.startswith(fault.get("path", "/"))), {})
    if fault:
        world.faults.remove(fault)
    request_id = secrets.token_hex(8)
    try:
        if fault.get("timeout") == "before":
            time.sleep(fault.get("seconds", 30))
        _refuse_as_scripted(fault)
        answer = world.handle(
            path,
            body,
            client_id=request.headers.get("PLAID-CLIENT-ID", body.get("client_id", "")),
            secret=request.headers.get("PLAID-SECRET", body.get("secret", "")),
        )
    except BankLinkRefusal as refusal:
        said = objects.error(refusal.kind, refusal.code, str(refusal), request_id=request_id)
        shown = jsonify(said)
        shown.status_code = int(fault.get("status", 400))
        return shown
    if fault.get("timeout") == "after":
        time.sleep(fault.get("seconds", 30))
    return jsonify(answer | {"request_id": request_id})


def _refuse_as_scripted(fault: Json) -> None:
    if "error_code" in fault:
        raise BankLinkRefusal(
            fault.get("error_type", "ITEM_ERROR"), fault["error_code"], "scripted by the sandbox"
        )


def _show(world: PlaidWorld, page_id: str, *, error: str | None) -> AnyResponse:
    link = world.open_page(page_id)
    if link is None:
        return _gone()
    text = render_template(
        "hosted.html", client=link.request["client_name"], error=error, institutions=INSTITUTIONS
    )
    return Response(text, status=400 if error else 200)


def _gone() -> AnyResponse:
    return _page(
        "This link was used already or has expired. Nothing was linked. Go back and start again.",
        status=410,
    )


def _page(sentence: str, *, status: int) -> AnyResponse:
    return Response(render_template("sentence.html", sentence=sentence), status=status)


def _deliver(url: str, body: bytes, token: str) -> None:
    for attempt in range(_ATTEMPTS):
        sent = urllib.request.Request(  # noqa: S310 - our own front door.
            url,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "Plaid-Verification": token,
            },
        )
        try:
            with urllib.request.urlopen(sent, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                return
        except OSError:
            time.sleep(2**attempt)
