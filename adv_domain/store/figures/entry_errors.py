"""Which orders were entered with a mistake, of which type, and what found it?

A rule finds it at validation, or a credit note names it later; either counts on the
day of the order, once per order and type.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Subquery,
    distinct,
    func,
    literal,
    select,
    union_all,
)

from adv_domain.rules.figures.kpi_catalogue import BY_CREDIT_NOTE, ERROR_TYPES
from adv_domain.rules.figures.kpi_days import ErrorCount
from adv_domain.rules.orders.rule_settings import ENTRY_RULES
from adv_domain.store.tables import (
    invoice,
    invoice_line,
    kpi_day,
    order_fault,
    order_line,
    sales_order,
)

# frozen on each credit note; that of an older one is its code
_TYPE = func.coalesce(invoice.c.error_type, invoice.c.reason_code)


def entry_errors(
    connection: Connection, of_orders: ColumnElement[bool], *, known_on: date
) -> list[ErrorCount]:
    """Count the orders with errors found by a day: in all, by type, by finder."""
    found = _found(of_orders, known_on).subquery()
    by_type = _late_or_not(found, found.c.type, late=func.min(found.c.late)).subquery()
    by_order = _late_or_not(by_type, late=func.max(by_type.c.late)).subquery()
    counted = func.count()
    whole = select(by_order.c.day, counted, func.sum(by_order.c.late))
    types = select(by_type.c.day, counted, func.sum(by_type.c.late), by_type.c.type)
    finders = select(
        found.c.day,
        func.count(distinct(found.c.order_id)),
        literal(0),
        found.c.type,
        found.c.finder,
    )
    statements = (
        whole.group_by(by_order.c.day),
        types.group_by(by_type.c.day, by_type.c.type),
        finders.group_by(found.c.day, found.c.type, found.c.finder),
    )
    return [
        _count(*row)
        for statement in statements
        for row in connection.execute(statement).all()
    ]


def days_with_late_errors(
    connection: Connection, *, before: date, since: date, known_on: date
) -> list[date]:
    """Return the days before one on which orders were entered with an error that a
    credit note named since, as far as these days have figures.
    """
    named = _by_credit_notes(sales_order.c.ordered_on < before, known_on)
    in_time = named.where(invoice.c.issued_on >= since).subquery()
    rows = connection.execute(
        select(in_time.c.day)
        .where(in_time.c.day.in_(select(kpi_day.c.day)))
        .distinct()
        .order_by(in_time.c.day)
    )
    return list(rows.scalars())


def _found(of_orders: ColumnElement[bool], known_on: date) -> CompoundSelect[Any]:
    by_rules = (
        select(
            sales_order.c.ordered_on.label("day"),
            sales_order.c.id.label("order_id"),
            order_fault.c.family.label("type"),
            order_fault.c.code.label("finder"),
            literal(0).label("late"),
        )
        .join(order_fault, order_fault.c.order_id == sales_order.c.id)
        .where(
            of_orders,
            order_fault.c.code.in_(ENTRY_RULES),
            order_fault.c.found_on <= known_on,
        )
    )
    return union_all(by_rules, _by_credit_notes(of_orders, known_on))


def _by_credit_notes(of_orders: ColumnElement[bool], known_on: date) -> Select[Any]:
    return (
        select(
            sales_order.c.ordered_on.label("day"),
            sales_order.c.id.label("order_id"),
            _TYPE.label("type"),
            literal(BY_CREDIT_NOTE).label("finder"),
            literal(1).label("late"),
        )
        .join(invoice_line, invoice_line.c.invoice_id == invoice.c.id)
        .join(order_line, order_line.c.id == invoice_line.c.order_line_id)
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .where(
            of_orders,
            invoice.c.kind == "credit_note",
            _TYPE.in_(ERROR_TYPES),
            invoice.c.issued_on <= known_on,
        )
    )


def _late_or_not(
    found: Subquery, *more: ColumnElement[Any], late: ColumnElement[int]
) -> Select[Any]:
    by = (found.c.day, found.c.order_id, *more)
    return select(*by, late.label("late")).group_by(*by)


def _count(
    day: date, orders: int, late: int, type_: str = "", finder: str = ""
) -> ErrorCount:
    return ErrorCount(
        day=day, orders=int(orders), late=int(late), type=type_, finder=finder
    )
