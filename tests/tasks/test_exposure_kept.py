"""Does an order weigh the same from its acceptance to its payment? Invariant 35.

Random orders go through the real steps: validation, stock's feedback, invoicing,
credit notes, payments. After each the exposure must have moved by exactly the money
that came or was given up, and by nothing where nothing of the kind happened.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.rules.money import ZERO, minor_unit
from adv_domain.rules.orders.exposure import CreditRules, Exposure
from adv_domain.rules.orders.order_exposure import rounding_bound
from adv_domain.store.engine import reading
from adv_domain.store.orders.agreements import read_customers
from adv_domain.store.tables import (
    exchange_rate,
    instalment,
    invoice,
    order_line,
    payment,
    sales_order,
)
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_invoice
from tasks.orders.acts.ending import cancel_order
from tasks.orders.credit import read_positions
from tasks.orders.tax import read_tax_basis
from tasks.payments.by_hand import ReceivedMoney, record_payment
from tasks.resources import resources
from tasks.stock.exceptions import Choice, resolve_exception
from tests.builders import _insert, a_customer, a_product, an_order
from tests.tasks.feedback_runs import book

ON = date(2026, 1, 6)
WHO = {"by": "Ana", "reason": "test", "on": ON}
RATES = {"standard": Decimal("0.21"), "reduced": Decimal("0.10"), "zero": ZERO}
POLICY = """[validation]
prices = "as_ordered"
[validation.severity]
currency = "warn"
"""
_numbers = count(1)


@dataclass(frozen=True)
class Line:
    product: str
    qty: Decimal
    price: Decimal
    discount: Decimal


@dataclass(frozen=True)
class Case:
    """Orders of a customer, and what happens to them; places count modulo."""

    currency: str
    limit_in: str
    orders: list[list[Line]]
    prepaid: Decimal
    moves: list[tuple[str, int, int, Decimal]]


def decimals(low, high, places):
    return st.decimals(low, high, places=places)


lines = st.builds(
    Line,
    product=st.sampled_from(sorted(RATES)),
    qty=st.one_of(st.integers(1, 9).map(Decimal), decimals("0.1", 9, 1)),
    price=decimals("0.01", 40, 4),
    discount=st.sampled_from([ZERO, Decimal("0.075")]),
)
moves = st.tuples(
    st.sampled_from(["ship", "ship", "invoice", "give_up", "cancel", "credit", "pay"]),
    st.integers(0, 5),
    st.integers(0, 5),
    decimals("0.1", "1.2", 1),
)
cases = st.builds(
    Case,
    currency=st.sampled_from(["EUR", "JPY", "TND"]),
    limit_in=st.sampled_from(["EUR", "own"]),
    orders=st.lists(st.lists(lines, min_size=1, max_size=3), min_size=1, max_size=2),
    prepaid=st.sampled_from([ZERO, ZERO, Decimal(7)]),
    moves=st.lists(moves, min_size=3, max_size=8),
)


@pytest.fixture
def shop(home, engine):
    (home / "policy.toml").write_text(POLICY)
    for name in RATES:
        a_product(engine, name, tax_class=name, list_price=None, currency=None)
    for currency, rate in (("JPY", "163.7"), ("TND", "3.4")):
        values = {"currency": currency, "base": "EUR", "rate": Decimal(rate)}
        _insert(engine, exchange_rate, values | {"valid_from": ON})
    return engine


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(case=cases)
def test_row_13_an_order_weighs_the_same_until_it_is_paid(shop, case):
    world = World(shop, case)
    for kind, order_at, line_at, share in case.moves:
        getattr(world, kind)(order_at, line_at, share)
    world.finish()


class World:
    """A customer of his own, whose exposure is checked after every move."""

    def __init__(self, engine, case):
        self.engine, self.case = engine, case
        self.unit = minor_unit(case.currency)
        self.code = f"C{next(_numbers)}"
        own = case.currency if case.limit_in == "own" else case.limit_in
        self.customer_id = a_customer(
            engine, self.code, currency=own, credit_limit=Decimal(10**9)
        )
        self.names = [self._order(asked) for asked in case.orders]
        run_directly("validation", on=ON)
        orders = self.orders()
        assert {one.state for one in orders} == {"accepted"}
        self.stands = self.measured()
        assert self.stands == sum(
            (one.gross - min(one.prepaid, one.gross) for one in orders), ZERO
        )

    def _order(self, asked):
        name = f"O{next(_numbers)}"
        order_id = an_order(
            self.engine,
            customer_id=None,
            product_id=None,
            no=name,
            lines=0,
            customer_code=self.code,
            currency=self.case.currency,
            state="received",
            net=None,
            prepaid=self.case.prepaid,
        )
        for line_no, one in enumerate(asked, start=1):
            _insert(
                self.engine,
                order_line,
                {
                    "order_id": order_id,
                    "line_no": line_no,
                    "product_code": one.product,
                    "qty": one.qty,
                    "unit": "C62",
                    "asked_price": one.price,
                    "asked_discount_rate": one.discount,
                    "state": "open",
                },
            )
        return name

    # what stands

    def measured(self):
        with reading(self.engine) as connection:
            customers = read_customers(connection, company_id=1, codes=[self.code])
            positions = read_positions(
                connection,
                list(customers.values()),
                policy=resources().policy,
                taxes=read_tax_basis(connection, on=ON),
                on=ON,
            )
        position, rules = positions[self.customer_id], CreditRules()
        stands = position.stands.get(self.case.currency, Exposure()).total(rules)
        assert position.exposure(rules) == position.worth(stands, self.case.currency)
        return stands

    def orders(self):
        return self._rows(
            select(sales_order)
            .where(sales_order.c.customer_code == self.code)
            .order_by(sales_order.c.id)
        )

    def lines(self, name=None):
        chosen = select(order_line, sales_order.c.order_no).join(
            sales_order, sales_order.c.id == order_line.c.order_id
        )
        chosen = chosen.where(sales_order.c.customer_code == self.code)
        if name is not None:
            chosen = chosen.where(sales_order.c.order_no == name)
        return self._rows(chosen.order_by(order_line.c.id))

    def invoices(self):
        return self._rows(
            select(invoice)
            .where(
                invoice.c.customer_id == self.customer_id, invoice.c.kind == "invoice"
            )
            .order_by(invoice.c.id)
        )

    def open_items(self):
        return self._rows(
            select(instalment.c.open_amount, invoice.c.invoice_no)
            .join(invoice, invoice.c.id == instalment.c.invoice_id)
            .where(
                instalment.c.customer_id == self.customer_id,
                instalment.c.open_amount > 0,
            )
            .order_by(instalment.c.id)
        )

    def _rows(self, statement):
        with reading(self.engine) as connection:
            return connection.execute(statement).all()

    # moves

    def ship(self, order_at, line_at, share):
        """Ship a share of a line; more than all of it is shipped in excess."""
        name = self.names[order_at % len(self.names)]
        found = self.lines(name)
        line = found[line_at % len(found)]
        qty = max(Decimal("0.1"), (line.qty * share).quantize(Decimal("0.1")))
        book(f"M{next(_numbers)},shipment,{name},{line.line_no},{qty},{ON}", on=ON)
        self.moved_by(ZERO)

    def invoice(self, *_):
        before = {one.id: one for one in self.lines()}
        run_directly("invoicing", on=ON)
        bound = ZERO
        for name in self.names:
            bound += self._bound(self.lines(name), before)
        self.moved_by(ZERO, within=bound)

    def _bound(self, after, before):
        """An invoice of all that was left moves nothing, one that leaves a rest may."""
        billed = [
            one for one in after if one.qty_invoiced > before[one.id].qty_invoiced
        ]
        rest = [one for one in after if self._rest(one) > 0]
        if not billed or not rest:
            return ZERO
        split = [one for one in billed if self._rest(one) > 0]
        return self._rounding(split, [*billed, *rest])

    @staticmethod
    def _rest(line):
        return line.qty - line.qty_invoiced - line.qty_cancelled

    def _rounding(self, split, met):
        return rounding_bound(
            lines=len(split),
            rates={RATES[one.product_code] for one in met},
            currency=self.case.currency,
        )

    def give_up(self, order_at, line_at, _share):
        """Stock gives a line up, and so do we."""
        name = self.names[order_at % len(self.names)]
        found = self.lines(name)
        line = found[line_at % len(found)]
        if line.qty_shipped + line.qty_cancelled >= line.qty:
            return
        book(f"M{next(_numbers)},cancellation,{name},{line.line_no},,", on=ON)
        self.moved_by(ZERO)
        resolve_exception(name=name, line_no=line.line_no, choice=Choice.IGNORE, **WHO)
        self._given_up(found)

    def cancel(self, order_at, _line_at, share):
        """Cancel an order, rarely: what was shipped is still to be paid."""
        name = self.names[order_at % len(self.names)]
        [order] = [one for one in self.orders() if one.order_no == name]
        if share < 1 or order.state not in {"accepted", "in_fulfilment"}:
            return
        before = self.lines(name)
        cancel_order(name=name, **WHO)
        self._given_up(before)

    def _given_up(self, before):
        after = {one.id: one for one in self.lines()}
        lost, worth = [], ZERO
        for line in before:
            qty = after[line.id].qty_cancelled - line.qty_cancelled
            if qty > 0:
                lost.append(line)
                net = qty * line.unit_price * (1 - line.discount_rate)
                worth += net * (1 + RATES[line.product_code])
        self.moved_by(-worth, within=self._rounding(lost, before))

    def credit(self, order_at, line_at, share):
        """Credit a share of an invoice's line that was not credited before."""
        found = self.invoices()
        if not found:
            return
        of = found[order_at % len(found)]
        try:
            note_no = credit_invoice(
                invoice_no=of.invoice_no,
                quantities={1 + line_at % 2: share},
                reason_code="return",
                **WHO,
            )
        except CreditRefused:
            return
        [note] = self._rows(select(invoice).where(invoice.c.invoice_no == note_no))
        self.moved_by(note.gross)

    def pay(self, order_at, _line_at, share):
        """Pay a share of an open item; beyond it the rest stays unapplied."""
        found = self.open_items()
        if not found:
            return
        item = found[order_at % len(found)]
        amount = max(self.unit, (item.open_amount * share).quantize(self.unit))
        money = ReceivedMoney(
            self.code,
            amount,
            ON,
            currency=self.case.currency,
            invoices=(item.invoice_no,),
            reference=f"R{next(_numbers)}",
        )
        record_payment(money, **WHO)
        self.moved_by(-amount)

    def finish(self):
        """Ship, invoice and pay all that is left: only money of his stands then."""
        for one in self.orders():
            if one.state in {"accepted", "in_fulfilment"}:
                book(f"M{next(_numbers)},shipment,{one.order_no},,,{ON}", on=ON)
                self.moved_by(ZERO)
        self.invoice()
        while self.open_items():
            self.pay(0, 0, Decimal(1))
        credited = self._sum(instalment, instalment.c.open_amount)
        unapplied = self._sum(payment, payment.c.unapplied_amount)
        assert self.stands == credited - unapplied

    def _sum(self, table, amount):
        rows = self._rows(select(amount).where(table.c.customer_id == self.customer_id))
        return sum((row[0] for row in rows), ZERO)

    def moved_by(self, expected, *, within=ZERO):
        """Check by how much exposure moved; an advance may take part of a fall."""
        before, self.stands = self.stands, self.measured()
        moved = self.stands - before
        if self.case.prepaid and expected:
            assert expected - within <= moved <= within
        else:
            assert abs(moved - expected) <= within, (expected, moved, within)
