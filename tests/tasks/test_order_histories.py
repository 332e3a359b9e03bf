"""Invariant 21: whatever happens to an order, only listed transitions happen, and its
event log replayed gives its state; the same for the changes that customers send."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import delete, select

from adv_domain.rules.amendments.states import (
    AMENDMENT_TRANSITIONS,
    AmendmentDecided,
    AmendmentState,
)
from adv_domain.rules.orders.states import TRANSITIONS, InvalidTransition, OrderState
from adv_domain.store import tables
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import amendment, event, handoff_message, sales_order
from tasks.orders.acts.amendments import accept_amendment, refuse_amendment
from tasks.orders.acts.common import ActRefused
from tasks.orders.acts.ending import cancel_order, reject_order
from tasks.orders.acts.release import release_order
from tasks.resources import resources
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import ANA, answered, assert_sound, cancel, change, take
from tests.tasks.amendment_runs import row as order_row
from tests.tasks.amendment_runs import run as run_step
from tests.tasks.feedback_runs import book

REFS = st.sampled_from(["R1", "R1", "R1", "R1", "R2"])
QUANTITIES = st.integers(0, 6)
# more than the agreed 10.00 holds an order, or a change of one that stock knows
PRICES = st.sampled_from(["", "", "10", "30"])
LINES = st.integers(1, 2)
ANSWERS = ["change_accepted", "change_accepted", "change_refused"]
STEPS = st.sampled_from([(), ("validation",), ("validation", "handoff")])
_COMPANY = ("company", "payment_term", "tax_rate", "alembic_version", "switch")


class OrderHistories(RuleBasedStateMachine):
    """Two orders and their customer, stock and people, in any order of events."""

    folder: Path

    def __init__(self):
        super().__init__()
        self.engine = resources().engine
        self.count = 0

    @initialize(quantity=st.integers(2, 6), steps=STEPS)
    def open_shop(self, quantity, steps):
        _emptied(self.engine)
        a_customer(self.engine)
        a_product(self.engine)
        self._take(order_row(quantity=quantity), order_row(quantity=1, line=2))
        self._run(steps)

    def _run(self, steps):
        for name in steps:
            run_step(name)

    def _number(self):
        self.count += 1
        return self.count

    def _rows(self, table):
        with reading(self.engine) as connection:
            return connection.execute(select(table).order_by(table.c.id)).all()

    def _take(self, *lines):
        with tempfile.TemporaryDirectory() as folder:
            take(Path(folder), *lines)

    @precondition(lambda self: len(self._rows(sales_order)) < 3)
    @rule(price=PRICES, quantity=st.integers(1, 6), steps=STEPS)
    def customer_orders_more(self, price, quantity, steps):
        self._take(order_row(customer_ref="R2", price=price, quantity=quantity))
        self._run(steps)

    @rule(ref=REFS, price=PRICES, quantity=QUANTITIES, line=LINES, steps=STEPS)
    def customer_changes(self, ref, price, quantity, line, steps):
        number = self._number()
        asked = {"price": price, "quantity": quantity, "line": line}
        self._take(change(customer_ref=ref, document_ref=f"C{number}", **asked))
        self._run(steps)

    @rule(ref=REFS, steps=STEPS)
    def customer_cancels(self, ref, steps):
        self._take(cancel(customer_ref=ref, document_ref=f"C{self._number()}"))
        self._run(steps)

    @rule(steps=STEPS)
    def steps_run(self, steps):
        self._run(steps)

    @rule(ref=REFS, act=st.sampled_from([release_order, reject_order, cancel_order]))
    def person_decides(self, ref, act):
        try:
            act(name=ref, **ANA)
        except (ActRefused, InvalidTransition):
            return

    @precondition(lambda self: self._rows(amendment))
    @rule(
        back=st.integers(1, 3),
        act=st.sampled_from([accept_amendment, refuse_amendment]),
    )
    def person_decides_on_a_change(self, back, act):
        changes = self._rows(amendment)
        try:
            act(amendment_id=changes[-min(back, len(changes))].id, **ANA)
        except (ActRefused, AmendmentDecided):
            return

    @precondition(lambda self: self._rows(handoff_message))
    @rule(back=st.sampled_from([1, 1, 1, 2, 3]), kind=st.sampled_from(ANSWERS))
    def stock_answers(self, back, kind):
        messages = self._rows(handoff_message)
        key = messages[-min(back, len(messages))].message_key
        answered(kind, key, message=f"A{self._number()}")

    @precondition(lambda self: self._rows(handoff_message))
    @rule(line=LINES, quantity=st.integers(1, 3))
    def stock_ships(self, line, quantity):
        number = self._rows(handoff_message)[-1].message_key.rpartition("/")[0]
        book(f"S{self._number()},shipment,{number},{line},{quantity},2026-01-05")

    @invariant()
    def the_log_of_each_order_gives_its_state(self):
        states = {one.id: one.state for one in self._rows(sales_order)}
        assert states == self._replayed("order", TRANSITIONS, OrderState.RECEIVED)

    @invariant()
    def the_log_of_each_change_gives_its_state(self):
        states = {one.id: one.state for one in self._rows(amendment)}
        assert states == self._replayed(
            "amendment", AMENDMENT_TRANSITIONS, AmendmentState.PROPOSED
        )

    def _replayed(self, entity, transitions, first):
        """Follow the log: each move begins where the last one ended, and is listed."""
        states = {}
        for one in self._rows(event):
            if one.entity != entity or one.to_state is None:
                continue
            before = states.get(one.entity_id)
            assert one.from_state == before, (entity, one)
            if before is None:
                assert one.to_state == first
            elif one.to_state != before:
                assert one.to_state in transitions[type(first)(before)], (entity, one)
            states[one.entity_id] = one.to_state
        return states

    def teardown(self):
        run_step("validation")
        assert_sound(self.engine)


def _emptied(engine):
    """Empty every table but those that adv init fills."""
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in reversed(tables.metadata.sorted_tables):
            if table.name not in _COMPANY:
                connection.execute(delete(table))


@pytest.mark.slow
def test_invariant_21_orders_and_changes_go_only_where_their_states_lead(sqlite_home):
    """Amendments, releases, cancellations, stock and people in any order."""
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        OrderHistories,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
