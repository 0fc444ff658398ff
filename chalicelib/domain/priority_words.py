"""The sentence that explains a Collection Priority, the same on every screen."""

from chalicelib.domain.accounts import PriorityNote

WINDOW_DAYS = 30
_COUNT_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_STRETCHED_PERCENT = 80
_ROUNDING = ((1_000_000, 100_000), (100_000, 10_000), (10_000, 1_000), (1_000, 100), (100, 10))


def explain(note: PriorityNote) -> str:
    """ "8.8 – about $18,000 expected late, 26 of the next 30 days (12 invoices so far, …); +0.8 …".

    Whole dollars, rounded as the word "about" allows.
    """
    shown = tenths(note.score_tenths)
    if note.excluded:
        reason = note.excluded if note.excluded == "nothing open" else f"{note.excluded} account"
        return f"{shown} – {reason}"
    parts = [f"{shown} – {_expected(note)} ({_history(note)})"]
    if note.lift_tenths:
        parts.append(f"+{tenths(note.lift_tenths)} {_reasons(note)}")
    if note.damped:
        parts.append("× 0.6 contacted in the last 3 business days")
    return "; ".join(parts)


def _expected(note: PriorityNote) -> str:
    if note.late_dollar_days == 0:
        return "nothing expected late in the next 30 days"
    days = f"{note.expected_late_days} of the next {WINDOW_DAYS} days"
    return f"about {about(note.expected_late_cents)} expected late, {days}"


def _history(note: PriorityNote) -> str:
    if not note.own_invoices:
        return "no invoices paid so far, so judged by all customers"
    invoices = "invoice" if note.own_invoices == 1 else "invoices"
    days = note.own_average_days_late
    average = f"{abs(days)} {'day' if abs(days) == 1 else 'days'} {'early' if days < 0 else 'late'}"
    return f"{note.own_invoices} {invoices} so far, paid {average} on average"


def _reasons(note: PriorityNote) -> str:
    reasons = []
    if note.returned_recently:
        reasons.append("a payment came back")
    if note.promises_broken:
        broken = note.promises_broken
        count = _COUNT_WORDS[broken] if broken < len(_COUNT_WORDS) else str(broken)
        reasons.append(f"{count} {'promise' if broken == 1 else 'promises'} broken")
    if note.credit_use_percent > _STRETCHED_PERCENT:
        reasons.append(f"{note.credit_use_percent} % of the credit limit used")
    return ", ".join(reasons)


def about(cents: int) -> str:
    """Whole dollars, rounded as the word "about" allows: "$18,000"."""
    dollars = (cents + 50) // 100
    for least, step in _ROUNDING:
        if dollars >= least:
            dollars = (dollars + step // 2) // step * step
            break
    return f"${dollars:,}"


def tenths(number: int) -> str:
    """88 → "8.8": scores are kept in tenths."""
    whole, rest = divmod(number, 10)
    return f"{whole}.{rest}"
