"""A dealer and its settings; what a rule needs to know about the tenant."""

from dataclasses import dataclass, field

from chalicelib.domain.fees import FeePolicy
from chalicelib.domain.ids import DealerId

__all__ = ["Dealer", "FeePolicy", "GlAccounts"]


@dataclass(frozen=True, slots=True)
class GlAccounts:
    """The dealer's own account numbers for the ledger's accounts (money.md, Entries)."""

    accounts_receivable: str = "1200"
    clearing: str = "1050"
    bank: str = "1010"
    processing_fees: str = "6150"
    discounts_allowed: str = "4900"
    fee_income: str = "4950"
    held_in_dispute: str = "1060"
    chargeback_fees: str = "6160"
    returns: str = "6170"
    unapplied_cash: str = "2150"


@dataclass(frozen=True, slots=True)
class Dealer:
    """One tenant. `version` rises with every change, so a quote can tell it was priced before."""

    dealer_id: DealerId
    name: str
    time_zone: str = "America/Los_Angeles"
    currency: str = "USD"
    phone: str = ""
    address: str = ""
    number_prefix: str = "DP-"
    is_demo: bool = False
    processor_account: str = ""  # Connected account, acct_…
    erp_url: str = ""  # Base of the JSON protocol in docs/SPRUCE.md.
    statements_on: bool = False
    auto_post: bool = False
    auto_import: bool = False  # Complete, faultless files in the bucket wait for nobody.
    invitation_days: int = 14
    invitation_reminder_days: int = 3  # Before expiry; 0 = no reminder.
    hold_hours: int = 0  # 0–72: how long a payment can be frozen before it is handed over.
    refund_limit_cents: int = 0  # Above it an administrator approves; 0 = no limit.
    terms_grace_days: int = 0  # Added to the discount day of an invoice's own terms.
    books_closed_through: str = ""  # ISO day; "" = nothing closed.
    fees: FeePolicy = field(default_factory=FeePolicy)
    gl: GlAccounts = field(default_factory=GlAccounts)
    version: int = 1
