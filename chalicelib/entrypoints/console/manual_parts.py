"""The posting section of a settlement's page with the choice of posting by hand."""

from dataclasses import replace
from datetime import date

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.interventions import held_sentence
from chalicelib.domain.manual_posting import ManualFile
from chalicelib.domain.posting_lines import spruce_day
from chalicelib.domain.settlements import PostingState, Settlement
from chalicelib.entrypoints.console.settlement_parts import (
    CATEGORY_WORDS,
    reverse_form,
    settlement_progress,
)
from chalicelib.entrypoints.guard import Visit
from chalicelib.entrypoints.presenting import zoned
from chalicelib.rendering.views import settlements as views
from chalicelib.rendering.views.chrome import Action, FieldError
from chalicelib.services.view_settlement import SettlementDetail

FILES = (
    (
        ManualFile.PAYMENTS,
        "Payments",
        "Upload in Spruce's payment entry, to GL account {clearing}.",
    ),
    (ManualFile.CREDITS, "Credits", "Apply each credit to the document named beside it."),
    (ManualFile.DISCOUNTS, "Discounts", "Enter as discounts taken, GL account {discounts}."),
    (
        ManualFile.REVERSALS,
        "Reversals",
        "Undo each line on its day: refunds, returns and disputes of earlier payments.",
    ),
    (ManualFile.JOURNAL, "Cash and other", "Enter as a journal: deposit and fees."),
)


def posting_section(
    visit: Visit, dealer: Dealer, found: SettlementDetail, *, errors: tuple[FieldError, ...] = ()
) -> views.SettlementProgress:
    """Four categories, Post or Manual post, Resolve; while posted by hand its files and times."""
    settlement = found.settlement
    view = settlement_progress(visit, dealer, settlement, held_sentence(found.payments))
    view = replace(view, reverse=reverse_form(visit, dealer, settlement, errors))
    if settlement.manual_at:
        by_hand = _by_hand(visit, dealer, settlement, errors)
        return replace(view, by_hand=by_hand)
    url = f"/console/settlements/{settlement.settlement_id}/manual"
    return replace(view, manual=Action(label="Manual post", url=url))


def _by_hand(
    visit: Visit, dealer: Dealer, settlement: Settlement, errors: tuple[FieldError, ...]
) -> views.ByHand:
    base = f"/console/settlements/{settlement.settlement_id}/manual"
    event_day = zoned(dealer, settlement.created_at)[:10]
    waiting = [row.category for row in settlement.postings if row.state is PostingState.WAITING]
    recorded = any(row.recorded_by for row in settlement.postings)
    return views.ByHand(
        since=zoned(dealer, settlement.manual_at),
        chosen_by=settlement.manual_by,
        enter_on=spruce_day(date.fromisoformat(event_day), dealer.books_closed_through).isoformat(),
        files=tuple(
            views.ManualFile(
                label=label,
                hint=hint.format(
                    clearing=dealer.gl.clearing, discounts=dealer.gl.discounts_allowed
                ),
                href=f"{base}.csv?file={file}",
                bare_href=f"{base}.csv?file={file}&header=no",
            )
            for file, label, hint in FILES
        ),
        fields=tuple(
            views.TimeField(name=f"at_{category}", label=CATEGORY_WORDS[category])
            for category in waiting
        ),
        times_url=f"{base}/times",
        now=zoned(dealer, visit.now),
        withdraw=None
        if recorded
        else Action(label="Post automatically instead", url=f"{base}/withdraw"),
        errors=errors,
    )
