"""Two nights with all that invoicing knows, phase by phase, each one resumable.

Requests for advances and their money, the brake and a person's yes, invoices collected
and by delivery, advance invoices and their deduction, credit notes of three kinds,
pages and e-invoices, mails over a server, a run taken back and billed anew.
"""

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import func, select

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.store.audit import audit
from adv_domain.store.credits.undoing import Undo
from adv_domain.store.engine import reading, writing
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.tables import (
    credit_part,
    customer,
    invoice,
    outbox,
    payment_request,
    sales_order,
)
from flows.direct import execute, run_directly
from tasks.brake import NothingToConfirm, confirm_run
from tasks.credits.credit_notes import credit_amount, credit_invoice
from tasks.credits.joint_notes import credit_together
from tasks.credits.undo import undo_run
from tasks.mail.acts import resolve_mail, retry_mail
from tasks.resources import resources
from tests.builders import NOW, a_customer, a_delivery, a_product, an_order
from tests.tasks.advance_rows import money

FIRST, SECOND, THIRD = date(2026, 1, 31), date(2026, 2, 3), date(2026, 2, 4)
POLICY = "[brake]\nfirst_documents = 7\n"
BUSY = "451 come back later"
SAID = {"by": "Ana", "reason": "agreed", "on": FIRST}


def founded(engine, home):
    """Set up customers of all kinds, and what was ordered and shipped in January."""
    (home / "policy.toml").write_text(POLICY)
    product_id = a_product(engine)
    kinds = {
        "EN": {},
        "ES": {"language": "es", "einvoice": "none"},
        "FR": {"language": "fr", "einvoice": "ubl"},
        "MONTH": {"invoicing": "monthly"},
        "AHEAD": {"advance_rate": Decimal("0.3")},
        "WHOLE": {"advance_rate": Decimal(1)},
    }
    for code, changes in kinds.items():
        a_customer(engine, code, **changes)
    for code in ("AHEAD", "WHOLE"):
        _ordered(engine, product_id, code, f"O-{code}")
    for at, code in enumerate(["EN", "ES", "FR", "MONTH", "MONTH", "EN", "ES"]):
        order_id = _ordered(engine, product_id, code, f"O-{at}", lines=1 + at % 2)
        a_delivery(engine, order_id, no=f"D-{at}")


def environment(home, port):
    """Return the settings of a process that sends its mails over this server."""
    mine = {name: text for name, text in os.environ.items() if name.startswith("ADV_")}
    server = {"HOST": "127.0.0.1", "PORT": str(port), "TLS": "none"}
    server["RETRY_SECONDS"] = "0"
    return {
        **mine,
        **{f"ADV_SMTP_{name}": text for name, text in server.items()},
        "ADV_HOME": str(home),
        "ADV_BATCH_SIZE": "2",
    }


def money_comes(engine):
    """The advances are paid, and their goods leave the next day."""
    with reading(engine) as connection:
        asked = connection.execute(
            select(payment_request).order_by(payment_request.c.id)
        ).all()
    for at, one in enumerate(asked):
        money(engine, one.amount, one.reference, key=f"K{at}")


def advances_leave(engine):
    """Stock has been told of the paid orders and ships them."""
    path = ("handed_off", "in_fulfilment", "fulfilled")
    for order_id in (1, 2):
        a_delivery(engine, order_id, on=date(2026, 1, 20), no="D-A")
        with writing(engine) as connection:
            told = [
                Happening("order", order_id, "shipped", "stock", before, after)
                for before, after in pairwise(path)
            ]
            record_events(connection, told, business_date=FIRST, now=NOW)


def february(engine):
    """More goods leave; the server has no room for mails to one of the customers."""
    for at, code in enumerate(["EN", "ES", "FR", "EN", "ES"]):
        order_id = _ordered(engine, 1, code, f"P-{at}")
        a_delivery(engine, order_id, on=SECOND, no=f"E-{at}")


def _ordered(engine, product_id, code, no, lines=1):
    with reading(engine) as connection:
        customer_id = connection.execute(
            select(customer.c.id).where(customer.c.code == code)
        ).scalar_one()
    return an_order(
        engine, customer_id=customer_id, product_id=product_id, no=no, lines=lines
    )


@dataclass(frozen=True)
class Step:
    """A step of the chain for a day."""

    name: str
    on: date

    def __call__(self):
        run_directly(self.name, on=self.on)


def confirm():
    """A person says yes once; who does not know whether he did says it again."""
    with suppress(NothingToConfirm):
        confirm_run(step="invoicing", **SAID)


def credit():
    """A person credits one whole, one in part, two together; he looks before he does.

    Crediting a whole invoice twice he need not even look for: it is refused.
    """
    said = {"reason_code": "price", **SAID}
    with suppress(CreditRefused):
        credit_invoice(invoice_no=_invoice_of("O-0").invoice_no, **said)
    in_part = _invoice_of("O-5")
    if not _count(invoice, invoice.c.corrects_id == in_part.id):
        credit_amount(invoice_no=in_part.invoice_no, amount=Decimal("5.00"), **said)
    if not _count(credit_part):
        asked = JointCredit(reason_code="price", reason="agreed", on=FIRST)
        numbers = [_invoice_of(no).invoice_no for no in ("O-1", "O-6")]
        credit_together(invoice_nos=numbers, asked=asked, by="Ana")


def invoices_of(connection, name=None):
    """Return the numbers of an order's or a customer's invoices, in their order."""
    known = (
        select(invoice.c.invoice_no)
        .join(customer, customer.c.id == invoice.c.customer_id)
        .outerjoin(sales_order, sales_order.c.id == invoice.c.order_id)
        .where(invoice.c.kind == "invoice")
        .order_by(invoice.c.id)
    )
    if name is not None:
        known = known.where(
            (sales_order.c.order_no == name) | (customer.c.code == name)
        )
    return list(connection.execute(known).scalars())


def undo_run_of(engine, invoice_no):
    """Take the run of an invoice back."""
    with reading(engine) as connection:
        run_id = connection.execute(
            select(invoice.c.run_id).where(invoice.c.invoice_no == invoice_no)
        ).scalar_one()
    wish = Undo(run_id, "price", "wrong prices", "recreate", "Ana", FIRST)
    undo_run(wish, execute=execute)


def _invoice_of(order_no):
    with reading(resources().engine) as connection:
        return connection.execute(
            select(invoice.c.id, invoice.c.invoice_no)
            .join(sales_order, sales_order.c.id == invoice.c.order_id)
            .where(sales_order.c.order_no == order_no, invoice.c.kind == "invoice")
        ).one()


def undo():
    """All that posted in the second night is taken back, its goods to be billed anew.

    A night that was killed has several runs: a person takes each of them back.
    """
    undo_all_of(SECOND, on=SECOND)


def undo_all_of(day, *, on):
    """Take back each run that posted invoices of a day."""
    with reading(resources().engine) as connection:
        runs = connection.execute(
            select(invoice.c.run_id)
            .where(invoice.c.issued_on == day, invoice.c.kind == "invoice")
            .group_by(invoice.c.run_id)
            .order_by(invoice.c.run_id)
        ).scalars()
        ids = list(runs)
    for run_id in ids:
        wish = Undo(run_id, "price", "wrong prices", "recreate", "Ana", on)
        undo_run(wish, execute=execute)


def unknown_settled(engine, script):
    """A person looks up in the server's log whether a mail arrived, and says so."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(outbox.c.outbox_key, outbox.c.message_id)
            .where(outbox.c.state == "unknown")
            .order_by(outbox.c.id)
        ).all()
    for key, message_id in rows:
        arrived = message_id in script.message_ids
        resolve_mail(key, was_sent=arrived, **SAID)
        if not arrived:
            retry_mail(key, **SAID)
    return len(rows)


def received(script):
    """Count what the mail server got: who, what, and every byte that came with it."""
    return Counter(
        (str(mail["Message-ID"]), str(mail["To"]), str(mail["Subject"]), _parts(mail))
        for mail in script.accepted
    )


def _parts(mail):
    return tuple(part.get_payload(decode=True) for part in mail.walk())


def broken(engine):
    """Return what `adv audit` finds wrong."""
    with reading(engine) as connection:
        return [
            (one.name, one.violations)
            for one in audit(connection)
            if one.violations and one.name != "handed_orders_have_a_message"
        ]  # the builders ship without the handoff


def _count(table, *where):
    with reading(resources().engine) as connection:
        return connection.execute(
            select(func.count()).select_from(table).where(*where)
        ).scalar_one()


NIGHTS = [
    ("requests", Step("handoff", FIRST), money_comes),
    ("payments", Step("payments", FIRST), None),
    ("handoff", Step("handoff", FIRST), advances_leave),
    ("brake", Step("invoicing", FIRST), None),
    ("confirm-run", confirm, None),
    ("invoicing", Step("invoicing", FIRST), None),
    ("credit notes", credit, None),
    ("documents", Step("documents", FIRST), None),
    ("mail", Step("mail", FIRST), february),
    ("second invoicing", Step("invoicing", SECOND), None),
    ("second documents", Step("documents", SECOND), None),
    ("second mail", Step("mail", SECOND), None),
    ("undo-run", undo, None),
    ("notes' documents", Step("documents", SECOND), None),
    ("invoicing anew", Step("invoicing", THIRD), None),
    ("documents anew", Step("documents", THIRD), None),
    ("last mail", Step("mail", THIRD), None),
]
"""Each phase, what it does, and what the world does after it."""
