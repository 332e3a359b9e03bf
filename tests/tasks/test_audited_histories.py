"""Row 74 as a law: after any history of invoicing adv audit is clean, and any single
changed byte of what was posted is found."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, count
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, func, select, text
from sqlalchemy.exc import DBAPIError

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.store.audit import audit
from adv_domain.store.engine import reading
from adv_domain.store.tables import (
    cancelled_invoice,
    chain_head,
    credit_part,
    credit_part_tax,
    instalment,
    invoice,
    invoice_charge,
    invoice_line,
    invoice_tax,
    payment_request,
    series,
)
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_amount, credit_invoice
from tasks.credits.joint_notes import credit_together
from tasks.credits.rebilling import NothingToRebill, Rebilling, rebill_named
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.advance_rows import money

_FIRST = date(2026, 1, 5)
_POSTED = (
    *(invoice, invoice_line, invoice_tax, invoice_charge, instalment),
    *(credit_part, credit_part_tax, series, chain_head),
)
# keys that nothing hangs on, and what a system before this one said of its items
_SAYS_NOTHING = {
    "invoice_tax": {"id"},
    "invoice_charge": {"id"},
    "instalment": {"id", "legacy_level", "legacy_level_on"},
    "series": {"id"},
}
_CUSTOMERS = {
    "PLAIN": {},
    "HALVES": {"payment_terms": "two_halves"},
    "EARLY": {"payment_terms": "2_10_net30"},
    "RETAIL": {"tax_category": "equivalence_surcharge"},
    "MONTHLY": {"invoicing": "monthly"},
    "AHEAD": {"advance_rate": Decimal("0.3")},
}
_CHARGE = [
    {"amount": "12.00", "reason": "freight", "tax_category": None, "tax_rate": None}
]
_MOVES = (
    *("ship", "ship", "invoice", "invoice", "ask", "pay"),
    *("credit_whole", "credit_some", "credit_two", "rebill"),
)
_HISTORIES = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_cases = st.tuples(
    st.lists(st.sampled_from(_MOVES), min_size=6, max_size=14),
    st.integers(0, 1_000_000).map(Random),
)
_numbers = count(1)


class _World:
    """A few customers and a chance of what befalls their invoices."""

    def __init__(self, engine, chance):
        self.engine, self.chance = engine, chance
        # where a history went before in this database, time has gone on
        [[last_on]] = self._rows(select(func.max(invoice.c.issued_on)))
        self.day = last_on or _FIRST
        number = next(_numbers)
        self.product = a_product(engine, f"P{number}")
        self.customers = {
            name: a_customer(engine, f"{name}{number}", **own)
            for name, own in _CUSTOMERS.items()
        }

    def move(self, name):
        self.day += timedelta(days=self.chance.randint(0, 9))
        # the law refuses some of it: that is a legal history, too
        with suppress(CreditRefused, NothingToRebill):
            getattr(self, name)()

    def ship(self):
        name = self.chance.choice(list(self.customers))
        terms = _CUSTOMERS[name].get("payment_terms", "net30")
        order_id = an_order(
            self.engine,
            customer_id=self.customers[name],
            product_id=self.product,
            no=f"O{next(_numbers)}",
            lines=self.chance.randint(1, 3),
            payment_terms=terms,
            charges=self.chance.choice([None, _CHARGE]),
        )
        if name == "AHEAD":
            self.ask()
        a_delivery(self.engine, order_id, on=self.day, no=f"D{next(_numbers)}")

    def ask(self):
        self._run("handoff")

    def invoice(self):
        self._run("invoicing")

    def pay(self):
        owed = self._rows(
            select(invoice.c.rf_reference, instalment.c.open_amount)
            .join(instalment, instalment.c.invoice_id == invoice.c.id)
            .where(instalment.c.open_amount > 0)
        ) + self._rows(
            select(payment_request.c.reference, payment_request.c.amount).where(
                payment_request.c.state == "open"
            )
        )
        if owed:
            reference, amount = self.chance.choice(owed)
            part = self.chance.choice([amount, min(amount, Decimal(7))])
            key = f"K{next(_numbers)}"
            money(self.engine, part, reference, key=key, on=self.day)
            self._run("payments")

    def credit_whole(self):
        self._credit(
            credit_invoice, reason_code=self.chance.choice(["price", "return"])
        )

    def credit_some(self):
        self._credit(credit_amount, amount=Decimal("3.63"), reason_code="price")

    def _credit(self, credit, **how):
        posted = self._invoices()
        if posted:
            [_, number, _] = self.chance.choice(posted)
            credit(invoice_no=number, reason="wrong", by="Ana", on=self.day, **how)

    def credit_two(self):
        pairs = [
            (one.invoice_no, other.invoice_no)
            for one, other in combinations(self._invoices(), 2)
            if one.customer_id == other.customer_id
        ]
        if pairs:
            asked = JointCredit(
                reason_code="price", reason="wrong", on=self.day, gross=Decimal("20.00")
            )
            credit_together(
                invoice_nos=self.chance.choice(pairs), asked=asked, by="Ana"
            )

    def rebill(self):
        cancelled = self._rows(
            select(invoice.c.invoice_no)
            .join(cancelled_invoice, cancelled_invoice.c.invoice_id == invoice.c.id)
            .where(cancelled_invoice.c.choice == "asked")
        )
        if cancelled:
            [number] = self.chance.choice(cancelled)
            choice = self.chance.choice([Rebilling.RECREATE, Rebilling.IGNORE])
            rebill_named(number, choice=choice, by="Ana", reason="so", on=self.day)

    def broken(self):
        with reading(self.engine) as connection:
            return {one.name: one.first for one in _violations(connection)}

    def _invoices(self):
        return self._rows(
            select(invoice.c.id, invoice.c.invoice_no, invoice.c.customer_id)
            .where(invoice.c.kind == "invoice")
            .order_by(invoice.c.id)
        )

    def _rows(self, statement):
        with reading(self.engine) as connection:
            return connection.execute(statement).all()

    def _run(self, flow):
        [end] = run_directly(flow, on=self.day)
        assert [one.message for one in end.outcome.failed] == []


def _violations(connection):
    # the builders ship without news of stock
    builders = "handed_orders_have_a_message"
    found = audit(connection)
    return [one for one in found if one.violations and one.name != builders]


def _played(engine, case, *, changes):
    moves, chance = case
    world = _World(engine, chance)
    for name in ("ship", "ship", "invoice", *moves, "invoice"):
        world.move(name)
    assert world.broken() == {}
    for _ in range(changes):
        _change_is_seen(engine, chance)
    assert world.broken() == {}


def _change_is_seen(engine, chance):
    """Change one byte of one row, audit, and take it back; a refusal sees it, too."""
    table = chance.choice(_POSTED)
    left_out = _SAYS_NOTHING.get(table.name, ())
    column = chance.choice([one for one in table.c if one.name not in left_out])
    keys = [key.name for key in table.primary_key]
    names = ", ".join([*keys, column.name])
    with engine.connect() as connection, connection.begin() as transaction:
        _let_anything_stand(connection)
        rows = connection.execute(
            text(f"SELECT {names} FROM {table.name} ORDER BY {', '.join(keys)}")
        ).all()
        if rows:
            *key, value = chance.choice(rows)
            where = " AND ".join(f"{name} = :k{at}" for at, name in enumerate(keys))
            bound = {f"k{at}": one for at, one in enumerate(key)}
            change = text(f"UPDATE {table.name} SET {column.name} = :v WHERE {where}")
            after = _changed(value, column, chance)
            with suppress(DBAPIError), connection.begin_nested():
                connection.execute(change, {**bound, "v": after})
                told = f"{table.name}.{column.name} of {key}: {value!r}, {after!r}"
                assert _violations(connection), told
        _let_nothing_stand(connection)
        transaction.rollback()


def _changed(value, column, chance):
    """Return another value, as near as can be."""
    match value:
        case None:
            return _out_of_nothing(column)
        case bool():
            return not value
        case int() | Decimal():
            scale = getattr(column.type, "scale_kept", 0)
            least = Decimal(1).scaleb(-scale) if isinstance(value, Decimal) else 1
            return value + chance.choice([-least, least])
        case datetime() | date():
            return value + timedelta(days=chance.choice([-1, 1]))
    at = chance.randint(0, max(len(value) - 1, 0))
    new = chance.choice([" ", "", chr(ord(value[at]) ^ 1)]) if value else "x"
    changed = value[:at] + new + value[at + 1 :]
    return changed if changed != value else f"{value} "


def _out_of_nothing(column):
    """Return a text that either database takes for a value of the column."""
    return str(_FIRST) if isinstance(column.type, Date) else "1"


def _let_anything_stand(connection):
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
    else:
        connection.execute(text("SET LOCAL session_replication_role = replica"))


def _let_nothing_stand(connection):
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA ignore_check_constraints = OFF"))


@settings(_HISTORIES, max_examples=6)
@given(case=_cases)
def test_row_74_after_any_history_the_audit_is_clean_and_sees_any_changed_byte(
    sqlite_engine, case
):
    _played(sqlite_engine, case, changes=25)


@settings(_HISTORIES, max_examples=1)
@given(case=_cases)
def test_row_74_any_changed_byte_is_seen_on_both_databases(engine, case):
    _played(engine, case, changes=40)


@pytest.fixture
def sqlite_engine(sqlite_home):
    from tasks.resources import resources

    del sqlite_home
    return resources().engine
