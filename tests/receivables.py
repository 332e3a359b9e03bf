"""Open invoices put straight into the tables, and what tests of money look at."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from adv_domain.rules.identifiers import creditor_reference
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows, take_ids
from adv_domain.store.tables import allocation, instalment, invoice, payment
from tests.bank_files import camt
from tests.builders import NOW

D = Decimal
DAY = date(2026, 3, 1)


def an_invoice(engine, customer_id, n=1, *amounts, **more):
    """Insert a posted invoice with one instalment per amount; return its number."""
    amounts = [D(a) for a in amounts or ("100.00",)]
    currency = more.pop("currency", "EUR")
    no = more.pop("no", f"F-2026-{n:06d}")
    gross = sum(amounts)
    with writing(engine) as connection:
        [invoice_id] = take_ids(connection, invoice, 1)
        values = {
            "id": invoice_id,
            "company_id": 1,
            "kind": "invoice",
            "origin": "legacy",
            "invoice_no": no,
            "customer_id": customer_id,
            "currency": currency,
            "issued_on": date(2026, 1, 10),
            "net": gross,
            "tax": D(0),
            "gross": gross,
            "rf_reference": creditor_reference(no),
            "seller": {},
            "buyer": {},
            "language": "en",
            "posted_at": NOW,
        }
        insert_rows(connection, invoice, [values | more])
        insert_rows(
            connection,
            instalment,
            [
                {
                    "company_id": 1,
                    "invoice_id": invoice_id,
                    "instalment_no": at,
                    "customer_id": customer_id,
                    "currency": currency,
                    "issued_on": date(2026, 1, 10),
                    "due_on": date(2026, 2, 10) + timedelta(30 * at),
                    "amount": amount,
                    "open_amount": amount,
                    "means_of_payment": "transfer",
                }
                for at, amount in enumerate(amounts, start=1)
            ],
        )
    return no


def import_(tmp_path, *entries, name="bank.xml", on=DAY, data=None, **statement):
    from tasks.payments.bank_inbox import import_bank_file

    path = tmp_path / name
    path.write_bytes(data or camt(*entries, **statement))
    return import_bank_file(path, on=on)


def counts(found):
    return {k: v for k, v in found.items() if k != "faults" and v}


def rows(engine, table, *columns):
    with reading(engine) as connection:
        return connection.execute(
            select(*(table.c[c] for c in columns)).order_by(table.c.id)
        ).all()


def open_amounts(engine):
    return [row.open_amount for row in rows(engine, instalment, "open_amount")]


def assert_money_adds_up(engine):
    """Invariants 28 and 29 over the whole database."""
    with reading(engine) as connection:
        given = dict(
            connection.execute(
                select(allocation.c.payment_id, func.sum(allocation.c.amount))
                .where(allocation.c.reversed_on.is_(None))
                .group_by(allocation.c.payment_id)
            )
            .tuples()
            .all()
        )
        for row in connection.execute(select(payment)):
            parts = (
                given.get(row.id, 0)
                + row.unapplied_amount
                + row.refunded_amount
                + row.reversed_amount
            )
            assert row.amount == parts, row
        taken = dict(
            connection.execute(
                select(allocation.c.instalment_id, func.sum(allocation.c.amount))
                .where(allocation.c.reversed_on.is_(None))
                .group_by(allocation.c.instalment_id)
            )
            .tuples()
            .all()
        )
        for row in connection.execute(select(instalment)):
            assert row.open_amount == row.amount - taken.get(row.id, 0)
            assert (row.open_amount == 0) == (row.settled_on is not None)
