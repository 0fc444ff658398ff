"""One row a route: what is named in it and what its owner is answered.

A new route needs a row here. Path parameters are filled from `Things` by their own name.
"""

from dataclasses import dataclass, field

PAGE, SEEN_OTHER = frozenset({200}), frozenset({303})
DONE = frozenset({303, 409})  # The matrix repeats itself, so it may be done already.
SIGNED = frozenset({400, 401, 403})  # A webhook without a signature, whoever sends it.
REFUND = {"target": "everything", "amount": "1.00", "refund_reason": "Goods returned"}
BY = {"terms_version": "2026-11", "accept_terms": "yes"}


@dataclass(frozen=True)
class Row:
    """`form`, `query` and `path` map a field's name to the Things' field it takes its id from."""

    allowed: frozenset[int]
    form: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)  # Fields with words of their own.
    refused: frozenset[int] = frozenset({404})


ROWS: dict[tuple[str, str], tuple[Row, ...]] = {
    ("GET", "/"): (Row(SEEN_OTHER),),
    ("GET", "/health"): (Row(PAGE),),
    ("GET", "/help"): (Row(PAGE),),
    ("GET", "/terms"): (Row(PAGE),),
    ("GET", "/sign-in"): (Row(frozenset({200, 303})),),
    ("POST", "/sign-in"): (Row(frozenset({422, 429})),),
    ("POST", "/sign-out"): (Row(SEEN_OTHER),),
    ("GET", "/i"): (Row(frozenset({410})),),
    ("GET", "/register"): (Row(frozenset({410})),),
    ("POST", "/register"): (Row(frozenset({410}), said=BY),),
    ("GET", "/register/verify"): (Row(frozenset({410})),),
    ("POST", "/register/verify"): (Row(frozenset({410})),),
    ("GET", "/decline"): (Row(frozenset({410})),),
    ("POST", "/decline"): (Row(frozenset({410})),),
    ("GET", "/outstanding"): (Row(PAGE),),
    ("GET", "/outstanding.csv"): (Row(PAGE),),
    ("GET", "/outstanding/jobs/{job}"): (Row(PAGE, refused=PAGE),),  # No rows, whoever's it is.
    ("POST", "/quotes"): (
        Row(SEEN_OTHER, form={"payable": "payable"}, refused=frozenset({422})),
        Row(frozenset({303, 409, 422}), form={"job": "job"}, refused=frozenset({404, 422})),
    ),
    ("GET", "/quotes/{quote}"): (Row(PAGE),),
    ("POST", "/quotes/{quote}/renew"): (Row(DONE),),
    ("POST", "/quotes/{quote}/change"): (Row(DONE),),
    ("POST", "/quotes/{quote}/as-statement"): (
        Row(frozenset({422})),  # These dealers have no statements.
    ),
    ("POST", "/quotes/{quote}/submit"): (
        Row(
            frozenset({303, 409}),
            form={"signature": "signature"},
            said={"method": "pm_bank", "authorise": "yes"},
        ),
        Row(frozenset({200, 422})),
    ),
    ("GET", "/payments"): (Row(PAGE),),
    ("GET", "/payments/{payment}"): (Row(PAGE), Row(PAGE, path={"payment": "number"})),
    ("GET", "/payments/{payment}/receipt.pdf"): (
        Row(SEEN_OTHER),
        Row(SEEN_OTHER, path={"payment": "number"}),
    ),
    ("POST", "/payments/{payment}/resend"): (
        # 409 once an operator's row has terminated the payment: then there is no receipt.
        Row(frozenset({303, 409, 429}), said={"recipient": "contact:c1"}),
        Row(frozenset({409, 422}), said={"recipient": "contact:somebody-else"}),
    ),
    ("GET", "/console"): (Row(SEEN_OTHER),),
    ("GET", "/console/help"): (Row(PAGE),),
    ("GET", "/console/sign-in"): (Row(frozenset({200, 303})),),
    ("POST", "/console/sign-in"): (Row(frozenset({422, 429})),),
    ("GET", "/console/sign-in/code"): (Row(SEEN_OTHER),),
    ("POST", "/console/sign-in/code"): (Row(frozenset({401})),),
    ("POST", "/console/sign-out"): (Row(SEEN_OTHER),),
    ("GET", "/console/customers"): (Row(PAGE),),
    ("GET", "/console/customers.csv"): (Row(PAGE),),
    ("POST", "/console/customers.csv"): (
        # Another dealer's account is simply not in the file, like one that does not exist.
        Row(PAGE, form={"account": "account"}, refused=PAGE),
        Row(PAGE, said={"all": "yes"}),
        Row(frozenset({422})),
    ),
    ("GET", "/console/customers/{account}"): (Row(PAGE),),
    ("POST", "/console/customers/{account}/invite"): (
        Row(DONE, said={"contact": "other", "email": "new@build.example"}),
    ),
    ("POST", "/console/customers/{account}/resend"): (Row(DONE),),
    ("POST", "/console/customers/{account}/allow-mail"): (
        # Mails to it came back once; the first who allows them again is the only one.
        Row(frozenset({303, 404}), path={"account": "spare"}, form={"address": "dead"}),
        Row(frozenset({404}), said={"address": "fine@build.example"}),
    ),
    ("POST", "/console/customers/{account}/revoke"): (Row(DONE),),
    # Of an account nobody signs in to: its payers would be shut out of every other row.
    ("POST", "/console/customers/{account}/disable"): (Row(DONE, path={"account": "spare"}),),
    ("POST", "/console/customers/{account}/enable"): (Row(DONE, path={"account": "spare"}),),
    ("GET", "/console/invitations"): (Row(PAGE),),
    ("POST", "/console/invitations"): (
        Row(SEEN_OTHER, form={"account": "account"}),
        Row(SEEN_OTHER, form={"account": "account"}, said={"purpose": "resend"}),
        Row(SEEN_OTHER, said={"all": "yes"}),
    ),
    ("GET", "/console/invitations/{mailing}"): (Row(PAGE),),
    ("GET", "/console/invitations/{mailing}/progress"): (Row(PAGE),),
    ("POST", "/console/invitations/{mailing}/send"): (Row(SEEN_OTHER),),
    ("GET", "/console/payments"): (Row(PAGE),),
    ("GET", "/console/payments.csv"): (Row(PAGE),),
    ("GET", "/console/payments/{payment}"): (Row(PAGE), Row(PAGE, path={"payment": "number"})),
    ("POST", "/console/payments/{payment}/stop"): (
        Row(DONE, said={"action": "freeze", "reason": "Asked by phone"}),
    ),
    ("POST", "/console/payments/{payment}/discount"): (
        Row(frozenset({409}), said={"until": "2026-11-30"}),  # It never came back.
    ),
    ("GET", "/console/reconciliation"): (Row(PAGE),),
    ("GET", "/console/reconciliation/progress"): (Row(PAGE),),
    ("POST", "/console/reconciliation/check"): (Row(SEEN_OTHER),),
    ("GET", "/console/attention"): (Row(PAGE),),
    ("POST", "/console/attention/done"): (
        # Gone already, another dealer's or never there: the same answer.
        Row(SEEN_OTHER, form={"subject": "number"}, said={"kind": "stopped"}, refused=SEEN_OTHER),
    ),
    ("GET", "/console/attention/events/{event}"): (Row(PAGE),),
    ("POST", "/console/attention/events/{event}/again"): (Row(SEEN_OTHER),),
    ("POST", "/console/payments/{payment}/return"): (
        Row(frozenset({409}), said={"code": "R01", "on": "2026-11-20"}),  # Not confirmed yet.
    ),
    ("POST", "/console/payments/{payment}/refund"): (
        # Not confirmed yet, so the preview says why not.
        Row(PAGE, said=REFUND),
    ),
    ("POST", "/console/payments/{payment}/refunds"): (
        Row(
            frozenset({409}),
            said={**REFUND, "refund": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "agreed": "1"},
        ),
    ),
    ("POST", "/console/payments/{payment}/refunds/{refund}"): (
        # Nobody asked for one.
        Row(frozenset({404}), path={"refund": "quote"}, said={"decision": "approve"}),
    ),
    ("GET", "/console/settings"): (Row(PAGE),),
    ("POST", "/console/settings"): (Row(frozenset({422})),),
    ("GET", "/console/settings/surcharge"): (Row(PAGE),),
    ("POST", "/console/settings/surcharge"): (Row(frozenset({422})),),
    ("POST", "/console/settings/surcharge/off"): (Row(SEEN_OTHER, said={"version": "1"}),),
    ("GET", "/console/settings/accounts"): (Row(PAGE),),
    ("POST", "/console/settings/accounts"): (Row(frozenset({422})),),
    ("GET", "/console/settings/team"): (Row(PAGE),),
    ("GET", "/console/settlements"): (Row(PAGE),),
    ("GET", "/console/settlements.csv"): (Row(PAGE),),
    ("GET", "/console/settlements/{settlement}"): (Row(PAGE),),
    ("GET", "/console/settlements/{settlement}/progress"): (Row(PAGE),),
    ("GET", "/console/settlements/{settlement}/summary.csv"): (Row(PAGE),),
    ("GET", "/console/settlements/{settlement}/manual.csv"): (Row(frozenset({200, 409})),),
    ("POST", "/console/settlements/{settlement}/manual"): (Row(DONE),),
    ("POST", "/console/settlements/{settlement}/manual/times"): (
        Row(DONE | {422}, said={"at_cash": "2026-11-22T10:00"}),
    ),
    ("POST", "/console/settlements/{settlement}/manual/withdraw"): (
        Row(DONE, said={"nothing_entered": "yes"}),
    ),
    ("POST", "/console/settlements/{settlement}/post"): (Row(DONE),),
    ("POST", "/console/settlements/{settlement}/resolve"): (Row(DONE),),
    ("POST", "/console/settlements/{settlement}/reverse"): (Row(frozenset({409, 422})),),
    ("GET", "/console/integration"): (Row(PAGE),),
    ("GET", "/console/integration/template.csv"): (Row(PAGE),),
    ("POST", "/console/integration/start"): (Row(SEEN_OTHER),),
    ("GET", "/console/integration/{ingestion}"): (Row(PAGE),),
    ("GET", "/console/integration/{ingestion}/progress"): (Row(PAGE),),
    ("GET", "/console/integration/{ingestion}/problems.csv"): (Row(PAGE),),
    ("POST", "/console/integration/{ingestion}/confirm"): (
        Row(frozenset({409}), said={"as_of": "2026-11-22T09:00:00"}),
    ),
    ("POST", "/console/integration/{ingestion}/discard"): (Row(DONE),),
    ("POST", "/webhooks/stripe/account"): (Row(SIGNED),),
    ("POST", "/webhooks/stripe/connect"): (Row(SIGNED),),
    ("POST", "/webhooks/plaid"): (Row(SIGNED),),
    ("POST", "/quotes/{quote}/method"): (Row(DONE, said={"pay_by": "card"}),),
    ("POST", "/cards/add"): (Row(SEEN_OTHER, form={"quote": "quote"}),),
    ("GET", "/cards/return"): (Row(frozenset({404}), query={"visit": "quote", "quote": "quote"}),),
    ("GET", "/payments/{payment}/confirm"): (
        Row(SEEN_OTHER),
        Row(SEEN_OTHER, path={"payment": "number"}),
    ),
    ("GET", "/payments/{payment}/returned"): (Row(SEEN_OTHER),),
    ("POST", "/banks/link"): (Row(SEEN_OTHER),),
    ("GET", "/banks/return"): (Row(frozenset({404}), query={"link": "quote"}),),
}
