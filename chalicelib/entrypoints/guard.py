"""The guard of every page: who may come in, from where, and how every answer leaves."""

import functools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import unquote

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import world as product_world
from chalicelib.domain.errors import NotAllowed, NotFound, NotSignedIn, PortalDisabled
from chalicelib.domain.people import OPERATOR_ROLES, PAYER_ROLES
from chalicelib.entrypoints import arrivals, edge_checks, error_pages, forms
from chalicelib.entrypoints.responses import Answer, chalice_response, security_headers
from chalicelib.entrypoints.telemetry import new_reference, observed_call
from chalicelib.entrypoints.visits import Visit, Visitor
from chalicelib.storage.dealers import get_dealer

__all__ = ["POLICIES", "Policy", "Visit", "Visitor", "edge", "page"]

Handler = TypeVar("Handler", bound=Callable[..., Answer])
Area = Literal["portal", "console", "public", "machine"]
FORM_TYPE = "application/x-www-form-urlencoded"
LONGEST_ID = 200
ROLES: Mapping[Area, frozenset[str]] = {"portal": PAYER_ROLES, "console": OPERATOR_ROLES}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route asks of its visitor.

    portal and console need a session of that face with one of `roles`; public knows a visitor
    but needs none; machine is for webhooks and probes: no session, no form token. `shut_out` lets
    payers in, too, whose account the dealer has disabled.
    """

    area: Area
    roles: frozenset[str]
    form: bool
    referrer: str
    shut_out: bool = False


POLICIES: dict[tuple[str, str], Policy] = {}
edge = Blueprint(__name__)


def page(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    roles: Collection[str] | None = None,
    area: Area = "portal",
    form: bool | None = None,
    referrer: str = "same-origin",
    shut_out: bool = False,
) -> Callable[[Handler], Handler]:
    """Register `handler(visit, **path_params)` at a route and record the route's policy.

    `roles` None means every role of the area; `form` None means that a POST is a urlencoded
    form, except from machines; `referrer` is the page's Referrer-Policy. The handler itself is
    returned unchanged.
    """
    allowed = ROLES.get(area, frozenset()) if roles is None else frozenset(roles)
    if form is None:
        form = method == "POST" and area != "machine"
    policy = Policy(area, allowed, form, referrer, shut_out)
    POLICIES[(method, path)] = policy

    def register(handler: Handler) -> Handler:
        # Chalice hands path parameters over by name.
        @functools.wraps(handler)
        def view(**params: str) -> Response:
            return _serve(blueprint.current_request, policy, handler, params)

        types = [FORM_TYPE] if form else []
        blueprint.route(path, methods=[method], content_types=types)(view)
        return handler

    return register


@edge.middleware("http")
def guard_every_answer(request: Request, answer: Callable[[Request], Response]) -> Response:
    """Chalice's own refusals (405, 415) leave with the same headers as our pages."""
    response = answer(request)
    missing = security_headers(product_world().config.form_action_hosts, "same-origin")
    for name, value in missing.items():
        response.headers.setdefault(name, value)
    return response


def _serve(
    request: Request, policy: Policy, handler: Callable[..., Answer], params: dict[str, str]
) -> Response:
    reference = new_reference()
    name = f"{request.method} {request.path}"
    arrival = arrivals.Arrival(product_world(), request, reference)
    try:
        with observed_call(name, reference):
            answer = _answer(arrival, policy, handler, params)
    except Exception as error:  # noqa: BLE001  The last place that can still say it in words.
        answer = error_pages.unexpected(arrival, error)
    response = chalice_response(answer, arrival.new_cookies(policy.area))
    hosts = arrival.world.config.form_action_hosts
    response.headers.update(security_headers(hosts, policy.referrer))
    return response


def _answer(
    arrival: arrivals.Arrival,
    policy: Policy,
    handler: Callable[..., Answer],
    params: dict[str, str],
) -> Answer:
    try:
        visit = _admitted(arrival, policy)
        return handler(visit, **{name: _id(value) for name, value in params.items()})
    except error_pages.ANTICIPATED as error:
        return error_pages.anticipated(arrival, error)


def _admitted(arrival: arrivals.Arrival, policy: Policy) -> Visit:
    """The visit, if the request may come in; raises the error that says why not."""
    config, headers, path = arrival.world.config, arrival.headers, arrival.path
    edge_checks.require_front_door(config, headers)
    arrival.trusted = True
    if policy.area == "machine":
        return arrival.visit(forms.Form())
    edge_checks.require_host(config, headers, path)
    changes = arrival.method not in edge_checks.SAFE_METHODS
    if changes:
        edge_checks.require_our_pages(config, headers, path)
    arrival.recognise()
    _require_role(arrival.visitor, policy)
    form = forms.read_form(arrival.body) if policy.form else forms.Form()
    if changes:
        edge_checks.require_token(form.raw("csrf"), arrival.csrf)
    return arrival.visit(form)


def _require_role(visitor: Visitor | None, policy: Policy) -> None:
    if policy.area == "public":
        return
    if visitor is None:
        raise NotSignedIn("Your session has ended. Sign in to go on.")
    if visitor.role not in policy.roles:
        raise NotAllowed("Your role does not include this. Ask an owner or admin of your team.")
    if visitor.is_shut_out and not policy.shut_out:
        dealer = get_dealer(visitor.dealer_id)
        call = f" Questions? Call {dealer.phone}." if dealer.phone else ""
        raise PortalDisabled(
            f"{dealer.name} has switched off online access to this account, so nothing can be seen "
            f"or paid here. Payments you have submitted go on as usual.{call}"
        )


def _id(value: str) -> str:
    """A path parameter; what cannot be an id is simply not there."""
    plain = unquote(value)
    if len(plain) > LONGEST_ID or "#" in plain or not plain.isprintable():
        raise NotFound("There is nothing here by that name.")
    return plain
