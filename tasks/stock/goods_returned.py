"""How are goods booked that came back: what is not billed of them, what is credited?

What was not invoiced yet never will be; for what was, a credit note is proposed to a
person, with the command that issues it, or accepted by the policy. A return reopens
nothing: goods that are to go out again are ordered again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.believable import FeedbackRefused
from adv_domain.rules.stock.entries import StockEntry
from adv_domain.rules.stock.returns import Delivered, ReturnPart, returned
from adv_domain.store.rows import insert_rows, take_ids
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.feedback import (
    OrderAtStock,
    Row,
    close_questions,
    known_messages,
    open_questions,
    write_order_states,
)
from adv_domain.store.stock.goods_returned import (
    ReturnedLine,
    Unbilled,
    deliveries_out,
    write_returns,
)
from adv_domain.store.stock.returns import book_arrivals
from adv_domain.store.tables import stock_message
from tasks.resources import now
from tasks.stock.feedback_batch import FeedbackBatch, entry_key, hearing
from tasks.stock.feedback_ledger import OVER_QUESTION
from tasks.stock.feedback_orders import named_orders
from tasks.stock.returns_credited import propose_credits
from tasks.stock.returns_to_credit import BilledReturn, credits_to_propose


@dataclass(slots=True)
class _Back:
    """A batch of returns on its way; out is what is still with the customers."""

    batch: FeedbackBatch
    out: dict[int, list[Delivered]]
    rows: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    lines: dict[int, ReturnedLine] = field(default_factory=dict)
    unbilled: dict[int, Unbilled] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)
    billed: list[BilledReturn] = field(default_factory=list)
    orders: dict[int, OrderAtStock] = field(default_factory=dict)


def book_returns(
    batch: FeedbackBatch, connection: Connection, entries: Mapping[int, StockEntry]
) -> None:
    """Book a batch of returns, in a constant number of statements."""
    named = named_orders(batch, connection, entries)
    batch.known = known_messages(
        connection, [entry_key(entries[at], order) for at, order in named.items()]
    )
    out = deliveries_out(connection, {order.order_id for order in named.values()})
    back = _Back(batch, out)
    ids = take_ids(connection, stock_message, len(named))
    for (at, order), message_id in zip(named.items(), ids, strict=True):
        key = entry_key(entries[at], order)
        if batch.was_booked(at, key):
            continue
        try:
            _take(back, entries[at], order, message_id)
        except FeedbackRefused as error:
            batch.refuse(at, error)
            continue
        accepted = batch.accept(at, key, order_id=order.order_id, message_id=message_id)
        back.messages.append(accepted)
        batch.result.done["returns"] += 1
    _write(connection, back)


def _take(back: _Back, entry: StockEntry, order: OrderAtStock, message_id: int) -> None:
    """Book one return; raises FeedbackRefused before anything of it is booked."""
    heard = hearing(back.batch.run)
    out = back.out.get(order.order_id, [])
    parts = returned(order.facts, entry=entry, heard=heard, delivered=out)
    for part in parts:
        back.rows.append(
            {
                "stock_message_id": message_id,
                "order_id": order.order_id,
                "order_line_id": part.delivered.line_id,
                "delivery_id": part.delivered.delivery_id,
                "returned_on": entry.on or heard.on,
                "qty": part.qty,
                "qty_billed": part.qty_billed,
                "qty_over": part.qty_over,
                "note": entry.note,
            }
        )
        left = _lessened(part)
        out[out.index(part.delivered)] = left
        _note(back, part, left)
        if part.qty_billed:
            back.billed.append(BilledReturn(part, order, entry.message_id))
    back.orders[order.order_id] = order
    _move(back, order, _story(entry, order, parts))


def _lessened(part: ReturnPart) -> Delivered:
    known = part.delivered
    return known._replace(
        qty_left=known.qty_left - part.qty,
        qty_over_left=known.qty_over_left - part.qty_over,
    )


def _note(back: _Back, part: ReturnPart, left: Delivered) -> None:
    """Add the part to what changes in its order line and delivery line."""
    free = part.qty - part.qty_billed
    line_id = left.line_id
    line = back.lines.get(line_id, ReturnedLine(line_id, ZERO, ZERO))
    back.lines[line_id] = replace(
        line,
        qty=line.qty + part.qty + part.qty_over,
        qty_unbilled=line.qty_unbilled + free,
    )
    if free:
        key = left.delivery_line_id
        known = back.unbilled.get(key, Unbilled(key, ZERO, None))
        ended_on = None if left.qty_left else back.batch.run.on
        back.unbilled[key] = Unbilled(key, known.qty + free, ended_on)


def _move(back: _Back, order: OrderAtStock, story: str) -> None:
    """Note what happened; an order of which nothing is left to bill is closed."""
    run = back.batch.run
    waits = any(one.qty_left and not one.invoice for one in back.out[order.order_id])
    closes = order.state is OrderState.FULFILLED and order.to_invoice and not waits
    order.to_invoice = order.to_invoice and waits
    back.happenings.append(
        Happening("order", order.order_id, "return", run.actor, reason=story)
    )
    if closes:
        back.happenings.append(
            Happening(
                entity="order",
                entity_id=order.order_id,
                what=str(OrderState.CLOSED),
                actor=run.actor,
                from_state=str(order.state),
                to_state=str(OrderState.CLOSED),
                reason="nothing of it is left to invoice",
            )
        )
        order.state = OrderState.CLOSED


def _story(entry: StockEntry, order: OrderAtStock, parts: Sequence[ReturnPart]) -> str:
    numbers = {line.line_id: no for no, line in order.lines.items()}
    told = ", ".join(_told(part, numbers[part.delivered.line_id]) for part in parts)
    said = [f"return {entry.message_id}", *([str(entry.on)] if entry.on else []), told]
    return "; ".join([*said, entry.note] if entry.note else said)


def _told(part: ReturnPart, line_no: int) -> str:
    known = part.delivered
    notes = [f"delivery {known.delivery_no}"]
    if part.qty_billed:
        notes.append(f"{plain_number(part.qty_billed)} on invoice {known.invoice}")
    if part.qty_over:
        notes.append(f"{plain_number(part.qty_over)} beyond the order")
    return (
        f"line {line_no}: {plain_number(part.qty + part.qty_over)} ({', '.join(notes)})"
    )


def _write(connection: Connection, back: _Back) -> None:
    run = back.batch.run
    insert_rows(connection, stock_message, back.messages)
    write_returns(
        connection,
        back.rows,
        lines=list(back.lines.values()),
        unbilled=list(back.unbilled.values()),
    )
    arrived = {one.line_id: one.qty for one in back.lines.values()}
    book_arrivals(connection, arrived, on=run.on)
    write_order_states(connection, back.orders.values())
    record_events(
        connection,
        back.happenings,
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    _close_taken_back(connection, back)
    proposals = credits_to_propose(connection, back.billed)
    credited = propose_credits(connection, run, proposals)
    if credited:
        back.batch.result.done["credit notes"] += credited


def _close_taken_back(connection: Connection, back: _Back) -> None:
    """Close the questions about goods beyond the order that all came back."""
    if not any(row["qty_over"] for row in back.rows):
        return
    still_out: dict[int, Decimal] = {}
    for one in (one for order_id in back.orders for one in back.out[order_id]):
        still_out[one.line_id] = still_out.get(one.line_id, ZERO) + one.qty_over_left
    asked = open_questions(connection, list(back.orders), kind=OVER_QUESTION)
    keys = [
        key
        for line_id, questions in asked.items()
        if not still_out.get(line_id, ZERO)
        for key in questions
    ]
    close_questions(
        connection, keys, by=back.batch.run.actor, result="it came back", at=now()
    )
