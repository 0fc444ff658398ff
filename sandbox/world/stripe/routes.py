"""Which path of the simulated processor runs which endpoint, and which parameters it knows."""

import re
from dataclasses import dataclass

from sandbox.world.jsontypes import Json
from sandbox.world.stripe import checkout, customers, intents, ledger, payouts, refunds
from sandbox.world.stripe.desk import Call, Endpoint
from sandbox.world.stripe.errors import InvalidRequest

_ID = r"([A-Za-z0-9_]+)"
_PAGE = "limit starting_after ending_before created"
_PAYMENT = (
    "amount currency customer payment_method allowed_payment_method_types confirm "
    "off_session mandate mandate_data metadata description statement_descriptor return_url"
)
_REFUND = "amount charge payment_intent reason metadata"
_SETUP = (
    "customer payment_method allowed_payment_method_types confirm mandate_data metadata "
    "description usage return_url"
)


@dataclass(frozen=True)
class Route:
    """One method and path pattern, its endpoint and the parameters it accepts."""

    method: str
    pattern: re.Pattern[str]
    endpoint: Endpoint
    known: frozenset[str]


def _route(method: str, path: str, endpoint: Endpoint, known: str = "") -> Route:
    pattern = re.compile("^" + path.replace("{}", _ID) + "$")
    return Route(method, pattern, endpoint, frozenset([*known.split(), "expand"]))


def _retrieve(kind: str) -> Endpoint:
    return lambda call: call.book.get(kind, call.ids[0])


def _list(kind: str, url: str, *filters: str) -> Endpoint:
    def endpoint(call: Call) -> Json:
        wanted = {name: call.optional(name) for name in filters}

        def keep(thing: Json) -> bool:
            return all(value in {None, thing[name]} for name, value in wanted.items())

        return call.book.page(kind, call.params, url=url, keep=keep)

    return endpoint


def _list_sources(call: Call) -> Json:
    owner = call.book.get("customer", call.ids[0])
    return call.book.page(
        "bank_account",
        call.params,
        url=f"/v1/customers/{owner['id']}/sources",
        keep=lambda bank: bool(bank["customer"] == owner["id"]),
    )


ROUTES = (
    _route(
        "POST",
        "/v1/accounts",
        customers.create_account,
        "type country email business_type business_profile capabilities controller metadata",
    ),
    _route("GET", "/v1/accounts/{}", customers.retrieve_account),
    _route(
        "POST", "/v1/customers", customers.create_customer, "name email phone description metadata"
    ),
    _route("GET", "/v1/customers", _list("customer", "/v1/customers", "email"), f"email {_PAGE}"),
    _route("GET", "/v1/customers/{}", _retrieve("customer")),
    _route("POST", "/v1/customers/{}/sources", customers.create_source, "source metadata"),
    _route("GET", "/v1/customers/{}/sources", _list_sources, f"object {_PAGE}"),
    _route("GET", "/v1/customers/{}/payment_methods", customers.list_methods, f"type {_PAGE}"),
    _route("POST", "/v1/payment_methods", customers.create_method, "type card metadata"),
    _route("GET", "/v1/payment_methods", customers.list_methods, f"customer type {_PAGE}"),
    _route("GET", "/v1/payment_methods/{}", customers.retrieve_method),
    _route("POST", "/v1/payment_methods/{}/attach", customers.attach_method, "customer"),
    _route("POST", "/v1/payment_methods/{}/detach", customers.detach_method),
    _route("POST", "/v1/setup_intents", intents.create_setup, _SETUP),
    _route("GET", "/v1/setup_intents/{}", _retrieve("setup_intent")),
    _route(
        "POST",
        "/v1/setup_intents/{}/confirm",
        intents.confirm_setup,
        "payment_method mandate_data return_url",
    ),
    _route(
        "POST",
        "/v1/checkout/sessions",
        checkout.create_visit,
        "mode customer allowed_payment_method_types client_reference_id metadata "
        "success_url cancel_url",
    ),
    _route("GET", "/v1/checkout/sessions/{}", _retrieve("checkout.session")),
    _route("GET", "/v1/mandates/{}", _retrieve("mandate")),
    _route("POST", "/v1/payment_intents", intents.create_payment, _PAYMENT),
    _route(
        "GET",
        "/v1/payment_intents",
        _list("payment_intent", "/v1/payment_intents", "customer"),
        f"customer {_PAGE}",
    ),
    _route("GET", "/v1/payment_intents/{}", _retrieve("payment_intent")),
    _route(
        "POST",
        "/v1/payment_intents/{}/confirm",
        intents.confirm_payment,
        "payment_method mandate mandate_data off_session return_url",
    ),
    _route("POST", "/v1/payment_intents/{}/cancel", intents.cancel_payment, "cancellation_reason"),
    _route(
        "GET",
        "/v1/charges",
        _list("charge", "/v1/charges", "customer", "payment_intent"),
        f"customer payment_intent {_PAGE}",
    ),
    _route("GET", "/v1/charges/{}", _retrieve("charge")),
    _route("GET", "/v1/balance", ledger.retrieve_balance),
    _route(
        "GET", "/v1/balance_transactions", ledger.list_rows, f"payout source type currency {_PAGE}"
    ),
    _route("GET", "/v1/balance_transactions/{}", ledger.retrieve_row),
    _route("POST", "/v1/refunds", refunds.create_refund, _REFUND),
    _route(
        "GET",
        "/v1/refunds",
        _list("refund", "/v1/refunds", "charge", "payment_intent"),
        f"charge payment_intent {_PAGE}",
    ),
    _route("GET", "/v1/refunds/{}", _retrieve("refund")),
    _route("POST", "/v1/refunds/{}/cancel", refunds.cancel_refund),
    _route(
        "GET",
        "/v1/disputes",
        _list("dispute", "/v1/disputes", "charge", "payment_intent"),
        f"charge payment_intent {_PAGE}",
    ),
    _route("GET", "/v1/disputes/{}", _retrieve("dispute")),
    _route(
        "POST",
        "/v1/payouts",
        payouts.create_payout,
        "amount currency description metadata method statement_descriptor",
    ),
    _route("GET", "/v1/payouts", _list("payout", "/v1/payouts", "status"), f"status {_PAGE}"),
    _route("GET", "/v1/payouts/{}", _retrieve("payout")),
    _route("GET", "/v1/events", _list("event", "/v1/events", "type"), f"type {_PAGE}"),
    _route("GET", "/v1/events/{}", _retrieve("event")),
)


def find_route(method: str, path: str, params: Json) -> tuple[Route, tuple[str, ...]]:
    """Return the route and its ids; refuse unknown paths and unknown parameters as Stripe does."""
    for route in ROUTES:
        match = route.pattern.match(path)
        if match and route.method == method:
            for name in params:
                if name not in route.known:
                    raise InvalidRequest(
                        f"Received unknown parameter: {name}", param=name, code="parameter_unknown"
                    )
            return route, match.groups()
    raise InvalidRequest(f"Unrecognized request URL ({method}: {path}).", status=404)
