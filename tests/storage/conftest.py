"""Fixtures of the stores' tests: the local table, a bucket, a dealer of one's own."""

import pytest
from botocore.exceptions import ClientError

from chalicelib.storage.records import use_table
from chalicelib.storage.roster import forget_rosters
from tests.conftest import LocalAws
from tests.storage.ledgers import BUCKET, LedgerWorld, ledger_world


@pytest.fixture
def ledger(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LedgerWorld:
    """A fresh dealer without accounts."""
    for name, value in local_aws.environment.items():
        monkeypatch.setenv(name, value)
    use_table(local_aws.table_name, "us-east-1")
    try:
        local_aws.client("s3").create_bucket(Bucket=BUCKET)
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise
    forget_rosters()
    return ledger_world()
