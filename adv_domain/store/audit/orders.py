"""Did every order go only where its states lead, and do its quantities add up?"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Subquery,
    case,
    exists,
    func,
    select,
    text,
    tuple_,
)
from sqlalchemy import or_ as either

from adv_domain.rules.orders.states import TRANSITIONS, OrderState
from adv_domain.store.audit.check import CheckResult, by_query
from adv_domain.store.tables import (
    cancelled_invoice,
    delivery_line,
    event,
    invoice,
    invoice_line,
    order_line,
    sales_order,
)

_ZERO = text("0")
_LISTED = [
    (str(before), str(after))
    for before, following in TRANSITIONS.items()
    for after in following
]


def order_checks(connection: Connection) -> list[CheckResult]:
    """Check transitions, states, quantities and what waits for its invoice."""
    return [
        _transitions(connection),
        _state_is_last_event(connection),
        _quantities(connection),
        _shipped(connection),
        _invoiced(connection),
        _to_invoice(connection),
    ]


def _transitions(connection: Connection) -> CheckResult:
    """An order begins as received; a repeated state is no transition."""
    before = func.coalesce(event.c.from_state, "")
    moves = (
        select(event.c.entity_id, before.label("before"), event.c.to_state)
        .where(
            event.c.entity == "order",
            event.c.to_state.is_not(None),
            before != event.c.to_state,
        )
        .subquery()
    )
    allowed = [("", str(OrderState.RECEIVED)), *_LISTED]
    return by_query(
        connection,
        "order_transitions_are_listed",
        looked_at=moves,
        broken=select(sales_order.c.order_no, moves.c.before, moves.c.to_state)
        .join(moves, moves.c.entity_id == sales_order.c.id)
        .where(tuple_(moves.c.before, moves.c.to_state).not_in(allowed)),
    )


def _state_is_last_event(connection: Connection) -> CheckResult:
    """The log replayed gives the state: none is lost (an order without log is new)."""
    last = (
        select(event.c.entity_id, func.max(event.c.id).label("event_id"))
        .where(event.c.entity == "order", event.c.to_state.is_not(None))
        .group_by(event.c.entity_id)
        .subquery()
    )
    return by_query(
        connection,
        "order_state_is_its_last_event",
        looked_at=last,
        broken=select(sales_order.c.order_no, sales_order.c.state)
        .join(last, last.c.entity_id == sales_order.c.id)
        .join(event, event.c.id == last.c.event_id)
        .where(event.c.to_state != sales_order.c.state),
    )


def _quantities(connection: Connection) -> CheckResult:
    """What a held order asks may be nonsense, such as -5: then nothing may ship."""
    line = order_line.c
    asked = case((line.qty > _ZERO, line.qty), else_=_ZERO)
    return by_query(
        connection,
        "shipped_within_ordered",
        looked_at=order_line,
        broken=_named().where(
            either(
                line.qty_shipped < _ZERO,
                line.qty_cancelled < _ZERO,
                line.qty_over < _ZERO,
                line.qty_shipped + line.qty_cancelled > asked,
            )
        ),
    )


def _shipped(connection: Connection) -> CheckResult:
    moved = delivery_line.c
    left = _sums(moved.order_line_id, qty=moved.qty, qty_over=moved.qty_over)
    return by_query(
        connection,
        "shipped_is_what_deliveries_say",
        looked_at=order_line,
        broken=_named()
        .outerjoin(left, left.c.owner_id == order_line.c.id)
        .where(
            either(
                func.coalesce(left.c.qty, _ZERO) != order_line.c.qty_shipped,
                func.coalesce(left.c.qty_over, _ZERO) != order_line.c.qty_over,
            )
        ),
    )


def _invoiced(connection: Connection) -> CheckResult:
    """What a cancelled invoice billed and another bills anew counts once; what a credit
    note took back of goods that will not be delivered does not count."""
    billed = _sums(
        invoice_line.c.order_line_id,
        source=invoice_line.join(
            invoice, invoice.c.id == invoice_line.c.invoice_id
        ).outerjoin(cancelled_invoice, cancelled_invoice.c.invoice_id == invoice.c.id),
        condition=(invoice.c.kind == "invoice")
        & (func.coalesce(cancelled_invoice.c.choice, "") != "recreate"),
        qty=invoice_line.c.qty,
    )
    return by_query(
        connection,
        "invoiced_is_what_invoices_say",
        looked_at=order_line,
        broken=_named()
        .outerjoin(billed, billed.c.owner_id == order_line.c.id)
        .where(
            func.coalesce(billed.c.qty, _ZERO)
            != order_line.c.qty_invoiced + order_line.c.qty_taken_back
        ),
    )


def _to_invoice(connection: Connection) -> CheckResult:
    waits = exists().where(
        delivery_line.c.order_id == sales_order.c.id,
        delivery_line.c.invoice_line_id.is_(None),
        delivery_line.c.ignored_on.is_(None),
    )
    return by_query(
        connection,
        "to_invoice_is_what_deliveries_say",
        looked_at=sales_order,
        broken=select(sales_order.c.order_no).where(sales_order.c.to_invoice != waits),
    )


def _named() -> Any:
    return select(sales_order.c.order_no, order_line.c.line_no).join_from(
        order_line, sales_order, sales_order.c.id == order_line.c.order_id
    )


def _sums(
    owner_id: ColumnElement[Any],
    *,
    source: FromClause | None = None,
    condition: ColumnElement[bool] | None = None,
    **quantities: ColumnElement[Any],
) -> Subquery:
    summed = [func.sum(qty).label(name) for name, qty in quantities.items()]
    query = select(owner_id.label("owner_id"), *summed).where(owner_id.is_not(None))
    if source is not None:
        query = query.select_from(source)
    if condition is not None:
        query = query.where(condition)
    return query.group_by(owner_id).subquery()
