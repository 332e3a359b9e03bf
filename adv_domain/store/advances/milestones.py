"""Which milestones do orders have, and which are to be invoiced?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Row,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    update,
)

from adv_domain.rules.advances.milestones import AT_ORDER, Milestone
from adv_domain.store.billing.ordered_rest import LINE_REST
from adv_domain.store.bulk_update import update_rows
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import (
    cancelled_invoice,
    customer,
    invoice,
    invoice_tax,
    milestone,
    order_line,
    sales_order,
)

_UNDER_WAY = ("accepted", "handed_off", "in_fulfilment")
_LET_GO = select(cancelled_invoice.c.invoice_id).where(
    cancelled_invoice.c.choice == "recreate"
)
"""Invoices whose milestones are to be invoiced anew."""


def orders_to_plan(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Claim orders to be planned that have no plan, by id: id, order_no, milestones.

    An order's own goes before its customer's. One of which anything is invoiced goes
    on as it was begun.
    """
    has_plan = exists().where(milestone.c.order_id == sales_order.c.id)
    begun = exists().where(
        order_line.c.order_id == sales_order.c.id, order_line.c.qty_invoiced > 0
    )
    plan = func.coalesce(sales_order.c.milestones, customer.c.milestones)
    return connection.execute(
        select(sales_order.c.id, sales_order.c.order_no, plan.label("milestones"))
        .join(customer, customer.c.id == sales_order.c.customer_id)
        .where(
            plan.is_not(None),
            sales_order.c.id > (after or 0),
            sales_order.c.state.in_(_UNDER_WAY),
            ~has_plan,
            ~begun,
        )
        .order_by(sales_order.c.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=sales_order)
    ).all()


def state_and_plan(connection: Connection, order_id: int) -> tuple[str, str | None]:
    """Return an order's state, and the plan that the next invoicing will give it."""
    begun = exists().where(
        order_line.c.order_id == sales_order.c.id, order_line.c.qty_invoiced > 0
    )
    plan = func.coalesce(sales_order.c.milestones, customer.c.milestones)
    row = connection.execute(
        select(sales_order.c.state, case((~begun, plan), else_=None))
        .outerjoin(customer, customer.c.id == sales_order.c.customer_id)
        .where(sales_order.c.id == order_id)
    ).one()
    return row[0], row[1]


def has_rest(connection: Connection, order_id: int) -> bool:
    """Tell whether anything of an order is not invoiced."""
    rest = exists().where(order_line.c.order_id == order_id, LINE_REST > 0)
    return bool(connection.execute(select(rest)).scalar_one())


def write_plans(
    connection: Connection, plans: Mapping[int, Sequence[Milestone]]
) -> None:
    """Insert the milestones of orders, by order."""
    insert_rows(
        connection,
        milestone,
        [
            {
                "order_id": order_id,
                "milestone_no": number,
                "name": one.name,
                "rate": one.rate,
                "amount": one.amount,
                "due_on": one.due_on,
            }
            for order_id, plan in plans.items()
            for number, one in enumerate(plan, start=1)
        ],
    )


def drop_plan(connection: Connection, order_id: int) -> None:
    """Delete the milestones of an order, of which none is invoiced."""
    connection.execute(delete(milestone).where(milestone.c.order_id == order_id))


def milestones_due(
    connection: Connection,
    *,
    on: date,
    after: int | None,
    limit: int | None,
    only: Collection[int] | None = None,
) -> Sequence[Row[Any]]:
    """Claim milestones that are invoiced on a day, by id; of some orders if named."""
    part = milestone.c
    is_due = or_(
        part.name == AT_ORDER,
        part.due_on <= on,
        part.reached_on <= on,
    )
    wanted = [] if only is None else [among(connection, part.order_id, only)]
    return connection.execute(
        select(milestone, sales_order.c.order_no)
        .join(sales_order, sales_order.c.id == part.order_id)
        .where(
            or_(part.invoice_id.is_(None), part.invoice_id.in_(_LET_GO)),
            part.id > (after or 0),
            is_due,
            sales_order.c.state.in_(_UNDER_WAY),
            *wanted,
        )
        .order_by(part.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=milestone)
    ).all()


def read_milestones(connection: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Read claimed milestones by id, with the numbers of their orders."""
    return connection.execute(
        select(milestone, sales_order.c.order_no)
        .join(sales_order, sales_order.c.id == milestone.c.order_id)
        .where(among(connection, milestone.c.id, ids))
        .order_by(milestone.c.id)
    ).all()


def milestones_by_order(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, list[Row[Any]]]:
    """Read the milestones of orders in their order, with the invoice_no that bills
    them; one whose invoice is to be made anew has none."""
    stands = and_(
        invoice.c.id == milestone.c.invoice_id, milestone.c.invoice_id.not_in(_LET_GO)
    )
    rows = connection.execute(
        select(milestone, invoice.c.invoice_no, invoice.c.gross, sales_order.c.currency)
        .select_from(milestone)
        .join(sales_order, sales_order.c.id == milestone.c.order_id)
        .outerjoin(invoice, stands)
        .where(among(connection, milestone.c.order_id, order_ids))
        .order_by(milestone.c.order_id, milestone.c.milestone_no)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found


class Invoiced(NamedTuple):
    """What of an order is invoiced before tax, by category and rate: ahead of its
    delivery, and in all, less what credit notes gave back."""

    ahead: dict[tuple[str, Decimal], Decimal]
    in_all: dict[tuple[str, Decimal], Decimal]


NOTHING_INVOICED = Invoiced({}, {})


def read_invoiced(
    connection: Connection, order_ids: Collection[int]
) -> dict[int, Invoiced]:
    """Read by order what its documents come to; an invoice states its base without
    what it deducts. What was credited of an advance for good, such as for a price, is
    invoiced all the same."""
    tax, corrected = invoice_tax.c, invoice.alias("corrected")
    is_for_good = and_(corrected.c.is_advance, ~invoice.c.is_advance)
    ahead = case((invoice.c.is_advance, tax.base), else_=Decimal(0))
    rows = connection.execute(
        select(
            invoice.c.order_id,
            tax.category,
            tax.rate,
            func.sum(ahead, type_=AMOUNT),
            func.sum(tax.base, type_=AMOUNT),
        )
        .join(invoice, invoice.c.id == tax.invoice_id)
        .outerjoin(corrected, corrected.c.id == invoice.c.corrects_id)
        .where(
            among(connection, invoice.c.order_id, order_ids),
            tax.kind == "vat",
            ~func.coalesce(is_for_good, false()),
        )
        .group_by(invoice.c.order_id, tax.category, tax.rate)
    )
    found: dict[int, Invoiced] = {}
    for order_id, category, rate, of_advances, whole in rows:
        known = found.setdefault(order_id, Invoiced({}, {}))
        known.ahead[category, rate] = of_advances
        known.in_all[category, rate] = whole
    return found


def mark_invoiced(connection: Connection, done: Sequence[tuple[int, int]]) -> None:
    """Write which invoice bills each milestone."""
    update_rows(connection, milestone, ("invoice_id",), done)


def mark_reached(
    connection: Connection, milestone_id: int, *, on: date, by: str
) -> None:
    """Write that a milestone was reached, and who says so."""
    connection.execute(
        update(milestone)
        .where(milestone.c.id == milestone_id)
        .values(reached_on=on, reached_by=by)
    )


def as_milestone(row: Any) -> Milestone:
    """Make the value of a row."""
    return Milestone(row.name, row.rate, row.amount, row.due_on)
