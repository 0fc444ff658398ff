"""The world over HTTP: clock, schedules, index page, and the routes of every part."""

from flask import Flask, Response, jsonify, render_template, request

from sandbox.world.clock import ClockRefused, parse_instant, parse_step
from sandbox.world.mail import fetch_mails
from sandbox.world.mail_event_routes import mail_event_routes
from sandbox.world.mail_events import publish_event
from sandbox.world.mail_routes import mail_routes
from sandbox.world.plaid.http import plaid_routes
from sandbox.world.schedules import LocalAwsUnreachable, NoSuchSchedule, fire_schedule
from sandbox.world.spruce.http import spruce_routes
from sandbox.world.stripe.hosted import hosted_routes
from sandbox.world.stripe.http import stripe_routes
from sandbox.world.world import SandboxWorld


def create_app(world: SandboxWorld, *, aws: str) -> Flask:
    """Return the WSGI application of `world`; `aws` is the local AWS's address."""
    app = Flask(__name__)
    app.register_blueprint(stripe_routes(world.stripe, world.courier))
    app.register_blueprint(hosted_routes(world.stripe))
    app.register_blueprint(plaid_routes(world.plaid))
    app.register_blueprint(spruce_routes(world.spruce))
    app.register_blueprint(mail_routes(lambda: fetch_mails(aws)))
    app.register_blueprint(
        mail_event_routes(lambda: fetch_mails(aws), lambda event: publish_event(event, aws=aws))
    )
    _add_clock(app, world)
    _add_schedules(app, world, aws=aws)

    @app.get("/")
    def index() -> str:
        accounts = sorted(filter(None, world.stripe.desk.books))
        return render_template(
            "index.html",
            accounts=accounts,
            dealers=world.spruce.dealers(),
            now=world.clock.now().isoformat(timespec="seconds"),
        )

    @app.get("/health")
    def health() -> Response:
        return jsonify(ok=True)

    return app


def _add_clock(app: Flask, world: SandboxWorld) -> None:
    @app.get("/clock")
    def read_clock() -> Response:
        return jsonify(now=world.clock.now().isoformat())

    @app.post("/clock")
    def move_clock() -> tuple[Response, int]:
        wanted = request.get_json(force=True, silent=True) or {}
        try:
            if "set" in wanted:
                now = world.clock.set(parse_instant(str(wanted["set"])))
            elif "advance" in wanted:
                now = world.clock.advance(parse_step(wanted["advance"]))
            else:
                return jsonify(error='Say {"set": iso} or {"advance": "3d"}.'), 400
        except ClockRefused as error:
            return jsonify(error=str(error)), 400
        return jsonify(now=now.isoformat()), 200


def _add_schedules(app: Flask, world: SandboxWorld, *, aws: str) -> None:
    @app.post("/schedules/<name>")
    def fire(name: str) -> tuple[Response, int]:
        try:
            return jsonify(fire_schedule(name, aws=aws, now=world.clock.now())), 200
        except NoSuchSchedule as error:
            return jsonify(error=str(error)), 404
        except LocalAwsUnreachable as error:
            return jsonify(error=str(error)), 502
