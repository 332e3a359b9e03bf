"""Invariant 22: what is invoiced of an order line, is open and is cancelled adds up.

Random histories go through the real steps under every schedule: acceptance, shipments
in part and beyond the order, what stock gives up, returns, a customer's changes, orders
cancelled, invoices cancelled and made anew or never, credit notes as they are proposed,
and a customer who is invoiced otherwise from a day on. The documents are counted, not
the columns that the steps keep.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.rules.money import ZERO
from adv_domain.store.audit import audit
from adv_domain.store.columns import UNIT
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    cancelled_invoice,
    customer,
    delivery_line,
    handoff_message,
    invoice,
    invoice_line,
    order_line,
    sales_order,
    task,
)
from flows.direct import execute, run_directly
from tasks.billing.by_hand import Billing, NothingToBill, bill_by_hand
from tasks.credits.credit_notes import credit_invoice
from tasks.credits.rebilling import Rebilling, rebill_named
from tasks.intake.step import import_file
from tasks.orders.acts.ending import cancel_order
from tasks.stock.exceptions import Choice, resolve_exception
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import PLAIN, change, row
from tests.tasks.feedback_runs import book

FIRST = date(2026, 1, 5)
SCHEDULES = ("order", "shipment", "daily", "weekly fri", "monthly", "manual")
BILLED_STATES = {"accepted", "handed_off", "in_fulfilment", "fulfilled", "closed"}
LONG_AFTER = timedelta(days=40)
_numbers = count(1)
_CREDIT = re.compile(r"credit-note (\S+) (.+) --reason-code (\S+) --reason")


@dataclass(frozen=True)
class Case:
    """A customer's schedule and what happens to his order of two lines."""

    schedule: str
    moves: list[tuple[str, int, int]]


NAMES = (
    *("ship", "ship", "ship", "invoice", "invoice", "amend", "amend", "amend"),
    *("drop", "ask_anew", "send_back", "credit", "cancel_invoice", "cancel", "switch"),
)


def case_of(seed):
    """Return a history: by order most often, for there is most that can happen."""
    chance = Random(seed)
    names = [chance.choice(NAMES) for _ in range(chance.randint(4, 9))]
    begins = ["invoice"] * chance.randint(0, 1)
    return Case(
        schedule=chance.choice(("order", "order", "order", *SCHEDULES)),
        moves=[
            (one, chance.randint(1, 2), chance.randint(1, 6)) for one in begins + names
        ],
    )


# a seed each: what hypothesis makes of lists is much the same again and again
cases = st.integers(0, 2**32).map(case_of)
HISTORIES = settings(
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@settings(HISTORIES, max_examples=25)
@given(case=cases)
def test_invariant_22_invoiced_open_and_cancelled_add_up(
    sqlite_home, tmp_path, case, request
):
    del sqlite_home
    played(request.getfixturevalue("sqlite_engine"), tmp_path, case)


@settings(HISTORIES, max_examples=4)
@given(case=cases)
def test_invariant_22_holds_on_both_databases(engine, tmp_path, case):
    played(engine, tmp_path, case)


@pytest.fixture
def sqlite_engine(sqlite_home):
    from tasks.resources import resources

    del sqlite_home
    return resources().engine


def played(engine, folder, case):
    world = World(engine, folder, case)
    for name, line_no, size in case.moves:
        getattr(world, name)(line_no, size)
        world.adds_up()
    world.day += LONG_AFTER
    world.invoice()
    world.adds_up()
    world.nothing_is_left()


class World:
    """An order of a customer of his own, and a day that moves on."""

    def __init__(self, engine, folder, case):
        self.engine, self.folder, self.day = engine, folder, FIRST
        with reading(engine) as connection:
            is_new = not connection.execute(select(customer.c.id)).first()
        if is_new:
            a_product(engine, "P1")
        self.code = f"C{next(_numbers)}"
        self.customer_id = a_customer(engine, self.code, invoicing=case.schedule)
        self.take(*(self.said(row, line=no, quantity=6) for no in (1, 2)))
        [self.order] = self.rows(
            select(sales_order).where(sales_order.c.customer_id == self.customer_id)
        )
        self.name = self.order.order_no
        self.run("handoff")

    def said(self, make, **values):
        return make(**{"customer": self.code, **values})

    def rows(self, statement):
        with reading(self.engine) as connection:
            return connection.execute(statement).all()

    def run(self, step):
        [end] = run_directly(step, on=self.day)
        assert end.error is None, end.error
        return end.outcome

    def take(self, *lines):
        """Take a file of the customer's and let validation decide."""
        path = self.folder / f"{next(_numbers)}.csv"
        path.write_text("\n".join((",".join(PLAIN), *lines)) + "\n")
        tally = import_file("orders", path, on=FIRST)
        assert not tally.errors, tally.errors
        self.run("validation")

    @property
    def who(self):
        """Act on the day, not before the last document: dates of a series never fall,
        and other histories have gone on to later days."""
        last = self.rows(select(func.max(invoice.c.issued_on)))[0][0]
        return {"by": "Ana", "reason": "test", "on": max(self.day, last or self.day)}

    def state(self):
        [found] = self.rows(
            select(sales_order).where(sales_order.c.id == self.order.id)
        )
        return found

    def lines(self):
        wanted = order_line.c.order_id == self.order.id
        found = self.rows(select(order_line).where(wanted))
        return {one.line_no: one for one in found}

    # what happens

    def ship(self, line_no, size):
        self.news("shipment", line_no, size)

    def news(self, kind, line_no, size=""):
        key = f"M{next(_numbers)}"
        return book(
            f"{key},{kind},{self.name},{line_no},{size},{self.day}", on=self.day
        )

    def invoice(self, *_):
        self.day += timedelta(days=1)
        assert self.run("invoicing").failed == ()
        if self.manual():
            said = Billing((self.name,), None, together=False, by="A", reason="due")
            with suppress(NothingToBill):
                bill_by_hand(said, on=self.day, execute=execute)

    def manual(self):
        agreed = select(customer.c.invoicing).where(customer.c.id == self.customer_id)
        return self.rows(agreed)[0].invoicing == "manual"

    def amend(self, line_no, size):
        """Ask for another quantity of a line; none takes it away. Stock agrees."""
        quantity = size * 2 - 2
        self.take(self.said(change, line=line_no, quantity=quantity))
        self.run("handoff")
        header = "message_id,kind,answers,note\n"
        for one in self.rows(
            select(handoff_message).where(handoff_message.c.order_id == self.order.id)
        ):
            key = f"M{next(_numbers)}"
            news = f"{key},change_accepted,{one.message_key},\n"
            book(text=header + news, on=self.day)

    def drop(self, line_no, _size):
        self.given_up(line_no, Choice.IGNORE)

    def ask_anew(self, line_no, _size):
        self.given_up(line_no, Choice.RECREATE)

    def given_up(self, line_no, choice):
        self.news("refusal", line_no)
        line = self.lines().get(line_no)
        if line is not None and line.state == "exception":
            self.adds_up()
            resolve_exception(
                name=self.name, line_no=line_no, choice=choice, **self.who
            )

    def send_back(self, line_no, size):
        self.news("return", line_no, size)

    def cancel(self, _line_no, size):
        if size == 1 and self.state().state in BILLED_STATES - {"fulfilled", "closed"}:
            cancel_order(name=self.name, **self.who)

    def switch(self, line_no, size):
        """Agree on another schedule with the customer."""
        agreed = SCHEDULES[(line_no * size) % len(SCHEDULES)]
        with writing(self.engine) as connection:
            connection.execute(
                update(customer)
                .where(customer.c.id == self.customer_id)
                .values(invoicing=agreed)
            )

    def credit(self, *_):
        """Do as the open proposals say, by the commands that they name."""
        self.invoice()
        for one in self.asked():
            number, said, code = _CREDIT.search(one.text).groups()
            parts = dict(part.split("=") for part in said.split()[1::2])
            credit_invoice(
                invoice_no=number,
                quantities={int(no): Decimal(qty) for no, qty in parts.items()},
                reason_code=code,
                **self.who,
            )

    def asked(self):
        return self.rows(
            select(task).where(
                task.c.kind == "billed_not_delivered",
                task.c.state == "open",
                task.c.entity_id == self.order.id,
            )
        )

    def cancel_invoice(self, line_no, size):
        found = self.rows(
            select(invoice.c.invoice_no)
            .where(
                invoice.c.customer_id == self.customer_id, invoice.c.kind == "invoice"
            )
            .order_by(invoice.c.id)
        )
        if not found:
            return
        number = found[size % len(found)].invoice_no
        try:
            credit_invoice(invoice_no=number, reason_code="price", **self.who)
        except CreditRefused:
            return
        choice = Rebilling.RECREATE if line_no == 1 else Rebilling.IGNORE
        if self.rows(
            select(task).where(
                task.c.task_key == f"rebill:{number}", task.c.state == "open"
            )
        ):
            rebill_named(number, choice=choice, **self.who)

    # what holds

    def billed(self, line):
        """Count what the documents bill of a line; what was taken back is off.

        An invoice that is made anew counts for nothing, nor does a note on it.
        """
        choice = func.coalesce(cancelled_invoice.c.choice, "")
        whole = (
            select(func.coalesce(func.sum(invoice_line.c.qty, type_=UNIT), 0))
            .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
            .outerjoin(
                cancelled_invoice,
                cancelled_invoice.c.invoice_id
                == func.coalesce(invoice.c.corrects_id, invoice.c.id),
            )
            .where(
                invoice_line.c.order_line_id == line.id,
                choice != "recreate",
                (invoice.c.kind == "invoice")
                | (invoice.c.reason_code == "not_delivered"),
            )
        )
        return self.rows(whole)[0][0] or ZERO

    def left(self, line, *, is_billed):
        """Count what left of a line and stands on an invoice, or waits for one."""
        moved = delivery_line.c
        on_invoice = moved.invoice_line_id.is_not(None)
        waits = moved.invoice_line_id.is_(None) & moved.ignored_on.is_(None)
        found = select(
            func.coalesce(func.sum(moved.qty - moved.qty_ignored, type_=UNIT), 0)
        ).where(moved.order_line_id == line.id, on_invoice if is_billed else waits)
        return self.rows(found)[0][0] or ZERO

    def adds_up(self):
        by_order = self.state().billed_by_order
        for line in self.lines().values():
            billed, waits = self.billed(line), self.left(line, is_billed=False)
            assert billed == line.qty_invoiced
            if by_order:
                billable = line.qty - line.qty_cancelled - line.qty_ignored
                # what left stands on an invoice, or is still to be billed
                assert waits <= max(billable - billed, ZERO)
            else:
                assert billed == self.left(line, is_billed=True)
                assert billed + waits + line.qty_ignored == line.qty_shipped
        with reading(self.engine) as connection:
            broken = {
                one.name: one.first for one in audit(connection) if one.violations
            }
        assert broken == {}

    def nothing_is_left(self):
        """After an invoicing whose day has come nothing is open, and what is billed
        too much is proposed for credit, to the piece."""
        asked = {}
        for one in self.asked():
            number, said, _ = _CREDIT.search(one.text).groups()
            for part in said.split()[1::2]:
                no, qty = part.split("=")
                asked[number, int(no)] = Decimal(qty)
        order = self.state()
        for line in self.lines().values():
            assert self.left(line, is_billed=False) == 0
            if not order.billed_by_order or order.state not in BILLED_STATES:
                continue
            wanted = line.qty - line.qty_cancelled - line.qty_ignored
            too_much = line.qty_invoiced - wanted
            assert too_much >= 0 or line.qty_given_up == -too_much
            proposed = sum((asked.get(key, ZERO) for key in self.places(line)), ZERO)
            assert proposed == min(max(too_much, ZERO), self.creditable(line))

    def places(self, line):
        found = self.rows(
            select(invoice.c.invoice_no, invoice_line.c.line_no)
            .join(invoice_line, invoice_line.c.invoice_id == invoice.c.id)
            .where(invoice_line.c.order_line_id == line.id, invoice.c.kind == "invoice")
        )
        return [tuple(one) for one in found]

    def creditable(self, line):
        """Count what of a line no credit note has given back."""
        every = select(
            func.coalesce(func.sum(invoice_line.c.qty, type_=UNIT), 0)
        ).where(invoice_line.c.order_line_id == line.id)
        return self.rows(every)[0][0] or ZERO
