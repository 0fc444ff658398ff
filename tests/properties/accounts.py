"""Random accounts: payables of all kinds, claims on them, and selections a payer might make."""

from datetime import timedelta

from hypothesis import strategies as st

from chalicelib.domain.accounts import Account, BillingKind
from chalicelib.domain.claims import Claim, ClaimState, Effect
from chalicelib.domain.dealers import Dealer, FeePolicy
from chalicelib.domain.ids import PayableId, PaymentId
from chalicelib.domain.payables import Payable, PayableKind
from tests.domain.builders import TODAY, a_dealer, a_payable, a_statement, an_account

CENTS = st.integers(1, 5_000_000)
AGES = st.integers(-60, 200)


@st.composite
def payables(draw: st.DrawFn, most: int = 6) -> tuple[Payable, ...]:
    """Up to `most` open documents over three jobs, some on the statement, some in query."""
    return tuple(
        a_payable(
            f"I{place}",
            draw(CENTS),
            kind=draw(st.sampled_from(list(PayableKind))),
            due_day=TODAY - timedelta(days=draw(AGES)),
            transaction_day=TODAY - timedelta(days=draw(st.integers(0, 300))),
            job_id=draw(st.sampled_from(["", "J-1", "J-2"])),
            applies_to=draw(st.sampled_from(["", "I0", "I1"])),
            statement_id=draw(st.sampled_from(["S-10", "S-10", ""])),
            discount_cents=draw(st.integers(0, 9000)),
            discount_day=draw(st.sampled_from([None, TODAY, TODAY - timedelta(days=1)])),
            in_query=draw(st.integers(0, 9)) == 0,
        )
        for place in range(draw(st.integers(1, most)))
    )


@st.composite
def claims_on(draw: st.DrawFn, listed: tuple[Payable, ...]) -> tuple[Claim, ...]:
    """Up to two earlier payments on some of the payables, even on more than is open."""
    made = []
    for number in range(draw(st.integers(0, 2))):
        effects = tuple(
            Effect(item.payable_id, draw(CENTS)) for item in listed if draw(st.integers(0, 3)) == 0
        )
        state = draw(st.sampled_from(list(ClaimState)))
        made.append(Claim(PaymentId(f"01P{number}"), f"DP-{number}", state, effects))
    return tuple(made)


@st.composite
def ticks_of(draw: st.DrawFn, listed: tuple[Payable, ...]) -> dict[PayableId, int | None]:
    """Some payables ticked, whole or with any amount; not always a sound one."""
    return {
        item.payable_id: draw(st.none() | st.integers(1, item.open_cents + 5))
        for item in listed
        if draw(st.integers(0, 3))
    }


@st.composite
def billed_accounts(draw: st.DrawFn) -> Account:
    """An account of any billing kind with a statement of any discount."""
    base_cents = draw(CENTS)
    return an_account(
        billing_kind=draw(st.sampled_from(list(BillingKind))),
        statement=a_statement(
            discount_base_cents=base_cents,
            discount_cents=draw(st.integers(0, base_cents // 10)),
            discount_day=TODAY + timedelta(days=draw(st.integers(-1, 1))),
        ),
    )


@st.composite
def dealers(draw: st.DrawFn) -> Dealer:
    """A dealer with or without a flat fee."""
    return a_dealer(fees=FeePolicy(ach_flat_cents=draw(st.sampled_from([0, 150, 3000]))))
