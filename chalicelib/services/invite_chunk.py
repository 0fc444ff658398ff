"""The worker of a mailing: invites one chunk's accounts, each for itself and each once."""

from collections.abc import Mapping, Sequence

from ulid import ULID

from chalicelib.domain.errors import AlreadyDone, DrypowderError, TryAgain
from chalicelib.domain.ids import AccountId, DealerId, MailingId
from chalicelib.domain.invitations import UNANSWERED
from chalicelib.domain.mailings import Entry, Mailing, Outcome, Purpose
from chalicelib.services.change_invitation import until_stored
from chalicelib.services.invite_customer import invite_customer, resend_invitation
from chalicelib.services.world import World
from chalicelib.storage.mailings import Chunk, chunk_put, get_chunk, get_head
from chalicelib.storage.transactions import Write, transact


def invite_chunk(world: World, body: Mapping[str, str]) -> None:
    """Invite every account of a chunk that is still open. A repeat invites nobody twice.

    A refusal is noted beside its account. What failed unexpectedly is raised once the others are
    done, so that the message comes back for it alone.
    """
    dealer_id, mailing_id = DealerId(body["dealer"]), MailingId(body["id"])
    chunk = get_chunk(dealer_id, mailing_id, int(body["chunk"]))
    mailing = get_head(dealer_id, mailing_id)
    failures: list[Exception] = []
    for entry in chunk.entries:
        if not entry.is_open:
            continue
        try:
            _invite(world, chunk, entry, mailing)
        except Exception as error:  # noqa: BLE001  One account's trouble is not the others'.
            failures.append(error)
    if failures:
        raise ExceptionGroup("invitations that come back", failures)


def _invite(world: World, chunk: Chunk, entry: Entry, mailing: Mailing) -> None:
    def invited() -> Sequence[Write]:
        fresh = _read_again(chunk)
        if not _is_open(fresh, entry.account_id):
            raise AlreadyDone("Another run of this message invited the account.")
        return [chunk_put(fresh.noted(entry.account_id, Outcome.INVITED))]

    try:
        if mailing.purpose is Purpose.RESEND:
            resend_invitation(
                world,
                chunk.dealer_id,
                account_id=entry.account_id,
                operator=mailing.operator,
                resendable=UNANSWERED,
                record=invited,
            )
        else:
            invite_customer(
                world,
                chunk.dealer_id,
                account_id=entry.account_id,
                operator=mailing.operator,
                contact_id=entry.contact_id,
                record=invited,
            )
    except TryAgain:
        raise
    except DrypowderError as refused:
        _note_refused(chunk, entry.account_id, refused.sentence)


def _note_refused(chunk: Chunk, account_id: AccountId, sentence: str) -> None:
    def attempt() -> None:
        fresh = _read_again(chunk)
        if _is_open(fresh, account_id):
            put = chunk_put(fresh.noted(account_id, Outcome.REFUSED, sentence))
            transact([put], token=str(ULID()))

    until_stored(attempt)


def _read_again(chunk: Chunk) -> Chunk:
    return get_chunk(chunk.dealer_id, chunk.mailing_id, chunk.number)


def _is_open(chunk: Chunk, account_id: AccountId) -> bool:
    return any(entry.is_open for entry in chunk.entries if entry.account_id == account_id)
