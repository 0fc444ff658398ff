"""What the keys of `keys.py` say: the ids an item's key was built from."""

from chalicelib.domain.ids import (
    AccountId,
    CompanyId,
    DealerId,
    InvitationId,
    MailingId,
    PaymentId,
    SettlementId,
)


def parsed_roster_row(sort_key: str) -> AccountId:
    """The account a sort key of `roster_row()` belongs to."""
    return AccountId(sort_key.removeprefix("R#"))


def parsed_payment_log(partition: str) -> tuple[DealerId, PaymentId]:
    """The dealer and payment a partition of `payment_log()` belongs to."""
    dealer_id, payment_id = _dealer_and_item(partition)
    return dealer_id, PaymentId(payment_id)


def parsed_account(partition: str) -> tuple[DealerId, AccountId]:
    """The dealer and account a partition of `account()` belongs to."""
    dealer_id, account_id = _dealer_and_item(partition)
    return dealer_id, AccountId(account_id)


def parsed_invitation(partition: str) -> tuple[DealerId, InvitationId]:
    """The dealer and invitation a partition of `invitation()` belongs to."""
    dealer_id, invitation_id = _dealer_and_item(partition)
    return dealer_id, InvitationId(invitation_id)


def parsed_mailing(partition: str) -> tuple[DealerId, MailingId]:
    """The dealer and mailing a partition of `mailing()` belongs to."""
    dealer_id, mailing_id = _dealer_and_item(partition)
    return dealer_id, MailingId(mailing_id)


def parsed_company(partition: str) -> tuple[DealerId, CompanyId]:
    """The dealer and company a partition of `company()` belongs to."""
    dealer_id, company_id = _dealer_and_item(partition)
    return dealer_id, CompanyId(company_id)


def parsed_settlement(partition: str) -> tuple[DealerId, SettlementId]:
    """The dealer and settlement a partition of `settlement()` belongs to."""
    dealer_id, settlement_id = _dealer_and_item(partition)
    return dealer_id, SettlementId(settlement_id)


def _dealer_and_item(partition: str) -> tuple[DealerId, str]:
    _, dealer_id, _, item_id = partition.split("#", 3)
    return DealerId(dealer_id), item_id
