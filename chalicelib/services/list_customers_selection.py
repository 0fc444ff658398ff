"""Which accounts a query asks for and in which order: filters, search and sorting over columns."""

import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, compress

from chalicelib.domain.accounts import Badge
from chalicelib.domain.aging import Bucket
from chalicelib.domain.dealers import Dealer
from chalicelib.domain.invitations import CAME_BACK, expires_at
from chalicelib.storage.roster import Roster
from chalicelib.storage.roster_row import seconds

BUCKET_COLUMNS = {
    Bucket.CURRENT: "current_cents",
    Bucket.DAYS_1_30: "days_1_30_cents",
    Bucket.DAYS_31_60: "days_31_60_cents",
    Bucket.DAYS_61_90: "days_61_90_cents",
    Bucket.DAYS_91_UP: "days_91_up_cents",
}
BUCKETS = tuple(BUCKET_COLUMNS.values())
PAST_DUE = BUCKETS[1:]
UNANSWERED_BADGES = frozenset({Badge.PENDING, Badge.EXPIRED})

# Sort keys of the dashboard's columns → the columns summed; credits count against.
SORTS: dict[str, tuple[str, ...]] = {
    "priority": ("score_tenths", "late_dollar_days"),
    "name": ("name",),
    "badge": ("badge",),
    "kind": ("account_kind",),
    "outstanding": (*BUCKETS, "-credits_cents"),
    "current": ("current_cents",),
    "past_due": PAST_DUE,
    "days_1_30": ("days_1_30_cents",),
    "days_31_60": ("days_31_60_cents",),
    "days_61_90": ("days_61_90_cents",),
    "days_91_up": ("days_91_up_cents",),
    "debits": ("debits_cents",),
    "credits": ("credits_cents",),
    "wado": ("wado_days",),
    "last_contact": ("last_contact_at",),
}


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """What to show; every field's default means "all". Cents; balances are outstanding."""

    search: str = ""
    badge: Badge | None = None  # Badge.NONE = never invited.
    pending_days: int = 0  # Pending for more than this many days.
    came_back: bool = False  # Nobody has answered, and the mail bounced or was reported as spam.
    account_kind: str = ""
    bucket: Bucket | None = None  # Something in this bucket.
    past_due: bool = False
    least_cents: int | None = None
    most_cents: int | None = None
    active: bool | None = None


def folded(text: str) -> str:
    """Text as search compares it: no case, no accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def summed(roster: Roster, columns: Iterable[str]) -> Sequence[int]:
    """One number per account: the columns added up, those marked with "-" taken off."""
    numbers = roster.columns.numbers
    first, *rest = columns
    total: Sequence[int] = numbers[first]
    for name in rest:
        sign = -1 if name.startswith("-") else 1
        column = numbers[name.removeprefix("-")]
        total = [a + sign * b for a, b in zip(total, column, strict=True)]
    return total


def selected(roster: Roster, query: CustomerFilter, dealer: Dealer, now: datetime) -> bytearray:
    """1 for every account that the filter keeps, by position."""
    mask = bytearray(b"\x01") * len(roster.columns)
    for keep in _tests(roster, query, dealer, now):
        for position in compress(range(len(mask)), mask):
            if not keep(position):
                mask[position] = 0
    return mask


def _tests(
    roster: Roster, query: CustomerFilter, dealer: Dealer, now: datetime
) -> Iterable[Callable[[int], bool]]:
    if query.badge is not None or query.pending_days:
        yield _badge_test(roster, query, dealer, now)
    if query.came_back:
        unanswered = (
            _badge_test(roster, CustomerFilter(badge=badge), dealer, now)
            for badge in UNANSWERED_BADGES
        )
        yield _any_test(unanswered)
        yield _any_test(_word_test(roster, "delivery", word) for word in CAME_BACK)
    if query.account_kind:
        yield _word_test(roster, "account_kind", query.account_kind)
    if query.active is not None:
        active = _word_test(roster, "status", "active")
        wanted = query.active
        yield lambda position: active(position) is wanted
    if query.bucket:
        column = roster.columns.numbers[BUCKET_COLUMNS[query.bucket]]
        yield lambda position: column[position] > 0
    if query.past_due:
        late = summed(roster, PAST_DUE)
        yield lambda position: late[position] > 0
    if query.least_cents is not None or query.most_cents is not None:
        balances = summed(roster, SORTS["outstanding"])
        least = -(2**62) if query.least_cents is None else query.least_cents
        most = 2**62 if query.most_cents is None else query.most_cents
        yield lambda position: least <= balances[position] <= most
    if query.search.strip():
        found = _found(roster, query.search)
        yield lambda position: position in found


def _any_test(tests: Iterable[Callable[[int], bool]]) -> Callable[[int], bool]:
    each = tuple(tests)
    return lambda position: any(test(position) for test in each)


def _word_test(roster: Roster, column: str, word: str) -> Callable[[int], bool]:
    words = roster.columns.words[column]
    code = words.index(word) if word in words else -1
    codes = roster.columns.numbers[column]
    return lambda position: codes[position] == code


def badge_at(badge: str, invited_at: int, dealer: Dealer, now: datetime) -> Badge:
    """The badge as of now: a pending invitation past its time reads Expired."""
    if badge == Badge.PENDING and 0 < invited_at <= _expired_before(dealer, now):
        return Badge.EXPIRED
    return Badge(badge)


def _expired_before(dealer: Dealer, now: datetime) -> int:
    """The newest moment of sending, UTC seconds, whose invitation has expired by now."""
    sent_at = now - timedelta(days=dealer.invitation_days + 1)
    while expires_at(sent_at + timedelta(minutes=15), dealer) < now:
        sent_at += timedelta(minutes=15)
    return seconds(sent_at)


def _badge_test(
    roster: Roster, query: CustomerFilter, dealer: Dealer, now: datetime
) -> Callable[[int], bool]:
    words, codes = roster.columns.words["badge"], roster.columns.numbers["badge"]
    invited, expired_before = roster.columns.numbers["invited_at"], _expired_before(dealer, now)
    wanted = Badge.PENDING if query.pending_days else query.badge
    newest = seconds(now - timedelta(days=query.pending_days)) if query.pending_days else 2**62
    pending = words.index(Badge.PENDING) if Badge.PENDING in words else -1
    stored = words.index(wanted) if wanted in words else -1

    def keep(position: int) -> bool:
        code = codes[position]
        if code == pending:
            expired = 0 < invited[position] <= expired_before
            return wanted == (Badge.EXPIRED if expired else Badge.PENDING) and (
                invited[position] < newest
            )
        return code == stored

    return keep


def _found(roster: Roster, search: str) -> set[int]:
    """Accounts where every searched word begins a word of the name or the account number."""
    lines = _haystack(roster)
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    positions: set[int] | None = None
    for word in folded(search).split():
        hits = _hits(roster.folded, f" {word}", starts)
        positions = hits if positions is None else positions & hits
    return positions or set()


def _haystack(roster: Roster) -> list[str]:
    if not roster.folded:
        texts = roster.columns.texts
        names = folded("\n".join(texts["name"])).split("\n")
        numbers = folded("\n".join(texts["account_id"])).split("\n")
        spaced = (
            f" {number} {name} {_split_words(name)}"
            for number, name in zip(numbers, names, strict=True)
        )
        roster.folded = "\n".join(spaced)
    return roster.folded.split("\n")


def _split_words(name: str) -> str:
    """The words of a name such as "o'brien-hughes" once more without its punctuation."""
    plain = "".join(letter if letter.isalnum() else " " for letter in name)
    return plain if plain != name else ""


def _hits(haystack: str, needle: str, starts: Sequence[int]) -> set[int]:
    hits, at = set(), haystack.find(needle)
    while at >= 0:
        position = bisect_right(starts, at) - 1
        hits.add(position)
        at = haystack.find(needle, starts[position + 1])
    return hits


def ordered(roster: Roster, sort: str) -> Sequence[int]:
    """Positions of all accounts in ascending order of a sort key, then account id; remembered."""
    known = roster.orders.get(sort)
    if known is None:
        values = sort_values(roster, sort)
        ids = roster.columns.texts["account_id"]
        positions = sorted(range(len(ids)), key=ids.__getitem__)
        positions.sort(key=values)
        known = roster.orders[sort] = array("i", positions)
    return known


def sort_values(roster: Roster, sort: str) -> Callable[[int], int | str]:
    """What one account sorts by."""
    columns = roster.columns
    match sort:
        case "name":
            names = columns.texts["name"]
            return lambda position: folded(names[position])
        case "badge" | "kind":
            column = SORTS[sort][0]
            words, codes = columns.words[column], columns.numbers[column]
            return lambda position: words[codes[position]]
        case "priority":
            # Equal scores: the larger expected lateness first; both fit one integer.
            score, late = columns.numbers["score_tenths"], columns.numbers["late_dollar_days"]
            return lambda position: (score[position] << 48) + late[position]
    return summed(roster, SORTS[sort]).__getitem__
