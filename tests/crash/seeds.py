"""Seeds whose histories once failed; every run lives them again.

A seed means its history only while the dice fall in the same order, so whoever adds dice keeps the
order of what is here, as the theme WITHIN does, or finds the history anew.
"""

from tests.crash.accidents import ANYTHING, WITHIN, Theme

LIVES: dict[int, Theme] = {
    684274530: WITHIN,  # A loss was recovered from a refund that had come back before it.
    684273617: WITHIN,  # A refund came back after the one that took the rest and the discount.
    114: ANYTHING,  # An import dropped a claim before the payer was told of settling.
    315: ANYTHING,  # A deposit that came back and a refund that failed cancelled out.
    990041: ANYTHING,  # A lost dispute and its own payment waited for each other's posting.
}
