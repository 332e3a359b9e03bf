"""Orders that are invoiced by milestones: nights of them, and what is posted."""

from datetime import date, timedelta

from sqlalchemy import select

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading
from adv_domain.store.tables import invoice
from flows.direct import run_directly
from tasks.orders.acts.common import Saying

ON = date(2026, 1, 6)
LATER = ON + timedelta(days=3)


def run(on=ON, *, flow="invoicing", dry_run=False):
    [end] = run_directly(flow, on=on, dry_run=dry_run)
    return end.outcome


def rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def bills(engine):
    return rows(engine, select(invoice).order_by(invoice.c.id))


def saying(on=LATER):
    return Saying("Ana", "the customer signed", on)


def sound(engine):
    with reading(engine) as connection:
        broken = {one.name: one.first for one in audit(connection) if one.violations}
    assert set(broken) <= {"handed_orders_have_a_message"}, broken
