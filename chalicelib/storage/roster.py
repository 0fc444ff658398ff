"""The dealer's roster: one columnar file in S3, overlaid with the rows changed since."""

from dataclasses import astuple

from chalicelib.domain.accounts import Account
from chalicelib.storage import keys
from chalicelib.storage.records import Record, packed
from chalicelib.storage.roster_row import row_of
from chalicelib.storage.transactions import Put


def row_put(account: Account) -> Put:
    """Write "roster": the dashboard's row of a header that is written in the same transaction."""
    record = Record(
        keys.roster(account.dealer_id),
        keys.roster_row(account.account_id),
        body=packed(astuple(row_of(account))),
        version=account.money_version,
    )
    return Put("roster", record)
