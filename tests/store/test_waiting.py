"""What waits for a person: counted in whole, the most urgent named, by team."""

from decimal import Decimal

import pytest

from adv_domain.store.engine import reading, writing
from adv_domain.store.figures.waiting import waiting_work
from adv_domain.store.rows import counted_statements
from adv_domain.store.run_state import last_runs, mail_states, newest_data
from adv_domain.store.runs import FailedDocument, close_run, open_run, record_failures
from adv_domain.store.tables import order_fault
from adv_domain.store.worklist import PersonTask, open_tasks
from tests.builders import NOW, _insert, a_customer, a_product, an_order
from tests.store.kpi_rows import a_fault, a_payment, day

KINDS = ["held", "delays", "review", "failures", "unknown", "tasks"]


@pytest.fixture
def makes(engine) -> dict:
    return {"customer_id": a_customer(engine), "product_id": a_product(engine)}


def waiting(engine, *, limit: int = 8) -> dict:
    with reading(engine) as connection:
        works = waiting_work(connection, on=day(10), limit=limit)
    assert [work.kind for work in works] == KINDS
    return {work.kind: work for work in works}


def test_nothing_waits_in_a_new_company(engine) -> None:
    assert all(work.count == 0 for work in waiting(engine).values())


def test_held_orders_are_summed_by_team_and_the_oldest_named(engine, makes) -> None:
    for n in range(4):
        order_id = an_order(
            engine,
            no=f"O{n}",
            state="held",
            held_for="stock" if n == 3 else "sales",
            held_on=day(9 - n),
            net=Decimal(100),
            **makes,
        )
        for line_no in (0, 1):
            _insert(engine, order_fault, a_fault(order_id, "price", "price", line_no))
    held = waiting(engine, limit=1)["held"]
    assert [(part.team, part.count, part.amount) for part in held.parts] == [
        ("sales", 3, 300),
        ("stock", 1, 100),
    ]
    assert held.parts[0].since == day(7)
    [case] = held.cases
    assert (case.document, case.reasons, case.since) == ("O3", ("price",), day(6))


def test_an_order_comes_late_once_however_many_lines(engine, makes) -> None:
    moved = {"first_confirmed_on": day(12), "confirmed_on": day(20)}
    silent = {"first_confirmed_on": day(8), "confirmed_on": day(8)}
    in_time = {"first_confirmed_on": day(12), "confirmed_on": day(11)}
    for no, line in (("A", moved), ("B", silent), ("C", in_time)):
        an_order(engine, no=no, lines=2, line=line, state="handed_off", **makes)
    an_order(engine, no="D", line=moved, state="cancelled", **makes)
    late = waiting(engine)["delays"]
    assert late.count == 2
    assert late.parts[0].amount == 120
    by_no = {case.document: case for case in late.cases}
    assert (by_no["A"].old_on, by_no["A"].new_on) == (day(12), day(20))
    assert by_no["A"].reasons == ("stock",)
    assert (by_no["B"].old_on, by_no["B"].reasons) == (None, ("silent", "stock"))


def test_money_failures_and_tasks_wait(engine) -> None:
    money = a_payment(engine, amount=15, booked=1)
    with writing(engine) as connection:
        connection.exec_driver_sql(
            f"UPDATE payment SET state = 'review' WHERE id = {money}"
        )
        run_id = open_run(
            connection,
            step="invoicing",
            business_date=day(1),
            engine="direct",
            engine_run=None,
            now=NOW,
        )
        record_failures(
            connection,
            step="invoicing",
            run_id=run_id,
            owner="master data",
            failed=[FailedDocument(document="C1", code="NoRate", message="no rate")],
            now=NOW,
        )
        close_run(connection, run_id, values={"state": "failed", "failed": 1}, now=NOW)
        open_tasks(
            connection,
            [PersonTask(task_key="k", kind="dunning_call", team="sales", text="call")],
            opened_on=day(2),
        )
    found = waiting(engine)
    assert found["review"].parts[0].amount == 15
    assert found["failures"].cases[0].reasons == ("no rate",)
    assert found["failures"].parts[0].team == "master data"
    assert found["tasks"].cases[0].since == day(2)
    with reading(engine) as connection:
        [last] = last_runs(connection)
        assert (last.step, last.state, last.failed) == ("invoicing", "failed", 1)
        assert newest_data(connection, on=day(2))["orders"] is None
        assert mail_states(connection) == {}


def test_the_number_of_statements_does_not_grow_with_the_cases(engine, makes) -> None:
    counts = []
    for more in (1, 12):
        for n in range(more):
            an_order(engine, no=f"{more}-{n}", state="held", held_on=day(0), **makes)
        with counted_statements(engine) as seen:
            waiting(engine)
        counts.append(len(seen))
    assert counts[0] == counts[1]
