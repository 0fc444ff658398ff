"""Incoming Payments: the list with its filters, and one payment in full."""

from chalice.app import Blueprint

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.payments import PaymentStatus
from chalicelib.entrypoints.console.chrome import console_chrome, payment_tabs
from chalicelib.entrypoints.filters import cents_typed, day_typed, href
from chalicelib.entrypoints.guard import Visit, page
from chalicelib.entrypoints.presenting import (
    allocation_rows,
    method_words,
    payment_badge,
    payment_row,
    timeline,
    zoned,
)
from chalicelib.entrypoints.responses import Html
from chalicelib.rendering.pages import render_page
from chalicelib.rendering.views import incoming as views
from chalicelib.rendering.views.figures import Option, Pager, SelectFilter
from chalicelib.services.list_payments import PaymentFilters, list_payments
from chalicelib.services.view_payment import PaymentView, view_payment
from chalicelib.storage.dealers import get_dealer

blueprint = Blueprint(__name__)
BASE = "/console/payments"
STATUS_WORDS = {status.value: status.value.capitalize() for status in PaymentStatus}
PARAMETERS = ("status", "from", "to", "min", "max", "sort")
