"""A world for tests: the real local table, everything we call replaced by something to look at."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from ulid import ULID

from chalicelib.config import Config
from chalicelib.domain.accounts import Account, Contact
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.ids import AccountId, CompanyId, DealerId, UserId
from chalicelib.domain.people import Membership, User
from chalicelib.domain.people import Stage as Step
from chalicelib.gateways.clock import wall_now
from chalicelib.gateways.mailer import Letter
from chalicelib.gateways.password_hashes import hash_password
from chalicelib.gateways.secrets import SecretValues
from chalicelib.gateways.uploads import UploadForm
from chalicelib.services.sign_in import SignedIn, start_session
from chalicelib.storage import users
from chalicelib.storage.accounts import get_account, header_put
from chalicelib.storage.dealers import put_dealer
from chalicelib.storage.records import use_table
from chalicelib.storage.roster import row_put
from chalicelib.storage.transactions import transact
from tests.conftest import LocalAws
from tests.own_part import forget_others

ORIGIN_SECRET = "only the front door knows"
PASSWORD = "kettle-marble-otter"
TODAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
_HASHED = hash_password(PASSWORD)


@dataclass
class SetClock:
    """Business time as the test sets it."""

    at: datetime = TODAY

    def now(self) -> datetime:
        return self.at


@dataclass
class Outbox:
    """Letters instead of SES."""

    letters: list[Letter] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)  # As SES gives them: never one twice.

    def send(self, letter: Letter) -> str:
        self.letters.append(letter)
        self.ids.append(f"message-{ULID()}")
        return self.ids[-1]


@dataclass
class Bodies:
    """Queue messages as they would travel."""

    mails: list[dict[str, str]] = field(default_factory=list)
    events: list[dict[str, str | bool]] = field(default_factory=list)
    imports: list[dict[str, str]] = field(default_factory=list)

    def send_mail(self, mail: str, dealer: str, **ids: str) -> None:
        self.mails.append({"mail": mail, "dealer": dealer, **ids})

    def send_event(self, event: dict[str, str | bool]) -> None:
        self.events.append(event)

    def send_import(self, *, dealer: str, ingestion: str) -> None:
        self.imports.append({"dealer": dealer, "ingestion": ingestion})


class OpenVault:
    """Binds to its context like KMS, but hides nothing."""

    def encrypt(self, plaintext: str, context: dict[str, str]) -> bytes:
        return json.dumps([plaintext, context]).encode()

    def decrypt(self, ciphertext: bytes, context: dict[str, str]) -> str:
        plaintext, bound = json.loads(ciphertext)
        assert bound == context
        return str(plaintext)


@dataclass
class Shelf:
    """Files in memory instead of S3."""

    held: dict[str, bytes] = field(default_factory=dict)

    def read(self, key: str) -> bytes:
        return self.held[key]

    def write(self, key: str, content: bytes, content_type: str) -> None:
        self.held[key] = content

    def remove(self, key: str) -> None:
        self.held.pop(key, None)

    def link(self, key: str, *, seconds: int, file_name: str) -> str:
        return f"https://files.example/{key}"


class OpenUploads:
    """Forms to nowhere."""

    def form(self, *, prefix: str, redirect: str, limit_bytes: int, seconds: int) -> UploadForm:
        return UploadForm("https://files.example", {"key": prefix}, "x-amz-meta-as-of")


class StillWorkflows:
    """Starts nothing and says it did."""

    def start_payment(self, *, dealer: str, account: str, payment: str, run: int) -> bool:
        return True

    def start_settlement(self, *, dealer: str, settlement: str, run: int) -> bool:
        return True

    def complete(self, token: str, outcome: dict[str, str]) -> None:
        return None


class TestSecrets:
    """Secrets of no value."""

    __test__ = False

    def values(self) -> SecretValues:
        return SecretValues("q" * 32, "sk_test", ("whsec_a",), ("whsec_c",), "plaid", "plaid", {})


class Absent:
    """A vendor no test here may call."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} must not be called")


def _config(table_name: str, portal: str, console: str) -> Config:
    return Config(
        stage="sandbox", region="us-east-1", table_name=table_name, files_bucket="files",
        portal_url=portal, console_url=console, secret_id="secret", vault_key_id="key",
        origin_secret_sha256=hashlib.sha256(ORIGIN_SECRET.encode()).hexdigest(),
        mail_from="ar@dealer.example", mail_queue_url="", events_queue_url="", imports_queue_url="",
        payment_machine_arn="", settlement_machine_arn="", stripe_api_base="", plaid_host="",
        clock_url="", form_action_hosts=("https://bank.example",), livemode=False,
    )  # fmt: skip


@dataclass
class Stage:
    """The world and the people in it; every dealer and account of a test is its own."""

    config: Config
    clock: SetClock = field(default_factory=SetClock)
    mailer: Outbox = field(default_factory=Outbox)
    queues: Bodies = field(default_factory=Bodies)
    vault: OpenVault = field(default_factory=OpenVault)
    files: Shelf = field(default_factory=Shelf)
    uploads: OpenUploads = field(default_factory=OpenUploads)
    workflows: StillWorkflows = field(default_factory=StillWorkflows)
    secrets: TestSecrets = field(default_factory=TestSecrets)
    processor: Any = field(default_factory=Absent)
    bank_link: Any = field(default_factory=Absent)
    erp: Any = field(default_factory=Absent)

    def dealer(self, **changes: Any) -> Dealer:
        """A stored dealer."""
        unique = f"d{ULID()}".lower()
        dealer = Dealer(DealerId(unique), "Ridgeline Lumber", phone="555-0100", **changes)
        put_dealer(dealer)
        return dealer

    def account(self, dealer: Dealer, **changes: Any) -> Account:
        """A stored account with one contact on file."""
        number = AccountId(changes.pop("account_id", f"A{str(ULID())[-8:]}"))
        contacts = (Contact("c1", "Pat Ruiz", f"pat.{number.lower()}@build.example", "", True),)
        account = Account(
            dealer.dealer_id, number, "Ruiz Builders", contacts=contacts, as_of=TODAY, **changes
        ).raised()
        transact([header_put(account, expected_version=None), row_put(account)], token=str(ULID()))
        return account

    def payer(self, account: Account, *, role: str = "owner") -> SignedIn:
        """A payer of an account, signed in."""
        return self._person(account.dealer_id, account.account_id, role)

    def operator(self, dealer: Dealer, *, role: str = "ar") -> SignedIn:
        """An operator of a dealer, signed in past the code."""
        return self._person(dealer.dealer_id, AccountId(""), role)

    def _person(self, dealer_id: DealerId, account_id: AccountId, role: str) -> SignedIn:
        unique, wall = str(ULID()), wall_now()
        user = User(UserId(unique), f"u{unique.lower()}@people.example", "Kim Lee", _HASHED, wall)
        company = CompanyId("")
        if account_id:
            company = get_account(dealer_id, account_id).company_id or CompanyId(f"co-{account_id}")
        member = Membership(user.user_id, dealer_id, account_id, company, role, wall)
        transact([*users.user_puts(user), *users.membership_puts(member)], token=unique)
        return start_session(user, member, stage=Step.SIGNED_IN, wall=wall)


def link_in(letter: Letter) -> str:
    """The secret part of the link in an invitation mail."""
    found = re.search(r"/i\?i=(\S+)", letter.text)
    assert found
    return found[1]


def code_in(letter: Letter) -> str:
    """The code in a verification mail."""
    found = re.search(r"Your code: (\d{6})", letter.text)
    assert found
    return found[1]


@pytest.fixture
def stage(local_aws: LocalAws) -> Iterator[Stage]:
    """A fresh stage over the session's table."""
    patch = pytest.MonkeyPatch()
    for name, value in local_aws.environment.items():
        patch.setitem(os.environ, name, value)
    patch.setitem(os.environ, "AWS_REGION", "us-east-1")
    patch.setitem(os.environ, "POWERTOOLS_METRICS_NAMESPACE", "drypowder")
    use_table(local_aws.table_name, "us-east-1")
    forget_others()
    yield Stage(_config(local_aws.table_name, "http://localhost:8080", "http://localhost:8080"))
    patch.undo()
