"""Workflow steps: one function a machine; the step's name chooses the use case."""

from chalice.app import Blueprint

from chalicelib.bootstrap import world
from chalicelib.domain.ids import AccountId, DealerId, PaymentId, SettlementId
from chalicelib.domain.settlements import PostingCategory
from chalicelib.entrypoints.telemetry import observed
from chalicelib.services.apply_payment import apply_payment
from chalicelib.services.await_funds import await_funds
from chalicelib.services.await_posting import await_posting
from chalicelib.services.mark_posted import mark_posted
from chalicelib.services.originate_payment import originate_payment
from chalicelib.services.post_settlement import post_category
from chalicelib.services.prove_settlement import prove_settlement
from chalicelib.services.release_payment import release_payment

blueprint = Blueprint(__name__)
Event = dict[str, str]
Outcome = dict[str, str]


@blueprint.lambda_function(name="payment_step")
@observed
def payment_step(event: Event, context: object) -> Outcome:  # noqa: ARG001  Lambda's signature.
    """One step of a payment (infra/state_machines/payment.asl.json)."""
    dealer = DealerId(event["dealer"])
    account, payment = AccountId(event["account"]), PaymentId(event["payment"])
    match event["step"]:
        case "originate":
            return originate_payment(world(), dealer, account_id=account, payment_id=payment)
        case "wait_funds":
            return await_funds(
                world(), dealer, account_id=account, payment_id=payment, token=event["token"]
            )
        case "apply":
            return apply_payment(world(), dealer, account_id=account, payment_id=payment)
        case "release":
            return release_payment(world(), dealer, account_id=account, payment_id=payment)
    raise ValueError(f"the payment machine names an unknown step: {event['step']}")


@blueprint.lambda_function(name="settlement_step")
@observed
def settlement_step(event: Event, context: object) -> Outcome:  # noqa: ARG001  Lambda's signature.
    """One step of a settlement (infra/state_machines/settlement.asl.json)."""
    dealer, settlement = DealerId(event["dealer"]), SettlementId(event["settlement"])
    match event["step"]:
        case "prove":
            return prove_settlement(world(), dealer, settlement_id=settlement)
        case "wait_post":
            return await_posting(world(), dealer, settlement_id=settlement, token=event["token"])
        case "post":
            category = PostingCategory(event["category"])
            return post_category(world(), dealer, settlement_id=settlement, category=category)
        case "mark_posted":
            return mark_posted(world(), dealer, settlement_id=settlement)
    raise ValueError(f"the settlement machine names an unknown step: {event['step']}")
