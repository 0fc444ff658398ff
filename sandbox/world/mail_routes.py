"""The mail viewer: a list, one mail with its HTML in a sandboxed frame, and JSON for tests."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, render_template, request

from sandbox.world.mail import Mail

# Links may leave the frame when a person clicks them; nothing in a mail may run.
_FRAME_POLICY = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src * data:"
)


def mail_routes(fetch: Callable[[], list[Mail]]) -> Blueprint:
    """Return the routes /mail, /mail.json and /mail/<id>."""
    routes = Blueprint("mail", __name__)

    @routes.errorhandler(OSError)
    def unreachable(error: OSError) -> tuple[str, int]:
        sentence = f"The local AWS does not answer ({error}). Is it running?"
        return render_template("sentence.html", sentence=sentence), 502

    @routes.get("/mail")
    def listing() -> str:
        return render_template("mails.html", mails=_wanted(fetch()))

    @routes.get("/mail.json")
    def listing_json() -> Response:
        return jsonify([mail.as_json() for mail in _wanted(fetch())])

    @routes.get("/mail/<mail_id>")
    def one(mail_id: str) -> tuple[str, int]:
        mail = find_mail(fetch(), mail_id)
        if mail is None:
            return render_template("sentence.html", sentence="There is no such mail."), 404
        return render_template("mail.html", mail=mail, links=mail.links()), 200

    @routes.get("/mail/<mail_id>/html")
    def body(mail_id: str) -> Response:
        mail = find_mail(fetch(), mail_id)
        text = (mail.html if mail else None) or "<p>This mail has no HTML.</p>"
        return Response(
            f'<base target="_top">{text}',
            mimetype="text/html",
            headers={"Content-Security-Policy": _FRAME_POLICY},
        )

    return routes


def _wanted(mails: list[Mail]) -> list[Mail]:
    to = request.args.get("to", "").lower()
    return [mail for mail in mails if not to or to in {address.lower() for address in mail.to}]


def find_mail(mails: list[Mail], mail_id: str) -> Mail | None:
    """The mail with this id, or None."""
    return next((mail for mail in mails if mail.id == mail_id), None)
