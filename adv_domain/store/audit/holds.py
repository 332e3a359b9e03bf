"""Does every held order wait for the teams that it says, and no other order for any?"""

from sqlalchemy import Connection, exists, literal, select

from adv_domain.store.audit.check import CheckResult, by_query
from adv_domain.store.tables import order_hold, sales_order

_IS_OPEN = order_hold.c.closed_at.is_(None)
_OF_ORDER = order_hold.c.order_id == sales_order.c.id


def hold_checks(connection: Connection) -> list[CheckResult]:
    """Check the open holds against the orders, and the orders against their holds."""
    return [_holds(connection), _held(connection)]


def _holds(connection: Connection) -> CheckResult:
    """An open hold is of a held order, which names its team."""
    separated = literal(", ")
    teams = separated.concat(sales_order.c.held_for).concat(separated)
    is_named = teams.contains(separated.concat(order_hold.c.team).concat(separated))
    return by_query(
        connection,
        "open_holds_are_of_held_orders",
        looked_at=select(order_hold.c.id).where(_IS_OPEN),
        broken=select(sales_order.c.order_no, order_hold.c.team)
        .join(order_hold, _OF_ORDER)
        .where(
            _IS_OPEN,
            (sales_order.c.state != "held")
            | sales_order.c.held_for.is_(None)
            | ~is_named,
        ),
    )


def _held(connection: Connection) -> CheckResult:
    """An order that is held for teams has an open hold, with a day to answer."""
    held = (sales_order.c.state == "held") & sales_order.c.held_for.is_not(None)
    return by_query(
        connection,
        "held_orders_have_open_holds",
        looked_at=select(sales_order.c.id).where(held),
        broken=select(sales_order.c.order_no, sales_order.c.held_for).where(
            held, ~exists().where(_OF_ORDER, _IS_OPEN)
        ),
    )
