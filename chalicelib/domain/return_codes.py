"""What a bank's return of a debit means: Nacha's codes, whom they stop, and the words for both.

https://www.nacha.org, "ACH return codes"; which ones stop what is money.md, Lifecycle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

CLAIM_DAYS = 60  # How long a consumer's bank may return an unauthorised debit, calendar days.


class Consequence(StrEnum):
    """What follows for the bank account; the payment itself always comes back."""

    PAY_AGAIN = "pay again"
    STOP = "stop"
    DISABLE = "account disabled"
    END_MANDATE = "mandate ended"


_FOR_PAYER = MappingProxyType(
    {
        Consequence.PAY_AGAIN: "Please pay again, from this account or another way.",
        Consequence.STOP: "It is not tried again by itself. Please pay another way.",
        Consequence.DISABLE: (
            "This bank account can’t be used here any more. Please link an account again or pay "
            "another way."
        ),
        Consequence.END_MANDATE: (
            "Your permission to debit this account has ended. Link it again if it may be debited, "
            "or pay another way."
        ),
    }
)
_FOR_OPERATOR = MappingProxyType(
    {
        Consequence.PAY_AGAIN: "Ask the customer to pay again; the bank account can be used.",
        Consequence.STOP: "Agree with the customer first: it must not simply be tried again.",
        Consequence.DISABLE: "The bank account is disabled; the customer has to link one again.",
        Consequence.END_MANDATE: (
            "The mandate is ended and its evidence kept: when and from where it was given, and "
            "the words shown."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """One return code: what it says to the operator, what the payer reads, what it stops."""

    code: str
    meaning: str
    payer: str
    consequence: Consequence = Consequence.PAY_AGAIN

    @property
    def stops_method(self) -> bool:
        """True if the bank account can't be debited any more."""
        return self.consequence in (Consequence.DISABLE, Consequence.END_MANDATE)

    @property
    def payer_sentence(self) -> str:
        """What the payer reads: what happened and what to do."""
        return f"{self.payer} {_FOR_PAYER[self.consequence]}"

    @property
    def operator_sentence(self) -> str:
        """What the operator reads: the code in words and what follows."""
        shown = f"{self.code}: {self.meaning}" if self.code else self.meaning
        return f"{shown}. {_FOR_OPERATOR[self.consequence]}"


_UNAUTHORISED = f"(the customer’s bank may send it back for {CLAIM_DAYS} calendar days)"
_NOT_ALLOWED = "The bank was told that this debit was not allowed."
_ROWS = (
    ("R01", "Not enough money", "The bank account did not have enough money.", ""),
    ("R02", "Account closed", "The bank account is closed.", "DISABLE"),
    ("R03", "No such account", "The bank could not find this account.", "DISABLE"),
    ("R04", "Invalid account number", "The bank does not know this account number.", "DISABLE"),
    ("R05", f"Unauthorised debit of a consumer account {_UNAUTHORISED}", _NOT_ALLOWED,
     "END_MANDATE"),
    ("R06", "Sent back because the originating bank asked for it",
     "The bank sent the debit back at the other bank’s request.", ""),
    ("R07", f"Authorisation revoked by the customer {_UNAUTHORISED}",
     "The bank was told that its permission for debits is withdrawn.", "END_MANDATE"),
    ("R08", "Payment stopped by the customer", "The bank was told to stop this payment.", "STOP"),
    ("R09", "Not enough collected money", "The money in the bank account was not available yet.",
     ""),
    ("R10", f"The customer says it was not authorised {_UNAUTHORISED}", _NOT_ALLOWED,
     "END_MANDATE"),
    ("R11", f"Not in accordance with the authorisation {_UNAUTHORISED}",
     "The bank was told that this debit is not what had been agreed.", "END_MANDATE"),
    ("R12", "The branch was sold to another bank", "The account has moved to another bank.", ""),
    ("R13", "Routing number invalid", "The bank could not be reached under its number.", ""),
    ("R14", "The account’s representative cannot act", "The bank can’t debit this account.", ""),
    ("R15", "The account’s holder has died", "The bank can’t debit this account.", ""),
    ("R16", "Account frozen", "The bank account is frozen.", ""),
    ("R17", "The bank could not read the entry", "The bank could not process the debit.", ""),
    ("R20", "Not an account for payments", "The bank account does not allow debits.", ""),
    ("R24", "Sent twice", "The bank took the debit for a copy of another one.", ""),
    ("R29", "A business says it was not authorised", _NOT_ALLOWED, "END_MANDATE"),
)  # fmt: skip
RULES: Mapping[str, ReturnRule] = MappingProxyType(
    {
        code: ReturnRule(code, meaning, payer, Consequence[name or "PAY_AGAIN"])
        for code, meaning, payer, name in _ROWS
    }
)
UNKNOWN = ReturnRule(
    "", "The bank sent the debit back without a known reason", "The bank sent the debit back."
)
# Stripe's failure codes and dispute reasons where it passes on no code of Nacha's
# (docs.stripe.com/payments/ach-direct-debit, "Failed payments" and "Disputed payments").
_BY_PROCESSOR_WORD = MappingProxyType(
    {
        "insufficient_funds": "R01",
        "account_closed": "R02",
        "no_account": "R03",
        "incorrect_account_details": "R03",
        "invalid_account_number": "R04",
        "customer_initiated": "R08",
        "debit_not_authorized": "R10",
        "bank_ownership_changed": "R12",
        "branch_does_not_exist": "R13",
        "account_frozen": "R16",
        "bank_cannot_process": "R17",
        "could_not_process": "R17",
        "generic_could_not_process": "R17",
        "bank_account_restricted": "R20",
    }
)


def return_code(network_code: str, word: str = "") -> str:
    """Nacha's code of what the network or else the processor says; "" if neither is known."""
    if network_code in RULES:
        return network_code
    return _BY_PROCESSOR_WORD.get(word, "")


def return_rule(code: str) -> ReturnRule:
    """The rule of a code of Nacha's or a word of the processor's; UNKNOWN if there is none."""
    return RULES.get(return_code(code, code), UNKNOWN)
