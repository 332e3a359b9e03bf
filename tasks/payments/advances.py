"""Which money that came in is an order's advance?

Money that names a payment request is held for its order: it settles nothing until the
advance invoice is posted, and no other invoice takes it. It may come in several
payments, and be more than was asked, up to what the order comes to.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.advances.paid_ahead import Purse
from adv_domain.rules.identifiers import creditor_references_in
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.rules.payments.match_decision import Decision, MatchState, Proposal
from adv_domain.store.advances.advance_payments import (
    Receipt,
    Standing,
    let_go,
    open_invoices_of,
    open_requests_of,
    purse_of,
    requests_named,
    write_receipts,
)
from adv_domain.store.runs import Happening, record_events
from tasks.payments.match_batch import Matched
from tasks.resources import now
from tasks.step import RunRef


@dataclass(frozen=True, slots=True)
class _Taken:
    """Money that names a request, and what of it is held for the request's order."""

    row: Row[Any]
    request: Row[Any]
    decision: Decision
    held: Decimal = ZERO


def take_advances(
    connection: Connection, run: RunRef, rows: Sequence[Row[Any]]
) -> tuple[Matched, list[Row[Any]]]:
    """Decide on money that names payment requests; return it, and what else came.

    One statement where a text holds an RF reference, three where one is a request's,
    two more where that is withdrawn.
    """
    named = {row.id: _references(row) for row in rows}
    references = {one for found in named.values() for one in found}
    if not references:
        return Matched([], {}), list(rows)
    requests = _standing_requests(connection, references)
    purses = {one.id: purse_of(one) for one in requests.values()}
    over = [one.order_id for one in requests.values() if one.state == "withdrawn"]
    invoices = open_invoices_of(connection, over)
    taken: list[_Taken] = []
    rest = []
    for row in rows:
        asked = [requests[one] for one in named[row.id] if one in requests]
        if not asked:
            rest.append(row)
            continue
        one = _decided(
            row, asked[0], purses[asked[0].id], invoices.get(asked[0].order_id, ())
        )
        purses[asked[0].id] = purses[asked[0].id].with_money(one.held)
        taken.append(one)
    _hold(connection, run, [one for one in taken if one.held], purses)
    return Matched([(one.row, one.decision) for one in taken], {}), rest


def _standing_requests(
    connection: Connection, references: Collection[str]
) -> dict[str, Row[Any]]:
    """Return the requests by the reference that money may name.

    One that is withdrawn because its order has changed stands for the order's new one:
    the customer has paid what he was asked first.
    """
    named = requests_named(connection, references)
    withdrawn = {one.order_id for one in named if one.state == "withdrawn"}
    standing = open_requests_of(connection, withdrawn)
    return {
        one.reference: standing.get(one.order_id, one)
        if one.state == "withdrawn"
        else one
        for one in named
    }


def reopen_advances(
    connection: Connection, run: RunRef, payment_ids: Sequence[int]
) -> None:
    """Ask again for advances whose money the bank took back before their invoice."""
    if not payment_ids:
        return
    orders = let_go(connection, payment_ids)
    _tell(connection, run, [(one, "the bank took it back") for one in orders], "unpaid")


def _references(row: Row[Any]) -> tuple[str, ...]:
    said = " ".join(
        (row.structured_ref or "", row.end_to_end_id or "", row.remittance or "")
    )
    return creditor_references_in(said) if "RF" in said.upper() else ()


def _decided(
    row: Row[Any], request: Row[Any], purse: Purse, invoices: Sequence[str]
) -> _Taken:
    """Decide on money for a request; invoices of its order that are open are proposed
    where the request is withdrawn."""
    why = _objection(row, request, purse)
    name = f"payment request {request.reference} of order {request.order_no}"
    held = ZERO if why else purse.takes(row.unapplied_amount)
    decision = Decision(
        payment_id=row.id,
        state=MatchState.REVIEW if why else MatchState.MATCHED,
        customer_id=request.customer_id,
        shares=(),
        unapplied=row.unapplied_amount,
        evidence=f"{name} {why}" if why else f"advance: {name}",
        proposals=(Proposal(tuple(invoices), f"{name} {why}"),) if why else (),
    )
    return _Taken(row, request, decision, held)


def _objection(row: Row[Any], request: Row[Any], purse: Purse) -> str:
    """Say why a person must look at money for a request; nothing where it is right."""
    if request.state == "withdrawn":
        return "is withdrawn"
    if purse.is_full or request.state == "paid":
        return "is paid already"
    if row.currency != request.currency:
        return f"asks for {request.currency}, not {row.currency}"
    return ""


def _hold(
    connection: Connection,
    run: RunRef,
    taken: Sequence[_Taken],
    purses: Mapping[int, Purse],
) -> None:
    if not taken:
        return
    last_on = {one.request.id: one.row.booked_on for one in taken}
    write_receipts(
        connection,
        [
            Receipt(one.request.id, one.row.id, one.held, one.row.booked_on)
            for one in taken
        ],
        [
            Standing(id_, purse.received, purse.state, on if purse.is_full else None)
            for id_, on in last_on.items()
            for purse in (purses[id_],)
        ],
    )
    _tell(
        connection,
        run,
        [(one.request.order_id, _why(one, purses[one.request.id])) for one in taken],
        "advance paid",
    )


def _why(one: _Taken, purse: Purse) -> str:
    """Say what came of what was asked."""
    asked = one.request
    came, wanted, so_far = (
        rounded_to_minor(amount, asked.currency)
        for amount in (one.held, asked.amount, purse.received)
    )
    if came == wanted:
        return str(asked.reference)
    return f"{asked.reference}: {came} came, {so_far} of {wanted} in all"


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
