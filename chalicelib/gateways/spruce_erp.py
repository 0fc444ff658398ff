"""The dealer-side Spruce agent over the small JSON protocol of docs/SPRUCE.md."""

from dataclasses import asdict
from functools import cached_property
from urllib.parse import quote

import msgspec
import urllib3
import urllib3.exceptions

from chalicelib.domain.dealers import Dealer
from chalicelib.domain.posting import Posting
from chalicelib.domain.posting_lines import PostingLine
from chalicelib.gateways.erp import ErpRefused, ErpUnreachable
from chalicelib.gateways.secrets import Secrets

TIMEOUT = urllib3.Timeout(connect=3.0, read=30.0)  # A posting of 10,000 lines takes its time.
OK, CREATED, WRONG_KEY, NOT_FOUND, THROTTLED, SERVER_ERRORS = 200, 201, 401, 404, 429, 500

SENTENCES = {
    "unauthorised": "Spruce refused the key of this dealer. Check the key with the Spruce agent.",
    "reference_conflict": "Spruce already holds this posting with other content. Nothing was "
    "written now; compare the two before going on.",
    "period_closed": "Spruce's books are closed for {date}; the first open day is {open_from}. "
    "Set “books closed through” in the settings and post again.",
    "unknown_document": "Spruce does not know document {document}. "
    "Enter it there again and post, or post this settlement by hand.",
    "document_over_applied": "Document {document} has less open in Spruce than this settlement "
    "applies to it. Was it paid at the counter?",
    "unbalanced": "Spruce says debits and credits differ. Nothing was written.",
}


class _Problem(msgspec.Struct):
    code: str = "unknown"
    message: str = ""
    document: str = ""
    open_from: str = ""


class _Error(msgspec.Struct):
    error: _Problem = msgspec.field(default_factory=_Problem)


class _Document(msgspec.Struct):
    open_cents: int


class _Receipt(msgspec.Struct):
    status: str
    reference: str
    debit_cents: int
    credit_cents: int


class SpruceErp:
    """Posts to and asks the agent named by each dealer's settings, with that dealer's key."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        # No retries of its own: the posting step asks by reference before it repeats.
        return urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def find(self, dealer: Dealer, posting: Posting) -> bool:
        """True if the ERP has taken this posting; raises ErpRefused if it holds other amounts."""
        answer = self._send(dealer, "GET", f"/postings/{quote(posting.reference, safe='')}")
        if answer.status == NOT_FOUND:
            return False
        if answer.status != OK:
            raise _refusal(answer, "")
        _require_same(posting, answer)
        return True

    def post(self, dealer: Dealer, posting: Posting) -> None:
        """Post once; raises ErpUnreachable (ask before repeating) or ErpRefused."""
        answer = self._send(dealer, "POST", "/postings", msgspec.json.encode(_body(posting)))
        if answer.status not in (OK, CREATED):
            raise _refusal(answer, posting.day.isoformat())
        _require_same(posting, answer)

    def open_cents(self, dealer: Dealer, document: str) -> int:
        """What is open on a document at this moment; raises ErpRefused for an unknown one."""
        answer = self._send(dealer, "GET", f"/invoices/{quote(document, safe='')}")
        if answer.status != OK:
            raise _refusal(answer, "")
        try:
            return msgspec.json.decode(answer.data, type=_Document).open_cents
        except msgspec.MsgspecError as error:
            raise ErpUnreachable("unreadable answer") from error

    def _send(
        self, dealer: Dealer, method: str, path: str, body: bytes = b""
    ) -> urllib3.BaseHTTPResponse:
        key = self._secrets.values().erp_keys.get(dealer.dealer_id, "")
        if not dealer.erp_url or not key:
            raise ErpRefused("No Spruce connection is set up for this dealer.")
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        url = dealer.erp_url.rstrip("/") + path
        try:
            answer = self._pool.request(
                method, url, body=body or None, headers=headers, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise ErpUnreachable(type(error).__name__) from error
        if answer.status >= SERVER_ERRORS or answer.status == THROTTLED:
            raise ErpUnreachable(f"status {answer.status}")
        return answer


def _body(posting: Posting) -> dict[str, object]:
    return {
        "reference": posting.reference,
        "category": posting.category.value,
        "date": posting.day.isoformat(),
        "memo": posting.memo,
        "lines": [_line(line) for line in posting.lines],
    }


def _line(line: PostingLine) -> dict[str, object]:
    said = {name: value for name, value in asdict(line).items() if value and name != "day"}
    return said if line.day is None else {**said, "date": line.day.isoformat()}


def _require_same(posting: Posting, answer: urllib3.BaseHTTPResponse) -> None:
    receipt = _receipt(answer)
    written = (receipt.reference, receipt.debit_cents, receipt.credit_cents)
    if written != (posting.reference, posting.debit_cents, posting.credit_cents):
        raise ErpRefused("Spruce holds this posting with other amounts. Compare the two.")


def _receipt(answer: urllib3.BaseHTTPResponse) -> _Receipt:
    try:
        return msgspec.json.decode(answer.data, type=_Receipt)
    except msgspec.MsgspecError as error:
        # It said yes in words we cannot read: taken or not, asking again will tell.
        raise ErpUnreachable("unreadable answer") from error


def _refusal(answer: urllib3.BaseHTTPResponse, day: str) -> ErpRefused:
    try:
        problem = msgspec.json.decode(answer.data, type=_Error).error
    except msgspec.MsgspecError:
        problem = _Problem()
    code = "unauthorised" if answer.status == WRONG_KEY else problem.code
    sentence = SENTENCES.get(code, "Spruce refused the posting ({code}).")
    said = sentence.format(
        code=code, document=problem.document, date=day, open_from=problem.open_from
    )
    return ErpRefused(said, code=code, document=problem.document)
