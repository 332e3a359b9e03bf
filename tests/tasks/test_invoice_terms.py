"""What becomes of payment terms when an invoice is posted? Rows 36 to 40, stored."""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.audit import audit
from adv_domain.store.billing.documents import document_rows
from adv_domain.store.billing.issued import issued_document
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    event,
    exchange_rate,
    failure,
    instalment,
    invoice,
    payment_term,
    sales_order,
)
from flows.cli import cli
from flows.direct import run_directly
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 31)
REST = {"share": "remainder", "due": [["add_days", 60]]}
NET_60 = {"lines": [REST]}


@pytest.fixture
def bill(engine):
    """Ship an order of 108.90 (3 at 30.00 and tax) under a term, and invoice it."""
    product_id = a_product(engine)

    def _bill(form, *, shipped=(ON,), orders=1, on=ON, **buyer):
        row = {"code": "own", "name": "own", "definition": form}
        with writing(engine) as connection:
            insert_rows(connection, payment_term, [row])
        customer_id = a_customer(engine, payment_terms="own", **buyer)
        for at in range(orders):
            order_id = an_order(
                engine,
                customer_id=customer_id,
                product_id=product_id,
                no=f"O{at}",
                payment_terms=None,
                line={"unit_price": Decimal(30)},
            )
            for no, day in enumerate(shipped):
                qty = Decimal(3) / len(shipped)
                a_delivery(engine, order_id, on=day, qty=qty, no=f"D{at}-{no}")
        [end] = run_directly("invoicing", on=on)
        return end.outcome

    return _bill


def _rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def _due(engine):
    return [
        (row.due_on, row.amount, row.steps)
        for row in _rows(engine, select(instalment).order_by(instalment.c.id))
    ]


def _settings(home, text):
    (home / "policy.toml").write_text(text, encoding="utf-8")


def test_row_40_a_due_date_beyond_the_law_is_brought_forward_and_told(engine, bill):
    """Supplied on the 5th and invoiced on the 31st: Spain counts from the former."""
    assert bill(NET_60, shipped=[date(2026, 1, 5)]).done == {"invoices": 1}
    [(due_on, amount, steps)] = _due(engine)
    assert (due_on, amount) == (date(2026, 3, 6), Decimal("108.900"))
    told = (
        "the law of ES allows 60 days from the delivery of 2026-01-05 "
        "(Ley 3/2004, art. 4), brought forward: 2026-03-06"
    )
    assert steps[-2:] == ["add 60 days: 2026-04-01", told]
    [said] = _rows(
        engine, select(event).where(event.c.what == "due date brought forward")
    )
    assert (said.entity, said.reason) == ("invoice", told)
    shown = CliRunner().invoke(cli, ["invoice", "F-2026-000001"]).output
    assert "due 2026-03-06: 108.90 (net 90.00 + tax 18.90), open 108.90" in shown
    assert told in shown
    with reading(engine) as connection:
        broken = {one.name for one in audit(connection) if one.violations}
    # the order was put there accepted, no stock department was told
    assert broken <= {"handed_orders_have_a_message"}


@pytest.mark.parametrize(
    ("country", "shipped", "due_on"),
    [
        ("ES", [ON], date(2026, 4, 1)),
        ("FR", [date(2026, 1, 5)], date(2026, 4, 1)),
        ("FR", [date(2026, 1, 5), date(2026, 1, 30)], date(2026, 3, 17)),
        ("ES", [date(2026, 1, 5), date(2026, 1, 30)], date(2026, 3, 6)),
        ("DE", [date(2026, 1, 5)], date(2026, 4, 1)),
    ],
)
def test_row_40_each_country_counts_its_own_way(engine, bill, country, shipped, due_on):
    bill(NET_60, shipped=shipped, country=country)
    assert [on for on, _amount, _steps in _due(engine)] == [due_on]


def test_row_40_the_policy_may_set_such_an_order_aside_until_it_is_mended(
    home, engine, bill
):
    _settings(home, '[invoicing]\nterms_over_cap = "set_aside"\n')
    outcome = bill(NET_60, shipped=[date(2026, 1, 5)])
    [failed] = outcome.failed
    assert (failed.document, failed.code) == ("O0", "terms_over_cap")
    assert "payment terms 'own' go beyond the law: the law of ES" in failed.message
    assert _rows(engine, select(invoice)) == []
    with writing(engine) as connection:
        connection.execute(sales_order.update().values(payment_terms="net30"))
    [end] = run_directly("invoicing", on=ON)
    assert end.outcome.done == {"invoices": 1}
    [mended] = _rows(engine, select(failure))
    assert mended.resolved_at is not None


def test_row_40_set_aside_counts_on_the_date_that_the_series_gives(home, engine, bill):
    """Asked for an earlier day than its series holds, the invoice is dated later; so
    its due date is, and the law is looked at again before it is numbered."""
    _settings(home, '[invoicing]\nterms_over_cap = "set_aside"\n')
    assert bill(NET_60, shipped=[ON]).done == {"invoices": 1}
    order_id = an_order(
        engine, customer_id=1, product_id=1, no="LATE", payment_terms=None
    )
    a_delivery(engine, order_id, on=date(2026, 1, 30), no="L1")
    [end] = run_directly("invoicing", on=date(2026, 1, 30))
    assert [one.code for one in end.outcome.failed] == ["terms_over_cap"]
    assert [row.number for row in _rows(engine, select(invoice))] == [1]


def test_row_37_a_term_that_goes_back_sets_its_order_aside_alone(engine, bill):
    outcome = bill({"lines": [{"share": "remainder", "due": [["set_day", 10]]}]})
    [failed] = outcome.failed
    assert failed.code == "term_error"
    assert "line 1: the due date 2026-01-10 lies before" in failed.message


def test_row_38_due_dates_roll_over_the_holidays_of_the_customers_region(engine, bill):
    """1 April 2026 is a Wednesday, 2 and 3 April are Holy Thursday and Good Friday in
    Madrid; 60 days from 1 February are 2 April."""
    form = {**NET_60, "roll": "previous"}
    day = date(2026, 2, 1)
    bill(form, shipped=[day], on=day, calendar_region="MD")
    [(due_on, _amount, steps)] = _due(engine)
    assert due_on == date(2026, 4, 1)
    assert steps[-1] == "not a working day, moved: 2026-04-01"


@pytest.mark.parametrize(
    ("currency", "price", "amounts"),
    [
        ("EUR", "30", ["36.300", "72.600", "0.000"]),
        ("JPY", "30", ["36", "73", "0"]),
        ("TND", "0.111", ["0.134", "0.269", "0.000"]),
        ("EUR", "0", ["0.000", "0.000", "0.000"]),
    ],
)
def test_row_36_parts_are_exact_in_every_currency(
    engine, bill, currency, price, amounts
):
    """A third, then a fixed line above what is left; a part of nothing is settled.

    Below zero no invoice is made; a credit is due at once (tests/rules has its parts).
    """
    form = {
        "lines": [
            {"share": "percent_of_total", "value": "33.3333", "due": []},
            {"share": "fixed", "value": "5000", "due": [["add_days", 30]]},
            REST,
        ]
    }
    rate = {"base": "EUR", "rate": Decimal(2), "valid_from": date(2026, 1, 1)}
    with writing(engine) as connection:  # of the tax in the company's currency
        rows = [{**rate, "currency": one, "source": None} for one in ("JPY", "TND")]
        insert_rows(connection, exchange_rate, rows)
    product = Decimal(price)
    bill(form, orders=0, currency=currency)
    order_id = an_order(
        engine,
        customer_id=1,
        product_id=1,
        no="X",
        payment_terms=None,
        currency=currency,
        line={"unit_price": product, "net": product * 3},
    )
    a_delivery(engine, order_id, on=ON)
    run_directly("invoicing", on=ON)
    parts = _rows(engine, select(instalment).order_by(instalment.c.id))
    assert [row.amount for row in parts] == [Decimal(one) for one in amounts]
    [posted] = _rows(engine, select(invoice))
    assert sum(row.amount for row in parts) == posted.gross
    assert all((row.settled_on is None) == bool(row.amount) for row in parts)


def test_row_39_the_discount_is_one_amount_from_preview_to_payment(
    engine, bill, tmp_path
):
    """Preview, posting, document and adv invoice: the same until and amount (matching
    takes it from the invoice; tests/rules/test_early_settlement.py pays it)."""
    form = {
        **NET_60,
        "early_discount": {"percent": "2.5", "days": 10, "base": "net"},
    }
    bill(form)
    [posted] = _rows(engine, select(invoice))
    assert (posted.early_until, posted.early_amount) == (
        date(2026, 2, 10),
        Decimal("106.650"),
    )
    with reading(engine) as connection:
        [rows] = document_rows(connection, [posted.id])
    printed = issued_document(rows).early_payment
    assert printed is not None
    assert (printed.until_on, printed.payable) == (
        posted.early_until,
        posted.early_amount,
    )
    assert (printed.rate, printed.of_net) == (Decimal("0.025"), True)
    preview = [
        *("terms", "preview", "--terms", "own", "--date", str(ON), "--json"),
        *("--amount", "108.90", "--net", "90.00", "--currency", "EUR"),
        *("--country", "ES"),
    ]
    tried = json.loads(CliRunner().invoke(cli, preview).stdout)
    assert tried["early_discount"] == {"until": "2026-02-10", "amount": "106.65"}
    [(due_on, _amount, steps)] = _due(engine)
    assert [(one["due_on"], one["steps"]) for one in tried["instalments"]] == [
        (str(due_on), steps)
    ]
    shown = CliRunner().invoke(cli, ["invoice", posted.invoice_no]).output
    assert "paid until 2026-02-10: 106.65 settle the whole (discount 2.25)" in shown
    view = json.loads(
        CliRunner().invoke(cli, ["invoice", posted.invoice_no, "--json"]).stdout
    )
    [part] = view["instalments"]
    assert (part["net"], part["tax"], part["steps"]) == ("90.00", "18.90", steps)


def test_row_40_a_dry_run_tells_each_due_date_and_what_is_brought_forward(engine, bill):
    bill(NET_60, orders=0)
    order_id = an_order(engine, customer_id=1, product_id=1, no="X", payment_terms=None)
    a_delivery(engine, order_id, on=date(2026, 1, 5))
    asked = ("run", "invoicing", "--direct", "--dry-run", "--date", str(ON), "--json")
    tried = CliRunner().invoke(cli, asked)
    assert tried.exit_code == 0, tried.output
    [end] = run_directly("invoicing", on=ON, dry_run=True)
    [told] = end.outcome.details
    assert told["due"] == ["2026-03-06"]
    assert "allows 60 days from the delivery of 2026-01-05" in told["brought_forward"]
    assert _rows(engine, select(invoice)) == []


def test_the_law_costs_no_statement_more_for_more_invoices(engine, bill):
    bill({**NET_60, "roll": "next"}, orders=2, shipped=[date(2026, 1, 5)])
    counts = []
    for count in (2, 20):
        for at in range(count):
            order_id = an_order(
                engine,
                customer_id=1,
                product_id=1,
                no=f"N{count}-{at}",
                payment_terms=None,
            )
            a_delivery(engine, order_id, on=date(2026, 1, 5), no=f"N{count}-{at}")
        with counted_statements(engine) as counted:
            [end] = run_directly("invoicing", on=ON)
        assert end.outcome.done == {"invoices": count}
        counts.append(len(counted))
    assert counts[0] == counts[1]
