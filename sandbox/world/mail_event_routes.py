"""Controls over mails: one arrives, bounces or is reported as spam, as SES would tell it."""

from collections.abc import Callable, Mapping

from flask import Blueprint, jsonify, redirect, request
from werkzeug import Response

from sandbox.world.jsontypes import Json
from sandbox.world.mail import Mail
from sandbox.world.mail_events import BOUNCE_TYPES, NoSuchTopic, ses_event
from sandbox.world.mail_routes import find_mail

_EVENTS = {"_deliver": "Delivery", "_bounce": "Bounce", "_complain": "Complaint"}


def mail_event_routes(
    fetch: Callable[[], list[Mail]], publish: Callable[[Json], None]
) -> Blueprint:
    """Return the routes /mail/_deliver, _bounce and _complain."""
    routes = Blueprint("mail_events", __name__)

    @routes.errorhandler(OSError)
    def unreachable(error: OSError) -> tuple[Response, int]:
        return jsonify(error=f"The local AWS does not answer ({error})."), 502

    @routes.post("/mail/<any(_deliver, _bounce, _complain):control>")
    def happen(control: str) -> Response | tuple[Response, int]:
        wanted = request.form or request.get_json(force=True, silent=True) or {}
        bounce_type = str(wanted.get("type", "Permanent"))
        if bounce_type not in BOUNCE_TYPES:
            return jsonify(error=f"The type is one of {', '.join(BOUNCE_TYPES)}."), 400
        mail = _named(fetch(), wanted)
        if mail is None:
            return jsonify(error='No such mail. Say {"to": address} or {"mail": id}.'), 404
        try:
            publish(ses_event(_EVENTS[control], mail, bounce_type=bounce_type))
        except NoSuchTopic as error:
            return jsonify(error=str(error)), 404
        if request.form:
            return redirect(f"/mail/{mail.id}", 303)
        return jsonify(event=_EVENTS[control], mail=mail.id, to=mail.to)

    return routes


def _named(mails: list[Mail], wanted: Mapping[str, object]) -> Mail | None:
    """The mail with an id, else the newest one to an address."""
    if "mail" in wanted:
        return find_mail(mails, str(wanted["mail"]))
    to = str(wanted.get("to", "")).lower()
    return next((mail for mail in mails if to in {x.lower() for x in mail.to}), None)
