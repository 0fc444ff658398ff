"""Settlements: the list, one with its proof, and the progress of its posting."""

from __future__ import annotations

from dataclasses import dataclass

from .chrome import Action, Badge, Chrome, FieldError
from .figures import Column, HiddenField, Link, Pager, SelectFilter


@dataclass(frozen=True, kw_only=True)
class PostingCategory:
    """One of Invoices, Credit adjustments, Debit adjustments, Cash and other.

    `status` in words (Not posted, Posting, Posted, Failed, Nothing to post); `at` when.
    """

    label: str
    status: Badge
    at: str = ""
    amount_cents: int = 0
    document_count: int = 0
    problem: str = ""
    recorded_by: str = ""


@dataclass(frozen=True, kw_only=True)
class SettlementRow:
    """One bank deposit; fees_cents is negative or 0. `note`: what makes it unusual.

    `returns_cents` is what refunds, returns and disputes took, negative, or gave back.
    """

    number: str
    href: str
    created_at: str
    payment_count: int
    gross_cents: int
    fees_cents: int
    returns_cents: int
    net_cents: int
    categories: tuple[PostingCategory, ...]
    resolved_at: str = ""
    note: Badge | None = None


@dataclass(frozen=True, kw_only=True)
class Settlements:
    """GET /console/settlements: query parameters state, from, to, sort, after.

    `columns` keys: id, created, payments, gross, fees, returns, net, invoices, credits, debits,
    cash, resolved. Not `is_exact`: the days hold more than is searched.
    """

    chrome: Chrome
    tabs: tuple[Link, ...]
    rows: tuple[SettlementRow, ...]
    pager: Pager
    columns: tuple[Column, ...] = ()
    filters: tuple[SelectFilter, ...] = ()
    from_on: str = ""
    to_on: str = ""
    kept: tuple[HiddenField, ...] = ()
    clear_href: str = ""
    csv_href: str = ""
    is_exact: bool = True


@dataclass(frozen=True, kw_only=True)
class ProofLine:
    """One line of gross − fees − … = deposit; amounts carry their sign."""

    label: str
    amount_cents: int
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class DepositLine:
    """One balance transaction: a payment, or what was taken or came back of an older one.

    `problem` says why nobody can explain it. Amounts carry their sign; net = amount − fee.
    """

    what: Badge
    amount_cents: int
    fee_cents: int
    net_cents: int
    at: str = ""
    number: str = ""
    href: str = ""
    payer_name: str = ""
    payer_number: str = ""
    reference: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What is unusual about a settlement, in words."""

    heading: str
    text: str
    tone: str = "warn"


@dataclass(frozen=True, kw_only=True)
class Reversal:
    """One reversal of the posting that was asked for; `references` as Spruce knows them."""

    at: str
    by: str
    reason: str
    references: str = ""


@dataclass(frozen=True, kw_only=True)
class Reverse:
    """The form that reverses the posting: POSTs csrf, reversal_reason and, by hand, entered."""

    action: Action
    by_hand: bool = False
    now: str = ""
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ManualFile:
    """One download of a settlement that is posted by hand; `bare_href` leaves the head row out."""

    label: str
    hint: str
    href: str
    bare_href: str


@dataclass(frozen=True, kw_only=True)
class TimeField:
    """A category whose posted time can be recorded; `name` is the form's."""

    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """Posting by hand: files, times to record (POSTs csrf and those), and the way back.

    `now` is an ISO date-time in the dealer's zone, like `since`; `withdraw` POSTs csrf and
    nothing_entered=yes.
    """

    since: str
    chosen_by: str
    enter_on: str
    files: tuple[ManualFile, ...]
    fields: tuple[TimeField, ...]
    times_url: str
    now: str
    withdraw: Action | None = None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SettlementProgress:
    """GET /console/settlements/{settlement}/progress: a fragment that asks again while `running`.

    Post POSTs csrf. Resolve POSTs csrf, reason (required when `needs_reason`). Both actions'
    `blocked_because` explains a disabled button. `done_count` of `step_count` categories.
    """

    csrf: str
    categories: tuple[PostingCategory, ...]
    running: bool
    progress_href: str
    post: Action
    resolve: Action
    needs_reason: bool = False
    reason: str = ""
    resolved_at: str = ""
    resolved_by: str = ""
    done_count: int = 0
    step_count: int = 4
    may_act: bool = True
    currency: str = "USD"
    zone: str = ""
    manual: Action | None = None
    by_hand: ByHand | None = None
    reverse: Reverse | None = None
    reversals: tuple[Reversal, ...] = ()
    doing: str = "Posting"  # While `running`; or Reversing.


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """GET /console/settlements/{settlement}: every line, the proof and the posting section."""

    chrome: Chrome
    number: str
    created_at: str
    deposit_cents: int
    difference_cents: int
    proof: tuple[ProofLine, ...]
    lines: tuple[DepositLine, ...]
    progress: SettlementProgress
    tabs: tuple[Link, ...] = ()
    deposited_on: str = ""
    processor_reference: str = ""
    summary_href: str = ""
    status: Badge | None = None
    remarks: tuple[Remark, ...] = ()
    unexplained: tuple[str, ...] = ()
