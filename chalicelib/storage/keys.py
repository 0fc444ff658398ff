"""Partition and sort keys of every item; nothing else builds one (docs/ARCHITECTURE.md).

Keys of the indexes are in `index_keys`, of sent mails in `mail_keys`; `parsed_keys` reads back.
"""

from chalicelib.domain.ids import (
    AccountId,
    CompanyId,
    DealerId,
    IngestionId,
    InvitationId,
    MailingId,
    MethodId,
    PaymentId,
    QuoteId,
    SettlementId,
    UserId,
)


def dealer(dealer_id: DealerId) -> str:
    """Partition of a dealer's own items: `D` settings, `N` number counter, `K` …"""
    return f"D#{dealer_id}"


DEALER = "D"  # Sort key of a dealer's settings.
NUMBER_COUNTER = "N"  # Sort key of a dealer's payment numbers.


def dealer_log(dealer_id: DealerId) -> str:
    """Partition of a dealer's audit log: who changed which setting."""
    return f"D#{dealer_id}#LOG"


def team(dealer_id: DealerId) -> str:
    """Partition of a dealer's staff: one item each, its sort key is `user()`."""
    return f"D#{dealer_id}#TEAM"


def ingestions(dealer_id: DealerId) -> str:
    """Partition of a dealer's imports: `I#` each, `F#` folder of the bucket → import."""
    return f"D#{dealer_id}#I"


INGESTIONS = "I#"  # Beginning of the sort keys of `ingestion()`.


def ingestion(ingestion_id: IngestionId) -> str:
    """Sort key of an import; ids are in the order of their making."""
    return f"{INGESTIONS}{ingestion_id}"


def dropped_folder(folder: str) -> str:
    """Sort key of the import that a folder of the bucket is filling."""
    return f"F#{folder}"


def account(dealer_id: DealerId, account_id: AccountId) -> str:
    """Partition of an account: `A`, `C#`, `O#`, `P#`, `Q#`, `S#`."""
    return f"D#{dealer_id}#A#{account_id}"


def account_log(dealer_id: DealerId, account_id: AccountId) -> str:
    """Partition of an account's activity."""
    return f"D#{dealer_id}#A#{account_id}#LOG"


def account_closed(dealer_id: DealerId, account_id: AccountId) -> str:
    """Partition of an account's closed payables, by month."""
    return f"D#{dealer_id}#A#{account_id}#Z"


HEADER = "A"
CLAIM, OPEN_PAGE = "C#", "O#"  # Beginnings of the sort keys of `claim()` and `open_page()`.
OUTSTANDING_FROM, OUTSTANDING_TO = "A", "O~"  # Header, claims and open pages in one Query.


def claim(payment_id: PaymentId, event: str = "") -> str:
    """Sort key of a payment's claim, or of what a later event gave back of it."""
    return f"{CLAIM}{payment_id}~{event}" if event else f"{CLAIM}{payment_id}"


def open_page(number: int) -> str:
    """Sort key of a page of at most 250 open payables."""
    return f"{OPEN_PAGE}{number:03d}"


def statement(statement_id: str) -> str:
    """Sort key of a statement in its account."""
    return f"S#{statement_id}"


def closed_page(month: str, number: int) -> str:
    """Sort key of a page of closed payables paid in one month, "2026-03"."""
    return f"Z#{month}#{number:03d}"


def payment(payment_id: PaymentId) -> str:
    """Sort key of a payment in its account."""
    return f"P#{payment_id}"


def quote(quote_id: QuoteId) -> str:
    """Sort key of a quote in its account."""
    return f"Q#{quote_id}"


def payment_log(dealer_id: DealerId, payment_id: PaymentId) -> str:
    """Partition of a payment's events `E#n` and ledger lines `L#event#n`."""
    return f"D#{dealer_id}#P#{payment_id}"


def event(sequence: int) -> str:
    """Sort key of a payment event."""
    return f"E#{sequence:04d}"


def handled(processor_event_id: str) -> str:
    """Sort key of the mark that a processor event has taken effect."""
    return f"H#{processor_event_id}"


LEDGER = "L#"  # Beginning of the sort keys of `ledger_line()`.


def mailed(mail: str) -> str:
    """Sort key of the mark that one kind of mail about a payment is queued."""
    return f"M#{mail}"


def receipt_file(dealer_id: DealerId, payment_id: PaymentId, kind: str) -> str:
    """S3 key of a payment's receipt or confirmation."""
    return f"receipts/{dealer_id}/{payment_id}/{kind}.pdf"


LATER_DUE = "Y#"  # Beginning of the sort key of `later_due()`.


def later_due(account_id: AccountId) -> str:
    """Sort key of the mark that a later event of a payment is not wholly done."""
    return f"{LATER_DUE}{account_id}"


WAITING = "W"  # The token of the workflow step that waits for a payment's outcome.


def ledger_line(event_key: str, number: int) -> str:
    """Sort key of a page of an entry's lines: put-if-absent makes a replay write nothing."""
    return f"{LEDGER}{event_key}#{number:03d}"


def settlement(dealer_id: DealerId, settlement_id: SettlementId) -> str:
    """Partition of a settlement: `S`, `T#txn`, `L#…`."""
    return f"D#{dealer_id}#S#{settlement_id}"


SETTLEMENT = "S"
SETTLEMENT_WORK = "W"  # How far the settlement's workflow is: run, token, what is asked of it.


def settlement_posting(name: str) -> str:
    """Sort key of a posting as it was or will be sent to the ERP; `name` ends its reference."""
    return f"B#{name}"


def balance_transaction(transaction_id: str) -> str:
    """Sort key of one balance transaction of a settlement."""
    return f"T#{transaction_id}"


def notices(dealer_id: DealerId) -> str:
    """Partition of what waits for a person at the dealer."""
    return f"D#{dealer_id}#INBOX"


def notice(kind: str, subject: str) -> str:
    """Sort key of one notice: one a kind and subject."""
    return f"N#{kind}#{subject}"


def reconciliations(dealer_id: DealerId) -> str:
    """Partition of a dealer's reconciliations: `R#` each, `CARRIED` what the next builds on."""
    return f"D#{dealer_id}#RECONCILED"


RECONCILIATIONS = "R#"  # Beginning of the sort keys of `reconciliation()`.
CARRIED = "CARRIED"


def reconciliation(run_id: str) -> str:
    """Sort key of one reconciliation; ids are in the order of their making."""
    return f"{RECONCILIATIONS}{run_id}"


def roster(dealer_id: DealerId) -> str:
    """Partition of the roster's `HEAD` and its changed rows."""
    return f"D#{dealer_id}#R"


ROSTER_HEAD = "HEAD"


def roster_row(account_id: AccountId) -> str:
    """Sort key of an account changed since the roster file was written."""
    return f"R#{account_id}"


def invitation(dealer_id: DealerId, invitation_id: InvitationId) -> str:
    """Partition (and item `V`) of an invitation."""
    return f"D#{dealer_id}#V#{invitation_id}"


INVITATION = "V"


def registration(secret_hash: str) -> str:
    """Sort key of a registration that waits for its address to be verified."""
    return f"W#{secret_hash}"


def mailing(dealer_id: DealerId, mailing_id: MailingId) -> str:
    """Partition of a mailing: `J` head, `J#nnnn` chunks of its accounts."""
    return f"D#{dealer_id}#J#{mailing_id}"


MAILING = "J"


def mailing_chunk(number: int) -> str:
    """Sort key of a chunk of a mailing."""
    return f"J#{number:04d}"


def company(dealer_id: DealerId, company_id: CompanyId) -> str:
    """Partition of a company at a dealer: `K` itself, `B#` methods, `LS#` link sessions, `U#`."""
    return f"D#{dealer_id}#K#{company_id}"


COMPANY = "K"
METHODS, LINK_SESSIONS, LOGINS = "B#", "LS#", "U#"  # Beginnings of the sort keys below.


def company_login(user_id: UserId) -> str:
    """Sort key of a login that joined one of the company's accounts."""
    return f"{LOGINS}{user_id}"


def method(method_id: MethodId) -> str:
    """Sort key of a company's saved method."""
    return f"{METHODS}{method_id}"


def link_session(session_id: str) -> str:
    """Sort key of one visit to the bank link's hosted page."""
    return f"{LINK_SESSIONS}{session_id}"


def user(user_id: UserId) -> str:
    """Partition of a login: `U`, `M#dealer#account` memberships, `SES#hash` sessions."""
    return f"U#{user_id}"


USER = "U"
MEMBERSHIPS = "M#"  # Beginning of the sort keys of `membership()`.


def membership(dealer_id: DealerId, account_id: AccountId | None) -> str:
    """Sort key of a membership; operators have no account."""
    return f"{MEMBERSHIPS}{dealer_id}#{account_id or ''}"


def session(secret_hash: str) -> str:
    """Sort key of a session; only the hash of its secret is stored."""
    return f"SES#{secret_hash}"


def global_email(email: str) -> str:
    """Global look-up: e-mail (lower case) → user."""
    return f"G#email#{email}"


def global_processor_account(processor_account: str) -> str:
    """Global look-up: connected account → dealer."""
    return f"G#acct#{processor_account}"


def global_event(event_id: str) -> str:
    """Global: a webhook event that matched nothing, kept for a person."""
    return f"G#event#{event_id}"


def throttle(subject: str) -> str:
    """Global: attempts counted for one subject (a hash of account or source)."""
    return f"G#throttle#{subject}"


ONLY = "-"  # Sort key of partitions that hold one item.
