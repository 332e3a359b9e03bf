"""Is a customer told, once, what of his order will not be delivered?"""

from datetime import date

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import event, outbox, task
from tasks.orders.acts.ending import cancel_order
from tasks.stock.exceptions import Choice, resolve_exception
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book

ON = date(2026, 1, 6)
SAID = {"by": "ana", "reason": "sold out", "on": ON}


@pytest.fixture
def ordered(engine):
    """An order of three lines at stock, of which stock refused the first two."""

    def _order(**customer):
        an_order(
            engine,
            lines=3,
            state="handed_off",
            customer_id=a_customer(engine, "C1", **customer),
            product_id=a_product(engine),
        )
        book("M1,refusal,O1,1,2,", "M2,refusal,O1,2,,")

    return _order


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns]
    with reading(engine) as connection:
        found = connection.execute(select(*chosen).order_by(table.c.id))
        return [tuple(row) for row in found]


def drop(line_no, choice=Choice.IGNORE):
    resolve_exception(name="O1", line_no=line_no, choice=choice, **SAID)


def test_dropped_lines_are_told_in_one_mail_with_their_exact_quantities(
    engine, ordered
):
    ordered(language="fr")
    drop(1)
    drop(2)
    first, second = rows(engine, outbox, "state", "kind", "language", "context")
    assert (first[0], second[:3]) == ("withdrawn", ("queued", "cancellation", "fr"))
    assert [line["qty"] for line in second[3]["lines"]] == ["2", "3"]
    assert second[3]["has_rest"]
    told = [row for row in rows(engine, event, "what", "actor") if "ana" in row]
    assert ("cancellation", "ana") in told


def test_a_cancelled_order_is_told_whole(engine, ordered):
    ordered()
    cancel_order(name="O1", **SAID)
    [(to, context)] = rows(engine, outbox, "to_address", "context")
    assert to == "c1@example.com"
    assert [line["qty"] for line in context["lines"]] == ["3", "3", "3"]
    assert not context["has_rest"]


def test_without_an_address_a_task_asks_for_it(engine, ordered):
    ordered(email=None)
    drop(1)
    assert rows(engine, outbox, "id") == []
    assert "missing_address" in [kind for (kind,) in rows(engine, task, "kind")]


@pytest.mark.parametrize("wants", ["none", "confirmation,delay"])
def test_who_chose_to_hear_of_other_events_is_not_told(engine, ordered, wants):
    ordered(progress_mails=wants)
    drop(1)
    assert rows(engine, outbox, "id") == []


def test_what_is_asked_of_stock_anew_is_not_told_as_cancelled(engine, ordered):
    ordered()
    drop(1, Choice.RECREATE)
    assert rows(engine, outbox, "id") == []
