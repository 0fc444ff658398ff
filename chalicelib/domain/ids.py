"""Typed identifiers of the product; every id is a string made outside the domain."""

from typing import NewType

DealerId = NewType("DealerId", str)
AccountId = NewType("AccountId", str)  # The ERP's external account number.
CompanyId = NewType("CompanyId", str)
UserId = NewType("UserId", str)
PayableId = NewType("PayableId", str)  # The ERP's document number.
InvitationId = NewType("InvitationId", str)
MailingId = NewType("MailingId", str)
QuoteId = NewType("QuoteId", str)
PaymentId = NewType("PaymentId", str)  # ULID; also the stored attempt id of its first run.
SettlementId = NewType("SettlementId", str)  # The processor's payout id.
IngestionId = NewType("IngestionId", str)  # ULID.
MethodId = NewType("MethodId", str)  # The processor's payment method id.
