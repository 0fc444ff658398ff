"""What the reconciliation says of two sides: tables of what agrees and what does not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.ids import AccountId, PayableId, PaymentId
from chalicelib.domain.ledger import LedgerAccount, Line, settled_entry
from chalicelib.domain.ledger_reversals import reversal_entry
from chalicelib.domain.overpaid import applied_claim
from chalicelib.domain.payments import PaymentStatus, Stage
from chalicelib.domain.reconciliation import ACTIONS, Check, DifferenceKind, Figure, added
from chalicelib.domain.reconciling_books import (
    compare_claims,
    compare_receivable,
    compare_trial,
)
from chalicelib.domain.reconciling_money import (
    Charge,
    Known,
    OpenMovement,
    compare_balance,
    compare_charge,
    compare_clearing,
    missing_charges,
)
from chalicelib.domain.taking_back import event_claims, take_back_all, take_back_part
from tests.domain.builders import a_payment, an_account, p1_quote

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
CHARGE = Charge("pi_1", "succeeded", 140_200, "01P")


def known(**changes: object) -> Known:
    facts: dict[str, object] = {
        "payment_id": PaymentId("01P"),
        "number": "DP-100001",
        "account_id": AccountId("C-1"),
        "status": PaymentStatus.SETTLED,
        "stage": Stage.DONE,
        "charged_cents": 140_200,
        "processor_id": "pi_1",
        "handed_over_at": NOW,
    }
    return Known(**{**facts, **changes})  # type: ignore[arg-type]


PENDING = {"status": PaymentStatus.PENDING, "stage": Stage.PROCESSING}
FUNDED = {"status": PaymentStatus.PENDING, "stage": Stage.FUNDED}
FAILED = {"status": PaymentStatus.FAILED}


@pytest.mark.parametrize(
    ("charge", "ours", "kind"),
    [
        (CHARGE, known(), None),
        (CHARGE, known(status=PaymentStatus.RETURNED), None),
        (CHARGE, known(**FUNDED), None),
        (CHARGE, known(**PENDING), DifferenceKind.MISSED_OUTCOME),
        (CHARGE, known(**FAILED), DifferenceKind.CONTRADICTED),
        (CHARGE, known(charged_cents=1), DifferenceKind.AMOUNT),
        (CHARGE, None, DifferenceKind.UNKNOWN_CHARGE),
        (replace(CHARGE, reference=""), None, None),
        (replace(CHARGE, state="processing"), known(**PENDING), None),
        (replace(CHARGE, state="processing"), None, DifferenceKind.UNKNOWN_CHARGE),
        (replace(CHARGE, state="processing"), known(), DifferenceKind.DENIED),
        (replace(CHARGE, state="failed"), known(**PENDING), DifferenceKind.MISSED_OUTCOME),
        (replace(CHARGE, state="failed"), known(**FAILED), None),
        (replace(CHARGE, state="failed"), None, None),
        (replace(CHARGE, state="canceled"), known(), DifferenceKind.DENIED),
    ],
)
def test_a_charge_against_our_payment(
    charge: Charge, ours: Known | None, kind: DifferenceKind | None
) -> None:
    found = compare_charge(charge, ours)

    assert (found.kind if found else None) == kind


def test_only_charged_payments_the_processor_does_not_list_are_denied() -> None:
    ours = [
        known(),
        known(processor_id="pi_2", number="DP-2"),
        known(processor_id="pi_3", **PENDING),
        known(processor_id="", number="DP-4"),  # Net 0: there was no processor step.
    ]

    assert [it.subject for it in missing_charges(ours, ["pi_1"])] == ["DP-2"]


def movement(category: str, cents: int, *, fee: int = 0, tag: str = "01P") -> OpenMovement:
    return OpenMovement("txn", category, cents, cents - fee, "src_1", "pi_1", NOW, tag)


@pytest.mark.parametrize(
    ("movements", "clearing", "subjects"),
    [
        ([movement("charge", 1402_00, fee=41_00)], {"01P": 1402_00}, []),
        ([movement("charge", 1402_00), movement("refund", -715_30)], {"01P": 686_70}, []),
        # A dispute's fee is in our entry, or is not yet: either way it is explained.
        ([movement("dispute", -1402_00, fee=15_00)], {"01P": -1417_00}, []),
        ([movement("dispute", -1402_00, fee=15_00)], {"01P": -1402_00}, []),
        ([movement("fee", -500, tag="")], {}, []),
        ([movement("payout", -136_100, tag="")], {}, []),
        ([movement("payout", -5_000, tag="")], {"src_1": -5_000}, []),
        ([movement("payout_reversal", 900, tag="")], {"src_1": 900}, []),
        ([movement("charge", 1402_00)], {}, ["01P"]),
        ([movement("charge", 700, tag="")], {}, ["src_1"]),
        ([], {"01P": 1402_00}, ["01P"]),
        ([movement("charge", 1402_00)], {"01P": 1402_00, "02P": 1}, ["02P"]),
        ([movement("charge", 1402_00)], {"01P": 1401_99}, ["01P"]),
    ],
)
def test_clearing_against_the_movements_not_deposited_yet(
    movements: list[OpenMovement], clearing: dict[str, int], subjects: list[str]
) -> None:
    figure, found = compare_clearing(movements, clearing)

    assert [it.subject for it in found] == subjects
    assert (figure.ours_cents == figure.theirs_cents) is (not subjects)


def test_the_balance_is_the_net_of_every_movement_payouts_included() -> None:
    held = [movement("charge", 1000, fee=30), movement("payout", -500), movement("fee", -20)]

    assert compare_balance(held, 450) == (Figure(Check.BALANCE, 450, 450, 3), [])
    assert compare_balance(held, 449)[1][0].kind is DifferenceKind.BALANCE


def test_a_ledger_that_does_not_balance_is_a_difference() -> None:
    sums = {LedgerAccount.CLEARING: 100, LedgerAccount.BANK: -99}

    figure, found = compare_trial(sums)

    assert (figure.ours_cents, figure.theirs_cents) == (100, 99)
    assert [it.kind for it in found] == [DifferenceKind.TRIAL]


def test_what_a_settled_payment_took_is_the_same_in_ledger_and_claims() -> None:
    payment = a_payment(p1_quote(), surplus_cents=500, charged_cents=140_700)
    claims = [applied_claim(payment, NOW)]

    figure, found = compare_receivable(payment, claims, settled_entry(payment))

    assert (found, figure.ours_cents != 0) == ([], True)


@pytest.mark.parametrize("whole", [True, False])
def test_what_a_later_event_gave_back_is_the_same_in_ledger_and_claims(whole: bool) -> None:
    payment = a_payment(p1_quote(), surplus_cents=500, charged_cents=140_700)
    reversal = (
        take_back_all(payment, number="DP-1-R1", money_cents=payment.charged_cents)
        if whole
        else take_back_part(payment, number="DP-1-R1", money_cents=600)
    )
    claims = [applied_claim(payment, NOW), *event_claims(payment, reversal, "return-1")]
    lines = [*settled_entry(payment), *reversal_entry(payment, reversal, source_id="du_1")]

    figure, found = compare_receivable(payment, claims, lines)

    assert found == []
    assert (figure.ours_cents == 0) is whole


def test_an_entry_that_is_missing_or_a_claim_that_is_smaller_is_a_difference() -> None:
    payment = a_payment(p1_quote())
    claim = applied_claim(payment, NOW)
    lines: list[Line] = list(settled_entry(payment))
    smaller = replace(claim, effects=claim.effects[1:])

    kinds = [
        [it.kind for it in compare_receivable(payment, [one], entry)[1]]
        for one, entry in ((claim, lines), (claim, []), (smaller, lines))
    ]

    assert kinds == [[], [DifferenceKind.RECEIVABLE], [DifferenceKind.RECEIVABLE]]


@pytest.mark.parametrize(
    ("status", "holds", "count"),
    [
        (PaymentStatus.PENDING, True, 0),
        (PaymentStatus.FROZEN, True, 0),
        (PaymentStatus.FAILED, True, 1),
        (PaymentStatus.SETTLED, False, 0),
        (PaymentStatus.PENDING, False, 1),
    ],
)
def test_money_in_flight_and_payments_on_their_way_belong_together(
    status: PaymentStatus, holds: bool, count: int
) -> None:
    payment = replace(a_payment(p1_quote()), status=status)
    effects = (Effect(PayableId("A"), 100),) if holds else ()
    claim = Claim(payment.payment_id, payment.number, ClaimState.IN_FLIGHT, effects)

    found = compare_claims(an_account(), [claim], {payment.payment_id: payment})

    assert [it.kind for it in found] == [DifferenceKind.CLAIM] * count


def test_figures_of_the_same_check_are_added_up() -> None:
    one, two = Figure(Check.PARTS, 1, 2, 1), Figure(Check.PARTS, 10, 20, 1)

    assert added((one,), (two, Figure(Check.HELD, 0, 0))) == (
        Figure(Check.PARTS, 11, 22, 2),
        Figure(Check.HELD, 0, 0),
    )


def test_every_kind_of_difference_says_what_to_do() -> None:
    assert set(ACTIONS) == set(DifferenceKind)
