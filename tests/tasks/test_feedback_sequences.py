"""Random news of stock through the inbox: whatever its way, the books add up.

Invariants 17, 19 and 21, and rows 22, 23 and 26: two orders get the same news in other
files, in another order, some of it twice, as CSV and as JSON. Both end alike, as an
independent count says, and the audit finds nothing.
"""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from adv_domain.rules.orders.states import TRANSITIONS, OrderState
from adv_domain.store.audit import audit
from adv_domain.store.engine import reading
from adv_domain.store.tables import event, order_line, sales_order, task
from flows.direct import run_directly
from tasks.resources import resources
from tasks.stock.exceptions import Choice, resolve_exception
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 20)
ORDERED = (Decimal(10), Decimal(10))
_NUMBERS = count(1)
ZERO = Decimal(0)


@dataclass(frozen=True)
class News:
    """A piece of news, of whichever order it is told."""

    name: str
    kind: str
    line: int
    qty: str
    on: date
    told: int

    def row(self, order_no):
        return {
            "message_id": f"{order_no}-{self.name}",
            "kind": self.kind,
            "order_no": order_no,
            "line": str(self.line),
            "quantity": self.qty,
            "date": self.on.isoformat(),
            "told_at": f"2026-01-20T10:{self.told:02}:00+01:00",
        }


@st.composite
def ways(draw):
    """Return news, the same in another order with some of it twice, and its cuts."""
    kinds = ("confirmation", "new_date", "refusal", "cancellation", *["shipment"] * 3)
    found = []
    for number in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(kinds))
        is_dated = kind in ("confirmation", "new_date")
        qty = draw(st.sampled_from(("0.5", "2", "3.25", "6", "11")))
        days = draw(st.integers(0, 12))
        found.append(
            News(
                name=f"M{number}",
                kind=kind,
                line=draw(st.integers(1, 2)),
                qty="" if is_dated else qty,
                on=TODAY + timedelta(days=days if is_dated else -days),
                told=draw(st.integers(0, 59)),
            )
        )
    twice = [*found, *draw(st.lists(st.sampled_from(found), max_size=4))]
    back = draw(
        st.lists(
            st.tuples(st.integers(1, 2), st.sampled_from(("1", "2.5"))), max_size=3
        )
    )
    cuts = [draw(st.lists(st.booleans(), min_size=20, max_size=20)) for _ in range(2)]
    return found, list(draw(st.permutations(twice))), back, cuts


def in_files(news, cuts):
    """Cut the news into files, as the flags say where one ends."""
    files = [[]]
    for one, ends in zip(news, cuts, strict=False):
        files[-1].append(one)
        if ends:
            files.append([])
    return [file for file in files if file]


def as_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_json(rows):
    return json.dumps({"messages": [{k: v for k, v in r.items() if v} for r in rows]})


def deliver(home, order_no, files):
    """Put the files into the inbox, one run of the delivery step each."""
    folder = home / "inbox/deliveries"
    folder.mkdir(parents=True, exist_ok=True)
    for number, news in enumerate(files):
        rows = [one.row(order_no) for one in news]
        text = as_json(rows) if number % 2 else as_csv(rows)
        name = f"{order_no}-{next(_NUMBERS)}"
        (folder / name).write_text(text, encoding="utf-8")
        [end] = run_directly("delivery", on=TODAY)
        yield end.outcome


@dataclass(frozen=True)
class Books:
    """What stands of an order after the news."""

    state: str
    lines: list
    events: list


def books(order_no):
    with reading(resources().engine) as connection:
        order = connection.execute(
            select(sales_order).where(sales_order.c.order_no == order_no)
        ).one()
        lines = connection.execute(
            select(order_line)
            .where(order_line.c.order_id == order.id)
            .order_by(order_line.c.line_no)
        ).all()
        moves = connection.execute(
            select(event.c.from_state, event.c.to_state)
            .where(
                event.c.entity == "order",
                event.c.entity_id == order.id,
                event.c.to_state.is_not(None),
            )
            .order_by(event.c.id)
        ).all()
    return Books(order.state, lines, [tuple(move) for move in moves])


def questions(order_no, kind):
    with reading(resources().engine) as connection:
        return connection.execute(
            select(task.c.state)
            .join(sales_order, sales_order.c.id == task.c.entity_id)
            .where(sales_order.c.order_no == order_no, task.c.kind == kind)
        ).all()


def comparable(line):
    """Leave out the dates of what is done: nobody waits for them."""
    is_open = line.qty - line.qty_shipped - line.qty_cancelled > 0
    dates = (line.confirmed_on, line.date_told_at) if is_open else None
    quantities = (line.qty_shipped, line.qty_over, line.qty_given_up)
    return *quantities, line.state, line.last_shipped_on, dates


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(way=ways())
def test_rows_22_23_26_quantities_add_up_on_every_way(sqlite_home, way):
    news, otherwise, back, cuts = way
    engine = resources().engine
    number = next(_NUMBERS)
    known = {
        "customer_id": a_customer(engine, code=f"C{number}"),
        "product_id": a_product(engine, code=f"P{number}"),
    }
    orders = f"A{number}", f"B{number}"
    for order_no in orders:
        an_order(engine, no=order_no, lines=2, qty=ORDERED[0], **known)
    run_directly("handoff", on=TODAY)
    for order_no, told, cut in zip(orders, (news, otherwise), cuts, strict=True):
        for outcome in deliver(sqlite_home, order_no, in_files(told, cut)):
            assert not outcome.failed, outcome.failed
    first, second = (books(order_no) for order_no in orders)
    assert first.state == second.state
    assert [comparable(one) for one in first.lines] == [
        comparable(one) for one in second.lines
    ]
    for order_no, kept in zip(orders, (first, second), strict=True):
        recount(order_no, kept, news)
        replay(kept)
    give_back(sqlite_home, orders[1], back, second)
    decide(orders[1], second)
    with reading(engine) as connection:
        broken = [(one.name, one.first) for one in audit(connection) if one.violations]
    assert broken == []


def recount(order_no, kept, news):
    """Count from the news alone what must stand in the books."""
    over = ZERO
    for line in kept.lines:
        of_line = [one for one in news if one.line == line.line_no]
        sent = sum(
            (Decimal(one.qty) for one in of_line if one.kind == "shipment"), ZERO
        )
        refused = sum(
            (
                Decimal(one.qty)
                for one in of_line
                if one.kind in ("refusal", "cancellation")
            ),
            ZERO,
        )
        rest = max(ZERO, line.qty - sent)
        assert line.qty_shipped == min(sent, line.qty)
        assert line.qty_over == max(ZERO, sent - line.qty)
        assert line.qty - line.qty_shipped - line.qty_cancelled == rest
        assert line.qty_given_up == min(rest, refused)
        assert (line.state == "exception") == (line.qty_given_up > 0)
        over += line.qty_over
        dated = [one for one in of_line if one.kind in ("confirmation", "new_date")]
        if dated and rest:
            latest = max(dated, key=lambda one: (one.told, one.on))
            assert line.confirmed_on == latest.on
            assert line.first_confirmed_on in {one.on for one in dated}
    assert bool(questions(order_no, "over_shipment")) == (over > 0)
    waiting = {state for (state,) in questions(order_no, "stock_exception")}
    assert ("open" in waiting) == any(one.state == "exception" for one in kept.lines)


def replay(kept):
    """Invariant 21: only listed transitions, and the log leads to the state."""
    state = OrderState.ACCEPTED
    for before, after in kept.events:
        assert before == state
        assert OrderState(after) in TRANSITIONS[state]
        state = OrderState(after)
    assert state == kept.state


def give_back(home, order_no, back, kept):
    """Return goods: what there is is taken, more than that is told."""
    left = {one.line_no: one.qty_shipped + one.qty_over for one in kept.lines}
    for number, (line_no, qty) in enumerate(back):
        one = News(f"R{number}", "return", line_no, qty, TODAY, 0)
        [outcome] = deliver(home, order_no, [[one]])
        is_there = Decimal(qty) <= left[line_no]
        codes = [] if is_there else ["more_than_delivered"]
        assert [fault.code for fault in outcome.failed] == codes
        left[line_no] -= Decimal(qty) if is_there else ZERO
    after = books(order_no)
    assert {
        one.line_no: one.qty_shipped + one.qty_over - one.qty_returned
        for one in after.lines
    } == left


def decide(order_no, kept):
    """Settle what stock gave up: every second line anew, the others dropped."""
    for line in kept.lines:
        if line.state != "exception":
            continue
        choice = Choice.IGNORE if line.line_no == 1 else Choice.RECREATE
        resolve_exception(
            name=order_no,
            line_no=line.line_no,
            choice=choice,
            by="Ana",
            reason="agreed",
            on=TODAY,
        )
        [after] = [one for one in books(order_no).lines if one.line_no == line.line_no]
        dropped = line.qty_given_up if choice is Choice.IGNORE else ZERO
        assert after.qty_cancelled == dropped
        assert after.qty_given_up == 0
        assert after.state in ("open", "cancelled")
    assert "open" not in {state for (state,) in questions(order_no, "stock_exception")}
