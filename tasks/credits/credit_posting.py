"""How do decided credit notes become posted ones, set against what is still open?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.billing.posting import Draft
from adv_domain.rules.credits.creditable import Creditable
from adv_domain.rules.credits.crediting import credit_shares
from adv_domain.store.credits.crediting import open_items_of
from adv_domain.store.payments.settling import Giving, allocate
from adv_domain.store.runs import Happening, record_events
from tasks.billing.books import read_books
from tasks.billing.posting import Posted, post_drafts
from tasks.credits.credit_reasons import reason_of
from tasks.credits.returns_settled import answer_returns
from tasks.resources import now


@dataclass(frozen=True, slots=True)
class CreditedBy:
    """Who credits, on which business date, in which run if in one."""

    person: str
    on: date
    run_id: int | None = None


def post_credit_notes(
    connection: Connection,
    decided: Sequence[tuple[Creditable, Draft]],
    *,
    credited: CreditedBy,
) -> list[Posted]:
    """Post the notes in the order given and tell it in the documents' histories.

    Each lowers the oldest open items of what it corrects; the rest of it stays as
    the customer's credit. A constant number of statements.
    """
    posted = post_drafts(
        connection,
        [draft for _, draft in decided],
        books=read_books(connection, [one.customer_id for one, _ in decided]),
        on=credited.on,
        run_id=credited.run_id,
    )
    pairs = [(one, note) for (one, _), note in zip(decided, posted, strict=True)]
    givings = [
        (one.invoice_id, note, note.draft.amounts.payable) for one, note in pairs
    ]
    set_against(connection, givings, by=credited.person)
    answer_returns(connection, pairs, by=credited.person)
    record_events(
        connection,
        [
            told
            for one, note in pairs
            for told in told_of_credit(one, note, by=credited.person)
        ],
        business_date=credited.on,
        now=now(),
        run_id=credited.run_id,
    )
    return posted


def told_of_credit(invoice: Creditable, posted: Posted, *, by: str) -> list[Happening]:
    """Say what happened to both documents, and to the order where it was its fault."""
    reason, code = posted.draft.reason or "", posted.draft.reason_code or ""
    told = f"{posted.invoice_no} ({code}): {reason}"
    happenings = [
        Happening("invoice", posted.invoice_id, "posted", by, None, "posted", reason),
        Happening("invoice", invoice.invoice_id, "credited", by, reason=told),
    ]
    if reason_of(code).error_type:
        late = "entry error found late"
        happenings += [
            Happening("order", order_id, late, by, reason=told)
            for order_id in _orders_of(invoice, posted)
        ]
    return happenings


def _orders_of(invoice: Creditable, posted: Posted) -> list[int]:
    """Return the orders whose lines are credited; one given by amount names none."""
    order_of = {line.order_line_id: line.order_id for line in invoice.lines}
    credited = [order_of.get(line.order_line_id) for line in posted.draft.lines]
    named = dict.fromkeys([*credited, None] if any(credited) else [invoice.order_id])
    return [one for one in named if one is not None]


def set_against(
    connection: Connection, given: Sequence[tuple[int, Posted, Decimal]], *, by: str
) -> None:
    """Set what each note gives back of an invoice (below zero) against what it owes."""
    ids = [one for one, _, _ in given] + [note.invoice_id for _, note, _ in given]
    items: dict[int, list[tuple[int, Decimal]]] = {one: [] for one in ids}
    for row in open_items_of(connection, ids):
        items[row.invoice_id].append((row.id, row.open_amount))
    givings = []
    for invoice_id, note, credit in given:
        [(credit_id, _)] = items[note.invoice_id]
        owed = items[invoice_id]
        shares = credit_shares([amount for _, amount in owed], -credit)
        givings += [
            Giving(
                instalment_id=item_id,
                amount=share,
                allocated_on=note.issued_on,
                evidence=f"credit note {note.invoice_no}",
                credit_instalment_id=credit_id,
            )
            for (item_id, _), share in zip(owed, shares, strict=True)
            if share > 0
        ]
    allocate(connection, givings, by=by, at=now())
