"""Which money that came in is an order's advance?

Money that names a payment request is held for its order: it settles nothing until the
advance invoice is posted, and no other invoice takes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.identifiers import creditor_references_in
from adv_domain.rules.money import rounded_to_minor
from adv_domain.rules.payments.match_decision import Decision, MatchState, Proposal
from adv_domain.store.billing.payment_requests import (
    mark_paid,
    reopen_requests,
    requests_named,
)
from adv_domain.store.runs import Happening, record_events
from tasks.payments.match_batch import Matched
from tasks.resources import now
from tasks.step import RunRef


@dataclass(frozen=True, slots=True)
class _Taken:
    """Money for a request; is_whole: it pays what was asked."""

    row: Row[Any]
    request: Row[Any]
    decision: Decision

    @property
    def is_whole(self) -> bool:
        return self.decision.state is MatchState.MATCHED


def take_advances(
    connection: Connection, run: RunRef, rows: Sequence[Row[Any]]
) -> tuple[Matched, list[Row[Any]]]:
    """Decide on money that names payment requests; return it, and what else came.

    One statement where a text holds an RF reference, three where one is a request's.
    """
    named = {row.id: _references(row) for row in rows}
    references = {one for found in named.values() for one in found}
    if not references:
        return Matched([], {}), list(rows)
    requests = {one.reference: one for one in requests_named(connection, references)}
    taken: list[_Taken] = []
    paid: set[int] = set()
    rest = []
    for row in rows:
        asked = [requests[one] for one in named[row.id] if one in requests]
        if not asked:
            rest.append(row)
            continue
        one = _decided(row, asked[0], is_paid=asked[0].id in paid)
        if one.is_whole:
            paid.add(one.request.id)
        taken.append(one)
    _mark(connection, run, [one for one in taken if one.is_whole])
    return Matched([(one.row, one.decision) for one in taken], {}), rest


def reopen_advances(
    connection: Connection, run: RunRef, payment_ids: Sequence[int]
) -> None:
    """Ask again for advances whose money the bank took back before their invoice."""
    if not payment_ids:
        return
    orders = reopen_requests(connection, payment_ids)
    _tell(connection, run, [(one, "the bank took it back") for one in orders], "unpaid")


def _references(row: Row[Any]) -> tuple[str, ...]:
    said = " ".join(
        (row.structured_ref or "", row.end_to_end_id or "", row.remittance or "")
    )
    return creditor_references_in(said) if "RF" in said.upper() else ()


def _decided(row: Row[Any], request: Row[Any], *, is_paid: bool) -> _Taken:
    why = _objection(row, request, is_paid=is_paid)
    name = f"payment request {request.reference} of order {request.order_no}"
    decision = Decision(
        payment_id=row.id,
        state=MatchState.REVIEW if why else MatchState.MATCHED,
        customer_id=request.customer_id,
        shares=(),
        unapplied=row.unapplied_amount,
        evidence=f"{name} {why}" if why else f"advance: {name}",
        proposals=(Proposal((), f"{name} {why}"),) if why else (),
    )
    return _Taken(row, request, decision)


def _objection(row: Row[Any], request: Row[Any], *, is_paid: bool) -> str:
    """Say why a person must look at money for a request; nothing where it is right."""
    if request.state == "withdrawn":
        return "is withdrawn"
    if request.state == "paid" or is_paid:
        return "is paid already"
    if row.currency != request.currency:
        return f"asks for {request.currency}, not {row.currency}"
    if row.unapplied_amount < request.amount:
        asked, came = (
            rounded_to_minor(one, row.currency)
            for one in (request.amount, row.unapplied_amount)
        )
        return f"asks for {asked}, and {came} came"
    return ""


def _mark(connection: Connection, run: RunRef, taken: Sequence[_Taken]) -> None:
    mark_paid(
        connection, [(one.request.id, one.row.id, one.row.booked_on) for one in taken]
    )
    _tell(
        connection,
        run,
        [(one.request.order_id, one.request.reference) for one in taken],
        "advance paid",
    )


def _tell(
    connection: Connection, run: RunRef, told: Sequence[tuple[int, str]], what: str
) -> None:
    record_events(
        connection,
        [
            Happening("order", order_id, what, run.actor, reason=why)
            for order_id, why in told
        ],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
