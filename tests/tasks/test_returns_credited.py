"""Row 43: the policy may accept the credit note of goods that came back."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    closed_period,
    goods_return,
    instalment,
    invoice,
    invoice_line,
    order_line,
    task,
)
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_invoice
from tests.builders import NOW, a_customer, a_product, an_order
from tests.tasks.feedback_runs import ON, book, news

LATER = date(2026, 1, 8)


@pytest.fixture
def billed(engine, home):
    """Six of an order of ten are shipped and billed; returns are credited at once."""
    (home / "policy.toml").write_text('[invoicing]\ncredit_returns = "credit"\n')
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    an_order(engine, state="handed_off", qty=Decimal(10), **known)
    book("M1,shipment,O1,1,6,2026-01-05,,,D1")
    run_directly("invoicing", on=ON)
    return engine


def rows(engine, table, *columns):
    chosen = [table.c[name] for name in columns]
    with reading(engine) as connection:
        found = connection.execute(select(*chosen).order_by(table.c.id))
        return [tuple(row) for row in found]


def broken(engine):
    with reading(engine) as connection:
        found = {one.name for one in audit(connection) if one.violations}
    return found - {"handed_orders_have_a_message"}  # builders ship without it


def test_row_43_the_policy_credits_what_came_back_by_itself(billed):
    _, outcome = book("M2,return,O1,1,2,2026-01-07", on=LATER)
    assert outcome.done == {"returns": 1, "credit notes": 1}
    assert rows(billed, task, "kind") == []
    said = rows(billed, invoice, "kind", "reason_code", "reason", "issued_on")
    assert said[1] == (
        "credit_note",
        "return",
        "Goods of delivery D1 that came back",
        LATER,
    )
    assert rows(billed, invoice_line, "qty") == [(6,), (-2,)]
    assert rows(billed, instalment, "open_amount") == [(Decimal("48.4"),), (0,)]
    assert broken(billed) == set()


def test_row_43_the_same_return_again_credits_nothing_more(billed):
    book("M2,return,O1,1,2,2026-01-07", on=LATER)
    file, _ = book("M2,return,O1,1,2,2026-01-07", on=LATER)
    assert file.counts["duplicate"] == 1
    assert len(rows(billed, invoice, "id")) == 2


def test_row_43_two_returns_of_one_invoice_in_a_file_are_one_note(billed):
    book("M2,return,O1,1,2,2026-01-07", "M3,return,O1,1,3,2026-01-07", on=LATER)
    assert rows(billed, invoice_line, "qty") == [(6,), (-5,)]
    assert broken(billed) == set()


def test_row_43_what_was_credited_by_hand_before_is_asked_with_the_reason(billed):
    [(number,)] = rows(billed, invoice, "invoice_no")
    credit_invoice(
        invoice_no=number,
        quantities={1: Decimal(5)},
        reason_code="return",
        reason="by hand",
        by="Ana",
        on=LATER,
    )
    book("M2,return,O1,1,2,2026-01-07", on=LATER)
    [(kind, text)] = rows(billed, task, "kind", "text")
    assert kind == "return_to_credit"
    assert "not credited by itself: " in text
    assert "line 1 has 1 left, not 2" in text
    assert rows(billed, goods_return, "qty") == [(2,)]
    assert rows(billed, invoice_line, "qty") == [(6,), (-5,)]


def test_row_43_in_a_closed_period_a_person_is_asked(billed):
    with writing(billed) as connection:
        insert_rows(
            connection,
            closed_period,
            [
                {
                    "company_id": 1,
                    "first_on": date(2026, 1, 1),
                    "last_on": date(2026, 1, 31),
                    "closed_by": "Ana",
                    "closed_at": NOW,
                }
            ],
        )
    book("M2,return,O1,1,2,2026-01-07", on=LATER)
    assert rows(billed, task, "kind") == [("return_to_credit",)]
    assert len(rows(billed, invoice, "id")) == 1


def test_row_43_by_default_a_person_is_asked(billed, home):
    (home / "policy.toml").write_text("")
    book("M2,return,O1,1,2,2026-01-07", on=LATER)
    assert rows(billed, task, "kind") == [("return_to_credit",)]
    assert len(rows(billed, invoice, "id")) == 1


def test_row_43_statements_do_not_grow_with_the_returns_credited(engine, home):
    (home / "policy.toml").write_text('[invoicing]\ncredit_returns = "credit"\n')
    known = {"customer_id": a_customer(engine), "product_id": a_product(engine)}
    seen = []
    # the first note of all begins its series
    for first, count in ((40, 1), (0, 3), (10, 20)):
        numbers = range(first, first + count)
        for number in numbers:
            an_order(engine, no=f"O{number}", state="handed_off", **known)
        book(text=news(*(f"M{n},shipment,O{n},1,3,2026-01-05" for n in numbers)))
        run_directly("invoicing", on=ON)
        text = news(*(f"R{n},return,O{n},1,2,2026-01-05" for n in numbers))
        with counted_statements(engine) as statements:
            book(text=text, on=LATER)
        seen.append(len(statements))
    assert seen[1] == seen[2]
    assert broken(engine) == set()


@pytest.fixture
def billed_twice(engine, home, tmp_path):
    """An order of three invoiced as ordered, then raised to five; all are shipped."""
    known = {
        "customer_id": a_customer(engine, invoicing="order"),
        "product_id": a_product(engine),
    }
    an_order(engine, state="handed_off", qty=Decimal(3), **known)
    run_directly("invoicing", on=ON)
    with writing(engine) as connection:
        connection.execute(update(order_line).values(qty=5))
    run_directly("invoicing", on=ON)
    book("M1,shipment,O1,1,5,2026-01-05,,,D1", on=LATER)
    assert rows(engine, invoice_line, "qty") == [(3,), (2,)]
    return home


def test_row_43_a_return_beyond_one_invoices_line_is_credited_on_both(
    engine, billed_twice
):
    policy = '[invoicing]\ncredit_returns = "credit"\n'
    (billed_twice / "policy.toml").write_text(policy)
    _, outcome = book("M2,return,O1,1,4,2026-01-07", on=LATER)
    assert outcome.done == {"returns": 1, "credit notes": 2}
    assert rows(engine, task, "kind") == []
    assert rows(engine, invoice_line, "qty") == [(3,), (2,), (-3,), (-1,)]
    book("M3,return,O1,1,1,2026-01-07", on=LATER)
    assert rows(engine, invoice_line, "qty")[4:] == [(-1,)]
    assert broken(engine) == set()


def test_row_43_every_command_that_a_person_is_told_works(engine, billed_twice):
    del billed_twice
    # the second comes while nobody has answered the first
    book("M2,return,O1,1,2,2026-01-07", on=LATER)
    book("M3,return,O1,1,3,2026-01-07", on=LATER)
    asked = [text for (text,) in rows(engine, task, "text")]
    assert len(asked) == 3
    for text in asked:
        words = text.partition("adv credit-note ")[2].split()
        line_no, qty = words[words.index("--line") + 1].split("=")
        credit_invoice(
            invoice_no=words[0],
            quantities={int(line_no): Decimal(qty)},
            reason_code="return",
            reason="came back",
            by="Ana",
            on=LATER,
        )
    assert sum(qty for (qty,) in rows(engine, invoice_line, "qty")) == 0
    assert {state for (state,) in rows(engine, task, "state")} == {"dropped"}
    assert broken(engine) == set()
