"""A shop whose customers change their minds, as tests of amendments need it."""

from datetime import date

from sqlalchemy import select

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading
from adv_domain.store.tables import amendment, amendment_change
from flows.direct import run_directly
from tasks.intake.step import import_file
from tests.tasks.feedback_runs import book

DAY = date(2026, 1, 5)
ANA = {"by": "Ana", "reason": "agreed by phone", "on": DAY}
PLAIN = {
    "customer": "C1",
    "customer_ref": "R1",
    "ordered_on": DAY,
    "requested_on": "2026-01-20",
    "line": 1,
    "product": "P1",
    "quantity": 3,
    "price": "",
    "ship_to_address": "",
    "document": "",
    "document_ref": "",
}


def row(**values):
    """Return a row of an order file: three P1 on line 1 unless said otherwise."""
    return ",".join(str(value) for value in (PLAIN | values).values())


def change(**values):
    """Return a row of a change, without a day of its own."""
    return row(**{"document": "change", "requested_on": ""} | values)


def cancel(**values):
    return row(**{"document": "cancel"} | values)


def take(tmp_path, *lines):
    """Import the rows as a file of orders."""
    path = tmp_path / "orders.csv"
    path.write_text("\n".join((",".join(PLAIN), *lines)) + "\n")
    tally = import_file("orders", path, on=DAY)
    assert not tally.errors, tally.errors
    return tally


def run(name, on=DAY):
    [end] = run_directly(name, on=on)
    assert end.error is None, end.error
    return end.outcome


def accepted(tmp_path, *lines):
    """Take an order and validate it."""
    take(tmp_path, *(lines or (row(),)))
    assert run("validation").done == {"accepted": 1}


def handed_off(tmp_path, *lines):
    accepted(tmp_path, *lines)
    assert run("handoff").done["handed off"]


def changed(tmp_path, *lines):
    """Take a change and let validation decide on it."""
    take(tmp_path, *lines)
    return run("validation")


def answered(kind, answers, *, note="", message="M1"):
    """Book stock's answer to a message of ours."""
    header = "message_id,kind,answers,note\n"
    return book(text=f"{header}{message},{kind},{answers},{note}\n")


def rows(engine, table, **where):
    with reading(engine) as connection:
        wanted = [table.c[name] == value for name, value in where.items()]
        statement = select(table).where(*wanted)
        return connection.execute(statement.order_by(table.c.id)).all()


def states(engine):
    return [one.state for one in rows(engine, amendment)]


def values(engine):
    """Return what the changes alter: line, field, old and new value."""
    return [
        (one.line_no, one.field, one.old_value, one.new_value)
        for one in rows(engine, amendment_change)
    ]


def assert_sound(engine):
    """Every invariant of adv audit holds."""
    with reading(engine) as connection:
        broken = {one.name: one.first for one in audit(connection) if one.violations}
    assert broken == {}
