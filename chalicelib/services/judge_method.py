"""Keep a bank account from being debited again after a return that rules it out."""

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from chalicelib.domain.payments import Method, Payment
from chalicelib.domain.return_codes import ReturnRule, return_rule
from chalicelib.gateways.processor import ProcessorRefused
from chalicelib.services.world import World
from chalicelib.storage.companies import find_method, method_change
from chalicelib.storage.dealers import get_dealer
from chalicelib.storage.transactions import WritesRefused, transact

LINK_AGAIN = "Link it again, or another one, to pay by ACH."


def judge_method(world: World, payment: Payment, code: str) -> None:
    """Disable the payment's bank account as its return code asks; repeating is harmless.

    Other codes leave it usable, unless the processor ended the mandate with the return. Raises
    ProcessorUnreachable: the caller is repeated until it succeeds.
    """
    if payment.method.kind == "card":
        return
    whose = (payment.dealer_id, payment.company_id)
    method = find_method(*whose, payment.method.method_id)
    rule = return_rule(code)
    if method is None or method.disabled or _may_go_on(world, payment, method, rule):
        return
    disabled = replace(method, disabled=f"{rule.payer} {LINK_AGAIN}")
    with suppress(WritesRefused):  # Forgotten by its payer meanwhile.
        transact([method_change(*whose, disabled)], token=uuid4().hex)


def _may_go_on(world: World, payment: Payment, method: Method, rule: ReturnRule) -> bool:
    if rule.stops_method:
        return False
    if payment.returned is None:
        return True
    try:
        return world.processor.has_mandate(get_dealer(payment.dealer_id).processor_account, method)
    except ProcessorRefused:
        return False
