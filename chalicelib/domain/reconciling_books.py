"""Our own side: ledger, settlements, postings, and accounts with the claims on them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from chalicelib.domain.accounts import Account
from chalicelib.domain.claims import Claim, ClaimState
from chalicelib.domain.ids import PayableId, PaymentId, SettlementId
from chalicelib.domain.ledger import LedgerAccount, Line
from chalicelib.domain.payments import Payment, PaymentStatus
from chalicelib.domain.reconciliation import Check, Difference, DifferenceKind, Figure
from chalicelib.domain.reversals import DisputePhase
from chalicelib.domain.settlements import Settlement

_USED = "-used"  # How taking_back.event_claims names claims on credits that are used up.
_PENDING = (PaymentStatus.PENDING, PaymentStatus.FROZEN)


def compare_trial(sums: Mapping[LedgerAccount, int]) -> tuple[Figure, list[Difference]]:
    """Debit balances equal credit balances."""
    debits = sum(cents for cents in sums.values() if cents > 0)
    credited = -sum(cents for cents in sums.values() if cents < 0)
    figure = Figure(Check.TRIAL, debits, credited, len(sums))
    if debits == credited:
        return figure, []
    sentence = "The ledger's debits and credits are not equal."
    return figure, [Difference(DifferenceKind.TRIAL, "ledger", sentence, debits, credited)]


def compare_held(
    sums: Mapping[LedgerAccount, int], disputed: Iterable[Payment]
) -> tuple[Figure, list[Difference]]:
    """Held in dispute is the money of the disputes whose funds are withdrawn and not decided."""
    open_cents = [
        payment.dispute.amount_cents
        for payment in disputed
        if payment.dispute is not None and payment.dispute.phase is DisputePhase.WITHDRAWN
    ]
    ours, theirs = sums.get(LedgerAccount.HELD_IN_DISPUTE, 0), sum(open_cents)
    figure = Figure(Check.HELD, ours, theirs, len(open_cents))
    if ours == theirs:
        return figure, []
    sentence = "Held in dispute is not what the open disputes have withdrawn."
    return figure, [Difference(DifferenceKind.HELD, "disputes", sentence, ours, theirs)]


def settlement_path(settlement_id: str) -> str:
    """A settlement's page."""
    return f"/console/settlements/{settlement_id}"


def compare_deposit(
    settlement: Settlement, paid_out_cents: int | None
) -> tuple[Figure, list[Difference]]:
    """A settlement against the processor's payout; None: it lists none (it is older)."""
    theirs = settlement.deposit_cents if paid_out_cents is None else paid_out_cents
    figure = Figure(Check.DEPOSITS, settlement.deposit_cents, theirs, 1)
    if settlement.deposit_cents != theirs:
        sentence = "The settlement's deposit is not the amount the processor paid out."
        kind, sides = DifferenceKind.DEPOSIT, (settlement.deposit_cents, theirs)
    elif not settlement.is_proven and settlement.resolved_at is None:
        sentence = "The deposit's lines do not add up, or something in them is unexplained."
        kind, sides = DifferenceKind.UNPROVEN, (settlement.computed_cents, theirs)
    else:
        return figure, []
    subject = settlement.settlement_id
    return figure, [Difference(kind, subject, sentence, *sides, settlement_path(subject))]


def compare_parts(
    settlement: Settlement, payments: Iterable[Payment]
) -> tuple[Figure, list[Difference]]:
    """Σ parts is the gross, and each payment says it is in this settlement and in no other."""
    found = []
    subject, own_path = settlement.settlement_id, settlement_path(settlement.settlement_id)
    parts_cents = sum(part.gross_cents for part in settlement.parts)
    if settlement.is_proven and parts_cents != settlement.gross_cents:
        sentence = "The settlement's payments do not add up to its gross."
        sides = (parts_cents, settlement.gross_cents)
        found.append(Difference(DifferenceKind.PARTS, subject, sentence, *sides, own_path))
    counts = Counter(part.payment_id for part in settlement.parts)
    for payment in payments:
        count = counts[payment.payment_id]
        is_own = count == 1 and payment.settlement_id == subject
        if settlement.is_proven and count and not is_own:
            other = payment.settlement_id or "no settlement"
            sentence = f"{payment.number} is listed in {subject} and says it is in {other}."
            sides = (payment.charged_cents, 0)
            path = f"/console/payments/{payment.number}"
            found.append(Difference(DifferenceKind.TWICE, payment.number, sentence, *sides, path))
    return Figure(Check.PARTS, parts_cents, settlement.gross_cents, len(settlement.parts)), found


def posting_difference(
    kind: DifferenceKind, settlement_id: SettlementId, sentence: str, amount_cents: int
) -> Difference:
    """A posting, or its reversal, that is not in the ERP as we hold it, or does not get there."""
    is_missing = kind in (DifferenceKind.NOT_IN_ERP, DifferenceKind.UNREVERSED)
    ours = 0 if kind is DifferenceKind.REVERSED_IN_ERP else amount_cents
    theirs = 0 if is_missing else amount_cents
    path = settlement_path(settlement_id)
    return Difference(kind, settlement_id, sentence, ours, theirs, path)


def compare_header(account: Account, recomputed: Account) -> tuple[Figure, list[Difference]]:
    """What a header shows as outstanding and in flight against its payables and claims."""
    shown, right = account.totals, recomputed.totals
    figure = Figure(Check.HEADERS, shown.outstanding_cents, right.outstanding_cents, 1)
    path = f"/console/customers/{account.account_id}"
    found = [
        Difference(DifferenceKind.HEADER, account.account_id, sentence, ours, theirs, path)
        for ours, theirs, sentence in (
            (
                shown.outstanding_cents,
                right.outstanding_cents,
                "The account's outstanding is not the sum of its payables.",
            ),
            (
                shown.in_flight_cents,
                right.in_flight_cents,
                "The account's money in flight is not the sum of its claims.",
            ),
        )
        if ours != theirs
    ]
    return figure, found


def compare_claims(
    account: Account, claims: Iterable[Claim], payments: Mapping[PaymentId, Payment]
) -> list[Difference]:
    """Money in flight belongs to a payment on its way, and such a payment holds its documents.

    `payments` are the account's that claim something or are on their way.
    """
    found, holding = [], set()
    for claim in claims:
        if claim.state is not ClaimState.IN_FLIGHT or not claim.effects:
            continue
        holding.add(claim.payment_id)
        payment = payments.get(claim.payment_id)
        if payment is None or payment.status not in _PENDING:
            cents = sum(it.amount_cents for it in claim.effects if it.applied_to is None)
            sentence = f"{claim.number} holds documents of {account.name} but is not on its way."
            found.append(_claim_difference(claim.number, sentence, cents, 0))
    for payment in payments.values():
        if payment.status in _PENDING and payment.payment_id not in holding and payment.effects:
            sentence = f"{payment.number} is on its way but holds none of its documents."
            cents = payment.allocations_cents
            found.append(_claim_difference(payment.number, sentence, 0, cents))
    return found


def compare_receivable(
    payment: Payment, claims: Iterable[Claim], lines: Iterable[Line]
) -> tuple[Figure, list[Difference]]:
    """What a payment that is not posted yet took off AR and put on account: ledger and claims.

    Only the sum of the two is compared: a reversal may turn one into the other.
    """
    accounts = (LedgerAccount.ACCOUNTS_RECEIVABLE, LedgerAccount.UNAPPLIED_CASH)
    ours = sum(line.balance_cents for line in lines if line.account in accounts)
    used = {use.payable_id for use in payment.credits_used}
    theirs = sum(_owed_change_cents(claim, used) for claim in claims)
    figure = Figure(Check.RECEIVABLE, ours, theirs, 1)
    if ours == theirs:
        return figure, []
    sentence = f"The ledger of {payment.number} and what its documents show are not the same."
    path = f"/console/payments/{payment.number}"
    return figure, [
        Difference(DifferenceKind.RECEIVABLE, payment.number, sentence, ours, theirs, path)
    ]


def _owed_change_cents(claim: Claim, used: Collection[PayableId]) -> int:
    """By how much the claim changes what the customer owes, net of credits and cash on account."""
    taken = sum(it.amount_cents for it in claim.effects)
    credits_cents = sum(
        it.amount_cents for it in claim.effects if it.applied_to or it.payable_id in used
    )
    documents = taken - credits_cents
    surplus = sum(it.original_cents for it in claim.brings if it.is_on_account)
    if claim.state is ClaimState.REVERSED:
        return documents - credits_cents
    if claim.event.endswith(_USED):
        return taken
    return credits_cents - documents - surplus


def _claim_difference(number: str, sentence: str, ours_cents: int, theirs_cents: int) -> Difference:
    path = f"/console/payments/{number}"
    return Difference(DifferenceKind.CLAIM, number, sentence, ours_cents, theirs_cents, path)
