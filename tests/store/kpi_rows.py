"""Rows that KPI tests count: items, money, shipments; days count from DAY."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    allocation,
    instalment,
    invoice,
    order_line,
    payment,
)
from tasks.figures.kpi_figures import figures_by_day
from tests.builders import DAY, NOW, _insert

D = Decimal


def day(offset: int) -> date:
    return DAY + timedelta(days=offset)


def an_item(engine, *, customer_id, amount, issued, due, settled=None, **changes):
    """Insert a legacy invoice of one instalment; days count from DAY."""
    no = changes.pop("no", f"L{customer_id}-{issued}-{due}-{amount}")
    currency = changes.get("currency", "EUR")
    invoice_id = _insert(
        engine,
        invoice,
        {
            "company_id": 1,
            "kind": "credit_note" if D(amount) < 0 else "invoice",
            "origin": "legacy",
            "invoice_no": no,
            "customer_id": customer_id,
            "currency": currency,
            "issued_on": day(issued),
            "net": D(amount),
            "tax": D(0),
            "gross": D(amount),
            "seller": {},
            "buyer": {},
            "language": "en",
            "posted_at": NOW,
        },
    )
    return _insert(
        engine,
        instalment,
        {
            "company_id": 1,
            "invoice_id": invoice_id,
            "instalment_no": 1,
            "customer_id": customer_id,
            "currency": currency,
            "issued_on": day(issued),
            "due_on": day(due),
            "amount": D(amount),
            "open_amount": D(0) if settled is not None else D(amount),
            "settled_on": None if settled is None else day(settled),
            "means_of_payment": "transfer",
        },
    )


def a_payment(engine, *, amount, booked, kind="bank"):
    return _insert(
        engine,
        payment,
        {
            "company_id": 1,
            "kind": kind,
            "state": "matched",
            "entry_key": f"{kind}{amount}{booked}",
            "booked_on": day(booked),
            "amount": D(amount),
            "currency": "EUR",
            "unapplied_amount": D(0),
            "recorded_at": NOW,
        },
    )


def gives(engine, *, item, amount, on, payment_id=None, credit=None, undone=None):
    return _insert(
        engine,
        allocation,
        {
            "payment_id": payment_id,
            "credit_instalment_id": credit,
            "instalment_id": item,
            "amount": D(amount),
            "allocated_on": day(on),
            "evidence": "test",
            "made_by": "test",
            "made_at": NOW,
            "reversed_on": None if undone is None else day(undone),
        },
    )


def figures(engine, on: int) -> dict:
    with reading(engine) as connection:
        computed = figures_by_day(
            connection, first=day(on), last=day(on), currency="EUR"
        )
    assert computed.problem is None
    return computed.by_day[day(on)]


def value(engine, name: str, on: int):
    return figures(engine, on)[name].value


def a_notice(customer_id, item, key, state) -> dict:
    return {
        "customer_id": customer_id,
        "instalment_id": item,
        "level": 1,
        "policy": "default",
        "channel": "email",
        "tone": "friendly",
        "effect": "none",
        "state": state,
        "decided_on": DAY,
        "completed_on": DAY if state == "completed" else None,
        "amount": D(10),
        "interest": D(0),
        "fee": D(0),
        "currency": "EUR",
        "outbox_key": key,
    }


def a_fault(order_id, code, family, line_no, found: int = 0) -> dict:
    return {
        "order_id": order_id,
        "line_no": line_no,
        "code": code,
        "family": family,
        "severity": "block",
        "owner": "sales",
        "field": code,
        "message": "told",
        "clash": {"text": "test"},
        "found_on": day(found),
    }


def shipped(engine, order_id, *, on: int, qty: int = 3, line_no: int = 1) -> None:
    from tests.builders import a_delivery

    a_delivery(engine, order_id, on=day(on), qty=D(qty), no=f"D{on}-{line_no}")
    with writing(engine) as connection:
        connection.execute(
            update(order_line)
            .where(order_line.c.order_id == order_id)
            .values(last_shipped_on=day(on))
        )
