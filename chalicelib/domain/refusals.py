"""What a payer reads when a payment was definitely not made; the processor's codes stay outside."""

from chalicelib.domain.return_codes import UNKNOWN, return_rule

_BANK_NO = "The bank did not make this payment. Nothing was charged."
_OTHER_WAY = "Pay again with another card or from a bank account."
_CARD_NO = f"The card was declined. Nothing was charged. {_OTHER_WAY}"
_CARD = {
    "insufficient_funds": f"The card does not have enough left. Nothing was charged. {_OTHER_WAY}",
    "expired_card": f"The card has expired. Nothing was charged. {_OTHER_WAY}",
    "payment_intent_authentication_failure": (
        f"The card’s bank could not confirm that it was you. Nothing was charged. {_OTHER_WAY}"
    ),
    "canceled": (
        "The payment was not confirmed with the card’s bank in time. Nothing was charged. "
        f"{_OTHER_WAY}"
    ),
}


def refusal_sentence(method_kind: str, code: str) -> str:
    """The sentence for a refusal code of a method kind ("ach" or "card"): Nacha's or Stripe's."""
    if method_kind == "card":
        return _CARD.get(code, _CARD_NO)
    rule = return_rule(code)
    if rule is UNKNOWN:
        return _BANK_NO
    what_happened, _, advice = rule.payer_sentence.partition(". ")
    return f"{what_happened}. Nothing was charged. {advice}"
