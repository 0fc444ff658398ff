"""What the lifecycle's table asks of whoever writes an event, and of whoever comes after."""

from dataclasses import dataclass

from chalicelib.domain.claims import Claim
from chalicelib.domain.ledger import LedgerAccount, Line, balance
from chalicelib.domain.lifecycle import TRANSITIONS, Duty, Event, Next

# What may change the account's claims; the ledger's receivables move with them or not at all.
CLAIMS = frozenset({Duty.APPLY, Duty.RELEASE, Duty.REOPEN})
# What a later sweep still has to do; the other duties stand in the event's own transaction.
AFTER = frozenset({Duty.WATCH, Duty.DISABLE, Duty.TELL_PAYER})


class DutyNeglected(Exception):
    """What would be written with an event is not what the table asks: nothing may be written."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is written in the event's own transaction; `lines` None is no entry at all.

    An entry without lines is that of a payment of which nothing was left to move.
    """

    lines: tuple[Line, ...] | None = None
    claims: tuple[Claim, ...] = ()
    tells_operator: bool = False


def check_duties(event: Event, coming: Next, written: Written) -> None:
    """Raise DutyNeglected unless `written` is what the event must bring there, and no more."""
    asked = coming.duties
    owed_cents = balance(written.lines or ()).get(LedgerAccount.ACCOUNTS_RECEIVABLE, 0)
    checks = {
        "an entry is written exactly if asked for": (written.lines is not None)
        is (Duty.ENTRY in asked),
        "claims change only if asked for": not written.claims or bool(asked & CLAIMS),
        "receivables move with claims": not owed_cents or bool(written.claims),
        "the operator is told": written.tells_operator or Duty.TELL_OPERATOR not in asked,
    }
    broken = [name for name, holds in checks.items() if not holds]
    if broken:
        raise DutyNeglected(f"{event} to {coming.state}: {', '.join(broken)}")


def duties_after(event: Event) -> frozenset[Duty]:
    """What is still to be done once the event is written, wherever it happened."""
    asked = (coming.duties for (_, what), coming in TRANSITIONS.items() if what is event)
    return AFTER & frozenset[Duty]().union(*asked)
