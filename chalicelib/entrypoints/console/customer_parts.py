"""The dashboard's pieces: a row, the totals, the filter boxes, what needs attention."""

from datetime import UTC, datetime

from chalicelib.domain.dealers import Dealer
from chalicelib.entrypoints.presenting import aging, invitation_badge, priority, zoned
from chalicelib.rendering.views import customers as views
from chalicelib.rendering.views.figures import Option, SelectFilter
from chalicelib.rendering.words import money
from chalicelib.services.deal_with_notice import Waiting
from chalicelib.services.list_customers import Customer, CustomerTotals

SORT_COLUMNS = (
    ("name", "Customer", ""),
    ("priority", "Priority", "Collection Priority: money expected late in the next 30 days"),
    ("badge", "Portal", ""),
    ("outstanding", "Outstanding", "Invoices and debits less credits"),
    ("current", "Current", ""),
    ("past_due", "Past due", ""),
    ("days_1_30", "1–30", "Days past due"),
    ("days_31_60", "31–60", "Days past due"),
    ("days_61_90", "61–90", "Days past due"),
    ("days_91_up", "91+", "Days past due"),
    ("debits", "Debits", ""),
    ("credits", "Credits", ""),
    ("wado", "WADO", "Dollar-weighted average days overdue"),
    ("last_contact", "Last contact", ""),
)
BADGES = (
    ("", "Any invitation"),
    ("none", "Not invited"),
    ("pending", "Pending"),
    ("pending-7", "Pending for more than 7 days"),
    ("bounced", "Bounced or spam"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("expired", "Expired"),
    ("revoked", "Revoked"),
    ("disabled", "Disabled"),
)
AGES = (
    ("", "Any age"),
    ("late", "Past due"),
    ("1-30", "1–30 days late"),
    ("31-60", "31–60 days late"),
    ("61-90", "61–90 days late"),
    ("91+", "91+ days late"),
)
ACTIVITY = (("", "Active and inactive"), ("yes", "Active"), ("no", "Inactive"))


def customer_row(customer: Customer, dealer: Dealer) -> views.CustomerRow:
    """One account in the list."""
    row = customer.row
    contacted = datetime.fromtimestamp(row.last_contact_at, UTC) if row.last_contact_at else None
    return views.CustomerRow(
        name=row.name,
        number=row.account_id,
        kind=row.account_kind,
        href=f"/console/customers/{row.account_id}",
        priority=priority(row.priority),
        outstanding_cents=row.outstanding_cents,
        current_cents=row.current_cents,
        past_due_cents=row.past_due_cents,
        debits_cents=row.debits_cents,
        credits_cents=-row.credits_cents,
        wado_days=row.wado_days,
        days_1_30_cents=row.days_1_30_cents,
        days_31_60_cents=row.days_31_60_cents,
        days_61_90_cents=row.days_61_90_cents,
        days_91_up_cents=row.days_91_up_cents,
        badge=invitation_badge(customer.badge, customer.delivery),
        last_contact_on=zoned(dealer, contacted)[:10],
    )


def stats(totals: CustomerTotals) -> views.CustomerStats:
    """The totals of the filtered set."""
    return views.CustomerStats(
        account_count=totals.accounts,
        outstanding_cents=totals.invoices_cents,
        invoice_count=totals.invoices,
        current_cents=totals.current_cents,
        past_due_cents=totals.past_due_cents,
        debits_cents=totals.debits_cents,
        credits_cents=-totals.credits_cents,
        discounts_cents=totals.discounts_cents,
        net_ar_cents=totals.outstanding_cents,
        aging=aging(totals),
    )


def filter_boxes(typed: dict[str, str], kinds: tuple[str, ...]) -> tuple[SelectFilter, ...]:
    """The select boxes of the filter form, with what is chosen."""
    every_kind = (("", "Any kind"), *((kind, kind.capitalize()) for kind in kinds))
    return (
        _box("badge", "Invitation", BADGES, typed["badge"]),
        _box("age", "Age", AGES, typed["age"]),
        _box("kind", "Account kind", every_kind, typed["kind"]),
        _box("active", "Activity", ACTIVITY, typed["active"]),
    )


def _box(name: str, label: str, words: tuple[tuple[str, str], ...], chosen: str) -> SelectFilter:
    options = tuple(
        Option(value=value, label=text, selected=value == chosen) for value, text in words
    )
    return SelectFilter(name=name, label=label, options=options)


def attention(
    everything: CustomerTotals, waiting: Waiting, base: str
) -> tuple[views.Attention, ...]:
    """What needs action: what waits for a person, and money past due, each with its list."""
    shown = []
    if waiting.notices:
        shown.append(
            views.Attention(
                count=len(waiting.notices),
                label="need attention",
                href="/console/attention",
                detail=money(waiting.amount_cents) if waiting.amount_cents else "",
                tone="warn",
            )
        )
    if everything.invoices_past_due:
        shown.append(
            views.Attention(
                count=everything.invoices_past_due,
                label="invoices past due",
                href=f"{base}?age=late",
                detail=money(everything.past_due_cents),
                tone="bad",
            )
        )
    return tuple(shown)
