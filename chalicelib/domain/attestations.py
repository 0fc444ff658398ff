"""What an administrator attests to, by version; a version is never edited, a new one is added.

The dealer's record keeps the version, so the words behind it must stay here for good.
"""

SURCHARGE_VERSION = "surcharge-2026-11"

SURCHARGE: dict[str, tuple[str, ...]] = {
    SURCHARGE_VERSION: (
        (
            "At least 30 days before the first surcharge, our company gives written notice to its "
            "payment processor (the acquirer) and to every card network that asks for one."
        ),
        (
            "We have checked, with our own counsel where needed, that credit cards may be "
            "surcharged in the state of our place of business and in the states our customers pay "
            "from, and how high. We check again when laws or network rules change, and change the "
            "surcharge or switch it off."
        ),
        (
            "The percent and the sum per payment given as our cost are what accepting a credit "
            "card really costs us. We ask for no more than that."
        ),
        (
            "Only credit cards are surcharged, never debit or prepaid cards, and all networks "
            "alike as far as their rules allow. Customers can always pay without the surcharge, "
            "from a bank account."
        ),
        (
            "Customers are told of the surcharge where they order and where they pay, before they "
            "choose how to pay. It stands on receipts as a line of its own, and a refund returns "
            "its share."
        ),
    ),
}
