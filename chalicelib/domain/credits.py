"""Which credit nets against which document (money.md, Quote 2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.claims import Effect
from chalicelib.domain.ids import PayableId
from chalicelib.domain.payables import Payable


@dataclass(frozen=True, slots=True)
class OpenCredit:
    """A credit that may be used, up to `limit_cents`; a ticked one may cross jobs."""

    credit: Payable
    limit_cents: int
    is_ticked: bool = False


def net_credits(
    allocations: Mapping[PayableId, int],
    documents: Sequence[Payable],
    credits_open: Iterable[OpenCredit],
) -> tuple[Effect, ...]:
    """The credits used, one effect per credit and document, never above what they net against.

    A credit goes to its own document first, then to its own job, and to other jobs only if it
    was ticked; oldest credits and oldest documents first.
    """
    ordered = sorted(
        credits_open, key=lambda item: (item.credit.transaction_day, item.credit.payable_id)
    )
    oldest_first = sorted(documents, key=lambda item: (item.ages_from, item.payable_id))
    by_job: dict[str, list[Payable]] = {}
    for document in oldest_first:
        by_job.setdefault(document.job_id, []).append(document)
    own = {document.payable_id: [document] for document in documents}
    netting = _Netting(
        dict(allocations), {item.credit.payable_id: item.limit_cents for item in ordered}
    )
    for item in ordered:
        netting.use(item, own.get(PayableId(item.credit.applies_to), []))
    for item in ordered:
        netting.use(item, by_job.get(item.credit.job_id, []))
    for item in ordered:
        if item.is_ticked:
            netting.use(item, oldest_first)
    return netting.effects(
        {
            item.credit.payable_id: item.credit.voucher_id
            for item in ordered
            if item.credit.is_on_account
        }
    )


class _Netting:
    """Room left on documents and credits while credits are used up."""

    def __init__(self, room: dict[PayableId, int], left: dict[PayableId, int]) -> None:
        self._room = room
        self._left = left
        self._used: dict[tuple[PayableId, PayableId], int] = {}

    def use(self, item: OpenCredit, documents: Sequence[Payable]) -> None:
        credit_id = item.credit.payable_id
        for document in documents:
            if self._left[credit_id] == 0:
                return
            taken = min(self._left[credit_id], self._room[document.payable_id])
            if taken:
                pair = (credit_id, document.payable_id)
                self._used[pair] = self._used.get(pair, 0) + taken
                self._left[credit_id] -= taken
                self._room[document.payable_id] -= taken

    def effects(self, vouchers: Mapping[PayableId, str]) -> tuple[Effect, ...]:
        return tuple(
            Effect(
                credit_id,
                amount,
                document_id,
                is_unapplied=credit_id in vouchers,
                voucher_id=vouchers.get(credit_id, ""),
            )
            for (credit_id, document_id), amount in self._used.items()
        )
