"""What a payer reads when a payment was definitely not made; the processor's codes stay outside."""

_BANK_NO = "The bank did not make this payment. Nothing was charged."
_BANK = {
    "insufficient_funds": "The bank account did not have enough money. Nothing was charged.",
    "account_closed": "The bank account is closed. Nothing was charged.",
    "no_account": "The bank could not find this account. Nothing was charged.",
    "invalid_account_number": "The bank does not know this account number. Nothing was charged.",
    "debit_not_authorized": "The bank was told not to allow this debit. Nothing was charged.",
    "account_frozen": "The bank account is frozen. Nothing was charged.",
    "bank_account_restricted": "The bank account does not allow debits. Nothing was charged.",
}
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
    """The sentence for a processor's refusal code of a method kind ("ach" or "card")."""
    if method_kind == "card":
        return _CARD.get(code, _CARD_NO)
    return _BANK.get(code, _BANK_NO)
