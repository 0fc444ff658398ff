"""Errors as people meet them: a sentence, what to do next, a reference. No stack traces."""

from http import HTTPStatus

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.errors import (
    AlreadyDone,
    DrypowderError,
    NotSignedIn,
    PortalDisabled,
    TryAgain,
)
from chalicelib.domain.people import Face
from chalicelib.entrypoints.arrivals import Arrival
from chalicelib.entrypoints.edge_checks import SAFE_METHODS
from chalicelib.entrypoints.responses import Answer, Fragment, Html, Redirect, Text
from chalicelib.gateways.workflows import WorkflowsUnreachable
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views.chrome import Chrome, console_nav, portal_nav
from chalicelib.rendering.views.plain import ErrorPage
from chalicelib.storage.transactions import OutcomeUnknown, WritesRefused

ANTICIPATED = DrypowderError
SIGN_IN = {Face.PAYER: "/sign-in", Face.OPERATOR: "/console/sign-in"}
HOME = {Face.PAYER: "/", Face.OPERATOR: "/console"}
_SERVER_ERROR = 500
# AWS did not do what it was asked: the same request may well succeed in a minute.
_NO_ANSWER = (
    PynamoDBException, BotoCoreError, ClientError, OutcomeUnknown, WorkflowsUnreachable,
    WritesRefused,
)  # fmt: skip


def anticipated(arrival: Arrival, error: DrypowderError) -> Answer:
    """The designed page of an error the product knows; a signed-out GET goes to sign-in."""
    navigates = arrival.method in SAFE_METHODS and arrival.headers.get("hx-request") != "true"
    if isinstance(error, NotSignedIn) and navigates:
        return Redirect(SIGN_IN[arrival.face])
    untouched = arrival.method not in SAFE_METHODS and not isinstance(error, AlreadyDone)
    return _page(
        arrival,
        status=error.status,
        sentence=error.sentence,
        untouched=untouched and error.status < _SERVER_ERROR,
        is_shut_out=isinstance(error, PortalDisabled),
    )


def unexpected(arrival: Arrival, error: Exception) -> Answer:
    """Something we did not foresee (already logged): a reference and nothing else."""
    if isinstance(error, _NO_ANSWER):
        try_again = TryAgain("Our records did not answer. Please try again in a minute.")
        return _page(arrival, status=try_again.status, sentence=try_again.sentence)
    return _page(arrival, status=_SERVER_ERROR, sentence="")


def _page(
    arrival: Arrival,
    *,
    status: int,
    sentence: str,
    untouched: bool = False,
    is_shut_out: bool = False,
) -> Answer:
    if arrival.path.startswith("/webhooks/") or not arrival.trusted:
        return Text(f"{sentence or 'error'} {arrival.reference}\n", status)
    face, visitor = arrival.face, arrival.visitor
    signed_out = status == HTTPStatus.UNAUTHORIZED
    nav = console_nav("") if face is Face.OPERATOR else portal_nav("")
    view = ErrorPage(
        chrome=Chrome(
            title=HTTPStatus(status).phrase,
            dealer_name="Drypowder",
            csrf=arrival.csrf if visitor else "",
            nav=nav if visitor and not is_shut_out else (),
            signed_in_name=visitor.name if visitor else "",
        ),
        status=status,
        face="console" if face is Face.OPERATOR else "portal",
        heading="Online access is switched off" if is_shut_out else "",
        sentence=sentence,
        reference=arrival.reference,
        money_untouched=untouched and face is Face.PAYER and visitor is not None,
        next_href=SIGN_IN[face] if signed_out else HOME[face],
        next_label="Sign in" if signed_out else "Back to the start",
        sign_out_url="/sign-out" if is_shut_out else "",
    )
    return _shown(arrival, view, status)


def _shown(arrival: Arrival, view: ErrorPage, status: int) -> Answer:
    text = render_page(view)
    if arrival.headers.get("hx-request") == "true":
        # What is on the page stays (its noSwap), and who is signed out reloads into signing in.
        return Fragment(text, status, reload=status == HTTPStatus.UNAUTHORIZED)
    return Html(text, status)
