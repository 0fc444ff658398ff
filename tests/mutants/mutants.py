"""Planted money bugs: each is one wrong line somewhere, which the random histories must notice.

A mutant gets a MonkeyPatch and changes one function of the product. Whoever adds an event to the
product adds its mutants here, and to the histories what would notice them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.domain import pricing
from chalicelib.domain.claims import ClaimState, Owed
from chalicelib.domain.payments import Payment
from chalicelib.domain.quotes import Quote
from chalicelib.gateways.processor import ProcessorRefused, ProcessorUnreachable
from chalicelib.gateways.stripe_processor import StripeProcessor
from chalicelib.services import (
    apply_payment,
    finish_payment,
    originate_payment,
    post_settlement,
    prove_settlement,
    record_outcome,
    watch_payments,
)

Mutant = Callable[[pytest.MonkeyPatch], None]


def claim_not_released_on_failure(patch: pytest.MonkeyPatch) -> None:
    real = finish_payment.account_writes

    def keeping(state: Any, payment: Payment, claim: Any, **named: Any) -> Any:
        return real(state, payment, replace(claim, effects=payment.effects), **named)

    patch.setattr(finish_payment, "account_writes", keeping)


def claim_dropped_when_settled(patch: pytest.MonkeyPatch) -> None:
    real = apply_payment.applied_claim
    patch.setattr(apply_payment, "applied_claim", lambda *a: replace(real(*a), effects=()))


def ledger_entry_written_twice(patch: pytest.MonkeyPatch) -> None:
    real = finish_payment.line_puts

    def twice(*args: Any, event_key: str, **named: Any) -> Any:
        first = real(*args, event_key=event_key, **named)
        return [*first, *real(*args, event_key=f"{event_key}#again", **named)]

    patch.setattr(finish_payment, "line_puts", twice)


def ledger_entry_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(finish_payment, "line_puts", lambda *_, **__: [])


def idempotency_key_from_the_clock(patch: pytest.MonkeyPatch) -> None:
    real = StripeProcessor.charge

    def fresh(self: Any, *args: Any, key: str, **named: Any) -> Any:
        return real(self, *args, key=f"{key}-{uuid4()}", **named)

    patch.setattr(StripeProcessor, "charge", fresh)


def janitor_charges_anew(patch: pytest.MonkeyPatch) -> None:
    ask, charge, asking = originate_payment.originate_payment, StripeProcessor.charge, [False]

    def anew(*args: Any, **named: Any) -> Any:
        asking[0] = True
        try:
            return ask(*args, **named)
        finally:
            asking[0] = False

    def charging(self: Any, *args: Any, key: str, **named: Any) -> Any:
        return charge(self, *args, key=f"{key}-janitor" if asking[0] else key, **named)

    patch.setattr(watch_payments, "originate_payment", anew)
    patch.setattr(StripeProcessor, "charge", charging)


def unknown_taken_for_failed(patch: pytest.MonkeyPatch) -> None:
    real = StripeProcessor.charge

    def hasty(self: Any, *args: Any, **named: Any) -> Any:
        try:
            return real(self, *args, **named)
        except ProcessorUnreachable as unknown:
            raise ProcessorRefused("no_answer", "No answer.") from unknown

    patch.setattr(StripeProcessor, "charge", hasty)


def settled_whatever_the_processor_said(patch: pytest.MonkeyPatch) -> None:
    real = record_outcome.event_of
    patch.setattr(
        record_outcome, "event_of",
        lambda state: real("succeeded" if state == "processing" else state),
    )  # fmt: skip


def in_flight_not_counted(patch: pytest.MonkeyPatch) -> None:
    real = pricing.owed_on

    def blind(payables: Any, claims: Any, account: Any) -> Any:
        applied = [claim for claim in claims if claim.state is not ClaimState.IN_FLIGHT]
        return real(payables, applied, account)

    patch.setattr(pricing, "owed_on", blind)


def credit_used_twice(patch: pytest.MonkeyPatch) -> None:
    real = pricing.owed_on

    def generous(payables: Any, claims: Any, account: Any) -> Any:
        listed = tuple(payables)
        fresh = {
            item.payable_id: Owed(item.open_cents, item.open_cents)
            for item in listed
            if item.kind == "credit"
        }
        return {**real(listed, claims, account), **fresh}

    patch.setattr(pricing, "owed_on", generous)


def discount_not_subtracted(patch: pytest.MonkeyPatch) -> None:
    real = Quote.charged_cents.fget  # type: ignore[attr-defined]
    patch.setattr(
        Quote, "charged_cents", property(lambda quote: real(quote) + quote.discount_cents)
    )


def discount_given_twice(patch: pytest.MonkeyPatch) -> None:
    real = pricing.terms_discount_cents
    patch.setattr(pricing, "terms_discount_cents", lambda *a, **named: 2 * real(*a, **named))


def fee_on_the_wrong_base(patch: pytest.MonkeyPatch) -> None:
    real = pricing.fee_cents

    def grossed_up(policy: Any, *, before_fee_cents: int, **named: Any) -> int:
        fee: int = real(policy, before_fee_cents=before_fee_cents, **named)
        return real(policy, before_fee_cents=before_fee_cents + fee, **named)

    patch.setattr(pricing, "fee_cents", grossed_up)


def mismatched_amount_accepted(patch: pytest.MonkeyPatch) -> None:
    real = record_outcome.record_outcome

    def trusting(world: Any, dealer: Any, *, intent: Any, **named: Any) -> Any:
        where = dealer, named["account_id"], named["payment_id"]
        asked = record_outcome.get_payment(*where).charged_cents
        return real(world, dealer, intent=replace(intent, amount_cents=asked), **named)

    patch.setattr("chalicelib.services.handle_event.record_outcome", trusting)


def posting_reference_changes_per_try(patch: pytest.MonkeyPatch) -> None:
    real = post_settlement.frozen_posting

    def renamed(*args: Any) -> Any:
        posting = real(*args)
        return replace(posting, reference=f"{posting.reference}:{uuid4().hex[:6]}")

    patch.setattr(post_settlement, "frozen_posting", renamed)


def payout_fees_ignored(patch: pytest.MonkeyPatch) -> None:
    real = prove_settlement.prove
    patch.setattr(prove_settlement, "prove", lambda **named: replace(real(**named), fees_cents=0))


def payout_fees_taken_for_cash(patch: pytest.MonkeyPatch) -> None:
    real = prove_settlement.payout_entry

    def grossly(settlement: Any) -> Sequence[Any]:
        deposit = settlement.deposit_cents + settlement.fees_cents
        return real(replace(settlement, deposit_cents=deposit, fees_cents=0))

    patch.setattr(prove_settlement, "payout_entry", grossly)


# Caught by R1's short histories, which run_history of tests/crash lives.
BY_HISTORIES: tuple[Mutant, ...] = (
    claim_not_released_on_failure, claim_dropped_when_settled, ledger_entry_written_twice,
    ledger_entry_forgotten, idempotency_key_from_the_clock, settled_whatever_the_processor_said,
    unknown_taken_for_failed, in_flight_not_counted, discount_not_subtracted,
    fee_on_the_wrong_base, payout_fees_ignored, payout_fees_taken_for_cash,
)  # fmt: skip
# Of answers that do not come, which run_doubtful_history brings about.
IN_DOUBT: tuple[Mutant, ...] = (
    idempotency_key_from_the_clock, janitor_charges_anew, unknown_taken_for_failed,
)  # fmt: skip
# Of pricing, settlement and posting, which run_payout_history walks.
TO_THE_LEDGER: tuple[Mutant, ...] = (
    credit_used_twice, discount_given_twice, posting_reference_changes_per_try,
)  # fmt: skip
# Of what the processor holds for us, which run_tampered_history changes.
TAMPERED: tuple[Mutant, ...] = (mismatched_amount_accepted,)
