"""Rows 27 and 32: who is invoiced when, and which deliveries share an invoice."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import delete, select

from adv_domain.store.billing.documents import document_rows
from adv_domain.store.billing.issued import issued_document
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    delivery_line,
    document,
    event,
    invoice,
    invoice_line,
    order_line,
    sales_order,
    task,
    tax_rate,
)
from flows.direct import execute, run_directly
from tasks.billing.by_hand import Billing, NothingToBill, bill_by_hand
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.schematron import Rulebook

WEEKS = "weekly fri"


def run(on, *, dry_run=False):
    [end] = run_directly("invoicing", on=on, dry_run=dry_run)
    return end.outcome


def rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def posted(engine):
    """Return each invoice's date, orders and net, in their order."""
    return [
        (
            one.issued_on,
            [order[0] for order in one.covers["orders"]],
            one.net,
        )
        for one in rows(engine, select(invoice).order_by(invoice.c.id))
    ]


@pytest.fixture
def shop(engine):
    """A product, and customers of every schedule."""
    product_id = a_product(engine)
    schedules = {
        "SHIP": None,
        "DAY": "daily",
        "WEEK": WEEKS,
        "MONTH": "monthly",
        "TENTH": "monthly 10 20 31",
        "HAND": "manual",
    }
    return product_id, {
        code: a_customer(engine, code, invoicing=text)
        for code, text in schedules.items()
    }


def ship(engine, shop, code, no, on, **changes):
    product_id, customers = shop
    order_id = an_order(
        engine, customer_id=customers[code], product_id=product_id, no=no, **changes
    )
    a_delivery(engine, order_id, on=on, no=f"D-{no}")
    return order_id


def test_row_27_each_customer_is_invoiced_by_his_schedule(engine, shop):
    # 14 January 2026 is a Wednesday
    for code in shop[1]:
        ship(engine, shop, code, code, date(2026, 1, 14))
    seen = {}
    for back in range(20):
        on = date(2026, 1, 14) + timedelta(days=back)
        run(on)
    for issued_on, [order_no], _ in posted(engine):
        seen[order_no] = issued_on
    assert seen == {
        "SHIP": date(2026, 1, 14),
        "DAY": date(2026, 1, 14),
        "WEEK": date(2026, 1, 16),
        "TENTH": date(2026, 1, 20),
        "MONTH": date(2026, 1, 31),
    }
    # by hand: nobody has said so yet, and a person is told before the law's last day
    assert run(date(2026, 2, 3)).skipped == {"invoiced_by_hand": 1}
    assert rows(engine, select(task.c.kind)) == []
    run(date(2026, 2, 12))
    [told] = rows(engine, select(task))
    assert told.text == (
        "order HAND is invoiced by hand, and the law wants it invoiced by 2026-02-15: "
        "adv bill HAND"
    )


def test_row_27_a_skipped_night_skips_no_period(engine, shop):
    ship(engine, shop, "WEEK", "A", date(2026, 1, 14))
    ship(engine, shop, "WEEK", "B", date(2026, 1, 20))
    ship(engine, shop, "WEEK", "C", date(2026, 1, 28))
    # nobody ran on Friday 16 nor on Friday 23
    assert run(date(2026, 1, 27)).done == {"invoices": 2}
    assert [orders for _, orders, _ in posted(engine)] == [["A"], ["B"]]
    assert run(date(2026, 1, 28)).message == "1 skipped (waits_for_invoicing_day)"
    assert run(date(2026, 1, 30)).done == {"invoices": 1}


def test_row_32_a_period_goes_on_one_invoice_that_lists_its_delivery_notes(
    engine, shop
):
    for day, no in ((5, "A"), (12, "B"), (30, "C")):
        ship(engine, shop, "MONTH", no, date(2026, 1, day))
    ship(engine, shop, "MONTH", "LATER", date(2026, 2, 1))
    assert run(date(2026, 2, 1)).done == {"invoices": 1}
    [one] = rows(engine, select(invoice))
    assert [order[0] for order in one.covers["orders"]] == ["A", "B", "C"]
    assert one.covers["deliveries"] == [
        ["D-A", "2026-01-05"],
        ["D-B", "2026-01-12"],
        ["D-C", "2026-01-30"],
    ]
    assert (one.order_id, one.supplied_on) == (None, date(2026, 1, 30))
    assert one.net == Decimal(90)
    states = {row.order_no: row.state for row in rows(engine, select(sales_order))}
    assert states == {"A": "closed", "B": "closed", "C": "closed", "LATER": "fulfilled"}


@pytest.mark.parametrize(
    "other",
    [
        {"currency": "USD"},
        {"payment_terms": "net60"},
        {"ship_to_address": "Muelle 4", "ship_to_city": "Vigo"},
        {"buyer_reference": "PO-7"},
        {"prepaid": Decimal(10)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_row_32_what_does_not_agree_stands_on_an_invoice_of_its_own(
    engine, shop, other
):
    from adv_domain.store.tables import exchange_rate

    with writing(engine) as connection:
        insert_rows(
            connection,
            exchange_rate,
            [
                {
                    "currency": "USD",
                    "base": "EUR",
                    "valid_from": date(2025, 1, 1),
                    "rate": Decimal("1.1"),
                }
            ],
        )
    ship(engine, shop, "MONTH", "A", date(2026, 1, 5))
    ship(engine, shop, "MONTH", "B", date(2026, 1, 6), **other)
    ship(engine, shop, "MONTH", "C", date(2026, 1, 7))
    assert run(date(2026, 1, 31)).done == {"invoices": 2}
    assert [orders for _, orders, _ in posted(engine)] == [["A", "C"], ["B"]]


def test_row_32_a_tax_rate_that_changes_within_the_month_keeps_orders_apart(
    engine, shop
):
    with writing(engine) as connection:
        connection.execute(delete(tax_rate).where(tax_rate.c.category == "standard"))
        insert_rows(
            connection,
            tax_rate,
            [
                {
                    "territory": "ES",
                    "category": "standard",
                    "rate": rate,
                    "valid_from": first,
                    "valid_to": last,
                    "vat_code": "S",
                }
                for rate, first, last in (
                    (Decimal("0.21"), date(2020, 1, 1), date(2026, 1, 15)),
                    (Decimal("0.22"), date(2026, 1, 15), None),
                )
            ],
        )
    ship(engine, shop, "MONTH", "A", date(2026, 1, 14))
    ship(engine, shop, "MONTH", "B", date(2026, 1, 15))
    assert run(date(2026, 1, 31)).done == {"invoices": 2}
    taxes = [one.tax for one in rows(engine, select(invoice).order_by(invoice.c.id))]
    assert taxes == [Decimal("6.30"), Decimal("6.60")]


def test_row_32_never_across_calendar_months_also_within_one_order(engine, shop):
    # the week of Friday 6 February begins in January
    order_id = an_order(engine, customer_id=shop[1]["WEEK"], product_id=shop[0], no="A")
    a_delivery(engine, order_id, on=date(2026, 1, 31), qty=Decimal(1), no="D1")
    a_delivery(engine, order_id, on=date(2026, 2, 2), qty=Decimal(2), no="D2")
    assert run(date(2026, 2, 6)).done == {"invoices": 2}
    assert sorted(
        (one.supplied_on, one.net) for one in rows(engine, select(invoice))
    ) == [(date(2026, 1, 31), Decimal(10)), (date(2026, 2, 2), Decimal(20))]
    [line] = rows(engine, select(order_line))
    assert line.qty_invoiced == Decimal(3)


@pytest.mark.parametrize("code", ["SHIP", "HAND"])
def test_row_32_also_by_shipment_and_by_hand_no_invoice_is_across_months(
    engine, shop, code
):
    """After skipped nights; two days of a month are a period and both are told."""
    order_id = an_order(engine, customer_id=shop[1][code], product_id=shop[0], no="A")
    for no, on in enumerate((date(2026, 2, 25), date(2026, 1, 25), date(2026, 2, 3))):
        a_delivery(engine, order_id, on=on, qty=Decimal(1), no=f"D{no}")
    on = date(2026, 3, 28)
    if code == "HAND":
        said = Billing(("A",), None, together=False, by="Ana", reason="due")
        bill_by_hand(said, on=on, execute=execute)
    else:
        late = {"invoices": 2, "invoiced later than lawful": 2}
        assert run(on).done == late
    first, last = rows(engine, select(invoice).order_by(invoice.c.id))
    assert (first.supplied_on, first.net) == (date(2026, 1, 25), Decimal(10))
    assert "supplied_from" not in first.covers
    assert (last.supplied_on, last.net) == (date(2026, 2, 25), Decimal(20))
    assert last.covers["supplied_from"] == "2026-02-03"
    with reading(engine) as connection:
        found = document_rows(connection, [first.id, last.id])
    assert [issued_document(one).period for one in found] == [
        None,
        (date(2026, 2, 3), date(2026, 2, 25)),
    ]


def test_an_order_that_cannot_be_invoiced_leaves_the_others_of_its_period(engine, shop):
    ship(engine, shop, "MONTH", "A", date(2026, 1, 5))
    ship(engine, shop, "MONTH", "BAD", date(2026, 1, 6), line={"unit_price": None})
    ship(engine, shop, "MONTH", "C", date(2026, 1, 7))
    outcome = run(date(2026, 1, 31))
    assert [one.document for one in outcome.failed] == ["BAD"]
    assert [orders for _, orders, _ in posted(engine)] == [["A", "C"]]
    with writing(engine) as connection:
        connection.execute(
            order_line.update()
            .where(order_line.c.unit_price.is_(None))
            .values(unit_price=Decimal(10))
        )
    # what is mended later gets its own invoice, and no line two
    assert run(date(2026, 2, 1)).done == {"invoices": 1}
    assert [orders for _, orders, _ in posted(engine)] == [["A", "C"], ["BAD"]]


def test_a_period_is_not_cut_by_the_end_of_a_batch(engine, shop, monkeypatch):
    monkeypatch.setenv("ADV_BATCH_SIZE", "2")
    for at in range(5):
        ship(engine, shop, "SHIP", f"S{at}", date(2026, 1, 31))
        ship(engine, shop, "MONTH", f"M{at}", date(2026, 1, 5 + at))
    assert run(date(2026, 1, 31)).done == {"invoices": 6}
    assert [f"M{at}" for at in range(5)] in [orders for _, orders, _ in posted(engine)]


def test_a_dry_run_says_what_waits_until_when_and_why(engine, shop):
    ship(engine, shop, "SHIP", "B", date(2026, 1, 16))
    ship(engine, shop, "MONTH", "A", date(2026, 1, 14))
    outcome = run(date(2026, 1, 15), dry_run=True)
    law = {"invoice_by": "2026-02-15"}
    assert outcome.details == (
        {
            "order": "B",
            "not_invoiced": "shipped_later",
            "until": "2026-01-16",
            "why": "shipment",
        }
        | law,
        {
            "order": "A",
            "not_invoiced": "waits_for_invoicing_day",
            "until": "2026-01-31",
            "why": "monthly",
        }
        | law,
    )
    assert posted(engine) == []


ANA = {"by": "Ana", "reason": "the customer asked"}


def test_row_27_by_hand_a_person_says_when(engine, shop):
    ship(engine, shop, "HAND", "A", date(2026, 1, 5))
    ship(engine, shop, "HAND", "B", date(2026, 1, 6))
    billing = Billing(("A",), None, False, **ANA)
    outcome = bill_by_hand(billing, on=date(2026, 1, 7), execute=execute)
    assert outcome.done == {"invoices": 1}
    assert [orders for _, orders, _ in posted(engine)] == [["A"]]
    [said] = rows(engine, select(event).where(event.c.what == "billed by hand"))
    assert (said.actor, said.reason) == ("Ana", "the customer asked")
    with pytest.raises(NothingToBill, match="nothing of A waits for its invoice"):
        bill_by_hand(billing, on=date(2026, 1, 7), execute=execute)


def test_row_27_by_hand_together_for_who_wants_his_invoice_sooner(engine, shop):
    for day, no in ((5, "A"), (6, "B"), (20, "LATER")):
        ship(engine, shop, "MONTH", no, date(2026, 1, day))
    billing = Billing((), "MONTH", True, **ANA)
    outcome = bill_by_hand(billing, on=date(2026, 1, 7), execute=execute)
    assert outcome.done == {"invoices": 1}
    assert outcome.skipped == {"shipped_later": 1}
    assert [orders for _, orders, _ in posted(engine)] == [["A", "B"]]


def test_the_statements_of_a_batch_do_not_grow_with_it(engine, shop):
    counts = []
    for size in (1, 2, 30):
        for at in range(size):
            ship(engine, shop, "MONTH", f"{size}-{at}", date(2026, 1, 5))
            ship(engine, shop, "TENTH", f"T{size}-{at}", date(2026, 1, 5))
        with counted_statements(engine) as seen:
            run(date(2026, 1, 31))
        counts.append(len(seen))
    assert counts[1] == counts[2]


@pytest.mark.parametrize("seed", range(3))
def test_invariant_27_every_delivered_line_is_on_exactly_one_invoice(
    engine, shop, seed
):
    """Whatever the schedules and however many nights are skipped."""
    from random import Random

    random = Random(seed)  # a seeded order of days, no secret
    first = date(2026, 1, 1)
    for at in range(25):
        code = random.choice([code for code in shop[1] if code != "HAND"])
        on = first + timedelta(days=random.randrange(60))
        ship(
            engine,
            shop,
            code,
            f"O{at}",
            on,
            payment_terms=random.choice(["net30", "net60"]),
        )
    nights = [*sorted(random.sample(range(100), 15)), 110]
    for night in nights:
        run(first + timedelta(days=night))
    lines = rows(engine, select(delivery_line))
    assert all(line.invoice_line_id for line in lines)
    billed = Counter(
        row.order_line_id for row in rows(engine, select(invoice_line.c.order_line_id))
    )
    assert set(billed.values()) == {1} and len(billed) == 25
    # together they come to what each alone would
    assert sum(one.net for one in rows(engine, select(invoice))) == Decimal(30) * 25
    for one in rows(engine, select(invoice)):
        assert one.issued_on >= one.supplied_on


def test_row_32_the_page_and_its_e_invoice_name_orders_delivery_notes_and_period(
    home, engine, shop
):
    for day, no in ((5, "A"), (12, "B"), (30, "C")):
        ship(engine, shop, "MONTH", no, date(2026, 1, day))
    run(date(2026, 1, 31))
    run_directly("documents", on=date(2026, 1, 31))
    [made] = rows(engine, select(document))
    reader = PdfReader(BytesIO((home / made.path).read_bytes()))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert "D-A (5 Jan 2026), D-B (12 Jan 2026), D-C (30 Jan 2026)" in text
    assert "A, B, C" in text
    assert "5 Jan 2026 – 30 Jan 2026" in text
    [xml] = next(iter(reader.attachments.values()))
    fired, broken = Rulebook().verdict(xml, rules="cii")
    assert fired > 40
    assert [one for one in broken if one[0] == "fatal"] == []
    assert b"BillingSpecifiedPeriod" in xml
