"""What does an order come to, once a change is written into it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from adv_domain.rules.amendments.decision import ChangeDecision
from adv_domain.rules.amendments.differences import redated_lines, renewed_lines
from adv_domain.rules.amendments.quantities import LineQuantities, changed_quantities
from adv_domain.rules.amendments.states import BEFORE_HANDOFF
from adv_domain.rules.amendments.terms import (
    HeaderTerms,
    LineTerms,
    OrderTerms,
    StandingLine,
)
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.states import OrderState, next_state
from adv_domain.rules.orders.twins import goods_key
from adv_domain.rules.stock.fulfilment import LineFacts, states_after
from adv_domain.store.orders.changeable import (
    TERM_COLUMNS,
    ChangeableOrder,
    LineRow,
    OrderWrites,
)
from adv_domain.store.orders.validation import WaitingOrder


class PricedLine(NamedTuple):
    """The product and price that stand on a line by the rules of validation."""

    product_id: int | None
    unit_price: Decimal | None
    discount_rate: Decimal
    price_source: str | None
    net: Decimal | None


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a change is done: since when it counts, the order's new version,
    and for an order at stock the prices and the days that are promised, by line."""

    since: date
    version: int
    prices: Mapping[int, PricedLine] = field(default_factory=dict)
    promised: Mapping[int, date | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    """An order once a change is done, and the states that it passed through."""

    order: ChangeableOrder
    passed: tuple[OrderState, ...] = ()


def changed_order(
    order: ChangeableOrder, decision: ChangeDecision, on_terms: Terms
) -> ChangedOrder:
    """Return the order with the change in it.

    One that stock does not know goes back to received, for validation to price and
    judge it anew; one that it knows keeps its state unless nothing is left open.
    """
    target = decision.target
    assert target is not None
    rows = _rows(order, target, on=on_terms.since)
    rows = _on_terms(rows, order, decision, on_terms)
    standing = replace(
        order.standing,
        header=target.header,
        lines={no: _standing_line(order, no, row) for no, row in rows.items()},
        waits_for=None,
    )
    before = order.standing.state
    passed = _passed(before, rows, standing.lines, is_cancel=decision.is_cancel)
    state = passed[-1] if passed else before
    head = _head(order.head, target.header, state)._replace(
        goods_key=_goods(order, rows), **_leaving(order.standing.header, target.header)
    )
    if before not in BEFORE_HANDOFF:
        head = head._replace(net=_net(rows))
    standing = replace(standing, state=state)
    changed = ChangeableOrder(standing, head, on_terms.version, rows)
    return ChangedOrder(changed, passed)


def _rows(
    order: ChangeableOrder, target: OrderTerms, *, on: date
) -> dict[int, LineRow]:
    rows = {
        no: _changed(
            row,
            target.lines.get(no),
            shipped=order.standing.lines[no].qty_shipped,
            on=on,
        )
        for no, row in order.rows.items()
    }
    for no, terms in target.lines.items():
        if no not in rows:
            rows[no] = _new(no, terms)
    return rows


def _changed(
    row: LineRow, terms: LineTerms | None, *, shipped: Decimal, on: date
) -> LineRow:
    now = LineQuantities(row.qty, row.qty_cancelled, row.state, row.cancelled_on)
    wanted = ZERO if terms is None else terms.quantity
    after = changed_quantities(now, wanted=wanted, shipped=shipped, on=on)
    if terms is None:
        return row._replace(**after._asdict())
    is_other = terms.product != row.product_code
    return row._replace(
        **{
            TERM_COLUMNS.get(name, name): value
            for name, value in terms._asdict().items()
        }
        | after._asdict()
        | ({"product_id": None} if is_other else {})
    )


def _on_terms(
    rows: Mapping[int, LineRow],
    order: ChangeableOrder,
    decision: ChangeDecision,
    on_terms: Terms,
) -> dict[int, LineRow]:
    """Give lines their prices and days: what was promised for another day falls."""
    target = decision.target
    assert target is not None
    redated = redated_lines(order.standing, target)
    renewed = renewed_lines(order.standing, target, decision.differences)
    priced = {}
    for no, row in rows.items():
        values: dict[str, Any] = {}
        if no in on_terms.prices:
            values |= on_terms.prices[no]._asdict()
        if no in redated:
            promised = on_terms.promised.get(no)
            values |= {"first_confirmed_on": promised, "confirmed_on": promised}
        if no in renewed:
            values["amended_on"] = on_terms.since
        priced[no] = row._replace(**values)
    return priced


def _new(line_no: int, terms: LineTerms) -> LineRow:
    values: dict[str, Any] = dict.fromkeys(LineRow._fields)
    values |= {
        TERM_COLUMNS.get(name, name): value for name, value in terms._asdict().items()
    }
    return LineRow(
        **values
        | {
            "line_no": line_no,
            "qty_cancelled": ZERO,
            "state": "open",
            "discount_rate": ZERO,
        }
    )


def _standing_line(order: ChangeableOrder, line_no: int, row: LineRow) -> StandingLine:
    known = order.standing.lines.get(line_no)
    if known is None:
        return StandingLine(None, line_no, row.terms())
    return replace(known, terms=row.terms())


def _passed(
    state: OrderState,
    rows: Mapping[int, LineRow],
    lines: Mapping[int, StandingLine],
    *,
    is_cancel: bool,
) -> tuple[OrderState, ...]:
    if is_cancel:
        return (next_state(state, OrderState.CANCELLED),)
    if state in BEFORE_HANDOFF:
        is_there = state is OrderState.RECEIVED
        return () if is_there else (next_state(state, OrderState.RECEIVED),)
    facts = [
        LineFacts(
            line_id=line.line_id or 0,
            line_no=no,
            qty=rows[no].qty,
            qty_shipped=line.qty_shipped,
            qty_cancelled=rows[no].qty_cancelled,
        )
        for no, line in lines.items()
    ]
    if any(line.qty_open > 0 for line in facts):
        return ()
    return tuple(states_after(state=state, lines=facts))


def _head(head: WaitingOrder, header: HeaderTerms, state: OrderState) -> WaitingOrder:
    known = {
        name: value
        for name, value in header._asdict().items()
        if name in WaitingOrder._fields
    }
    return head._replace(
        **known,
        state=str(state),
        held_for=None,
        held_on=None,
        # credit looks at the lines until validation has set it anew
        gross=None,
    )


def _leaving(before: HeaderTerms, after: HeaderTerms) -> dict[str, Any]:
    """Return how the order leaves where the change says so; else it stands, also what
    a person has arranged."""
    asked = {
        "shipping_policy": (before.asked_shipping_policy, after.asked_shipping_policy),
        "priority": (before.asked_priority, after.asked_priority),
    }
    return {name: new for name, (old, new) in asked.items() if new and new != old}


def _goods(order: ChangeableOrder, rows: Mapping[int, LineRow]) -> int | None:
    live = [row for row in rows.values() if row.state != "cancelled"]
    goods = [(row.product_code, row.qty) for row in live]
    return goods_key(order.head.customer_code, goods)


def _net(rows: Mapping[int, LineRow]) -> Decimal | None:
    nets = [row.net for row in rows.values() if row.state != "cancelled"]
    return None if None in nets else sum((net for net in nets if net), ZERO)


def add_writes(
    writes: OrderWrites, before: ChangeableOrder, after: ChangeableOrder
) -> None:
    """Add what differs between an order before and after the changes of a batch."""
    order_id, head = after.head.id, after.head
    writes.orders.append(
        (
            order_id,
            *after.standing.header,
            head.state,
            after.version,
            head.held_for,
            head.held_on,
            head.net,
            head.gross,
            head.goods_key,
            # the total that the customer's document stated is of what it was
            None,
            head.shipping_policy,
            head.priority,
        )
    )
    for line_no, row in after.rows.items():
        line_id = after.standing.lines[line_no].line_id
        if line_id is None:
            writes.new_lines.append(_inserted(order_id, row))
        elif row != before.rows[line_no]:
            writes.lines.append((line_id, *row[1:]))


def _inserted(order_id: int, row: LineRow) -> dict[str, Any]:
    return {"order_id": order_id, **row._asdict()}
