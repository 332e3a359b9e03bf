"""Prices, charges, taxes, rounding: from the order to the posted document and back."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.store.audit import audit
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    company,
    exchange_rate,
    instalment,
    invoice,
    invoice_charge,
    invoice_tax,
    order_line,
    tax_rate,
)
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_invoice
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 31)
D = Decimal


def policy(home, text):
    (home / "policy.toml").write_text(text)


def a_shipped_order(engine, *, customer=None, order=None, product=None, qty=None):
    """Ship an order of 3 at 10.00 EUR, or qty of it; return its id."""
    order_id = an_order(
        engine,
        customer_id=a_customer(engine, **(customer or {})),
        product_id=a_product(engine, **(product or {})),
        **(order or {}),
    )
    a_delivery(engine, order_id, qty=qty)
    return order_id


def invoiced():
    [end] = run_directly("invoicing", on=ON)
    return end.outcome


def rows(engine, statement):
    with reading(engine) as connection:
        return connection.execute(statement).all()


def heads(engine):
    return rows(engine, select(invoice).order_by(invoice.c.id))


def charges(engine):
    return [
        (row.charge_no, row.description, row.amount)
        for row in rows(engine, select(invoice_charge).order_by(invoice_charge.c.id))
    ]


def credited(**changes):
    given = {
        "invoice_no": "F-2026-000001",
        "reason_code": "return",
        "reason": "came back",
        "by": "Ana",
        "on": ON,
    }
    return credit_invoice(**(given | changes))


def broken(engine):
    """Name the broken checks; the orders of these tests were never handed off."""
    with reading(engine) as connection:
        found = {one.name for one in audit(connection) if one.violations}
    return found - {"handed_orders_have_a_message"}


CHARGES = [
    {"amount": "12.00", "reason": "freight", "tax_category": None, "tax_rate": None},
    {"amount": "-6.00", "reason": None, "tax_category": "S", "tax_rate": "0.21"},
]


def test_row_33_an_orders_charges_are_billed_once_and_its_allowance_by_parts(engine):
    order_id = a_shipped_order(engine, order={"charges": CHARGES}, qty=D(1))
    assert invoiced().done == {"invoices": 1}
    a_delivery(engine, order_id, qty=D(2), no="D2")
    assert invoiced().done == {"invoices": 1}
    assert charges(engine) == [
        (1, "freight", D(12)),
        (2, "", D(-2)),
        (1, "", D(-4)),
    ]
    first, last = heads(engine)
    assert (first.net, first.tax, first.gross) == (D(20), D("4.2"), D("24.2"))
    assert (last.net, last.gross) == (D(16), D("19.36"))


def test_row_33_a_charge_follows_the_goods_by_largest_remainder(engine):
    """Of 1.00 on 30.00 at 21 % and 60.00 at 10 % a third goes with the first."""
    order_id = a_shipped_order(
        engine,
        order={"charges": [{"amount": "1.00", "reason": "stamps"}], "lines": 2},
    )
    reduced = a_product(engine, "P2", tax_class="reduced")
    with writing(engine) as connection:
        connection.execute(
            update(order_line)
            .where(order_line.c.order_id == order_id, order_line.c.line_no == 2)
            .values(product_id=reduced, unit_price=D(20))
        )
    invoiced()
    found = rows(engine, select(invoice_charge).order_by(invoice_charge.c.id))
    assert [(row.tax_category, row.amount) for row in found] == [
        ("reduced", D("0.67")),
        ("standard", D("0.33")),
    ]


def test_row_33_a_charge_whose_tax_nobody_knows_waits_and_says_what_to_do(engine):
    odd = [{"amount": "5.00", "reason": "insurance", "tax_rate": "0.07"}]
    a_shipped_order(engine, order={"charges": odd})
    [failed] = invoiced().failed
    assert failed.code == "charge_tax_unknown"
    assert "insurance states a tax of 7 %" in failed.message
    assert "adv import tax_rates" in failed.message


def test_row_33_charges_of_three_decimals_are_billed_half_up(engine):
    """They were cut at the second decimal: 101.00 where 101.01 was meant."""
    parts = ["1.009", "2.675", "0.009"]
    odd = [{"amount": amount, "reason": amount} for amount in parts]
    a_shipped_order(engine, order={"charges": odd})
    invoiced()
    assert [amount for _, _, amount in charges(engine)] == [
        D("1.01"),
        D("2.68"),
        D("0.01"),
    ]
    [document] = heads(engine)
    assert (document.net, document.tax) == (D("33.70"), D("7.08"))
    assert broken(engine) == set()


def test_row_29_what_comes_to_less_than_nothing_is_never_an_invoice(engine):
    off = [{"amount": "-500", "reason": "allow", "tax_category": None}]
    a_shipped_order(engine, order={"charges": off})
    [failed] = invoiced().failed
    assert failed.code == "negative_total"
    assert "would come to -568.70 EUR" in failed.message
    assert heads(engine) == []


DISCOUNT = """
[[amounts.customers]]
customers = ["C1"]
discount_rate = 0.05
charges = [{ description = "Portes", amount = 6.50, free_from = 300 }]
"""


def test_row_33_discount_and_freight_by_policy_stand_in_the_stated_order(home, engine):
    policy(home, DISCOUNT)
    a_shipped_order(engine)
    assert invoiced().done == {"invoices": 1}
    assert charges(engine) == [(1, "", D("-1.5")), (2, "Portes", D("6.5"))]
    [document] = heads(engine)
    assert (document.net, document.tax) == (D(35), D("7.35"))
    # a third of the goods: a third of the discount, and the freight stays
    credited(quantities={1: D(1)})
    assert charges(engine)[2:] == [(1, "", D("0.5"))]
    credited()
    assert charges(engine)[3:] == [(1, "", D(1)), (2, "Portes", D("-6.5"))]
    assert sum(head.gross for head in heads(engine)) == 0
    assert broken(engine) == set()


def test_row_33_freight_is_free_from_the_stated_value_on(home, engine):
    policy(home, DISCOUNT)
    a_shipped_order(engine, order={"qty": D(30)})
    invoiced()
    assert charges(engine) == [(1, "", D(-15))]


def test_row_34_the_surcharge_is_a_second_tax_on_the_same_base(engine):
    a_shipped_order(engine, customer={"tax_category": "equivalence_surcharge"})
    assert invoiced().done == {"invoices": 1}
    groups = [
        (row.kind, row.rate, row.base, row.tax)
        for row in rows(engine, select(invoice_tax).order_by(invoice_tax.c.id))
    ]
    assert groups == [
        ("vat", D("0.21"), D(30), D("6.3")),
        ("surcharge", D("0.052"), D(30), D("1.56")),
    ]
    [document] = heads(engine)
    assert document.gross == D("37.86")
    assert "CuotaTotal=7.86&ImporteTotal=37.86" in document.record
    credited()
    assert [head.gross for head in heads(engine)] == [D("37.86"), D("-37.86")]
    assert broken(engine) == set()


def test_row_34_a_surcharge_that_nobody_entered_is_asked_for(engine):
    with writing(engine) as connection:
        connection.execute(update(tax_rate).values(surcharge_rate=None))
    a_shipped_order(engine, customer={"tax_category": "equivalence_surcharge"})
    [failed] = invoiced().failed
    assert failed.code == "missing_surcharge"
    assert "surcharge_percent" in failed.message


def test_row_34_tax_by_line_is_kept_by_the_credit_note_and_audited(home, engine):
    policy(home, '[amounts]\ntax_rounding = "line"\n')
    a_shipped_order(
        engine,
        order={"lines": 3, "qty": D(1), "line": {"unit_price": D("0.12")}},
    )
    invoiced()
    [document] = heads(engine)
    # 3 × 0.0252: 0.03 on each line, 0.08 on the sum
    assert (document.tax, document.tax_rounding) == (D("0.09"), "line")
    credited()
    assert sum(head.gross for head in heads(engine)) == 0
    assert broken(engine) == set()


CASH = "[amounts.cash_steps]\nEUR = 0.05\n"


def test_row_35_what_is_paid_is_rounded_and_the_difference_has_its_own_amount(
    home, engine
):
    policy(home, CASH)
    a_shipped_order(engine, order={"line": {"unit_price": D("10.01")}})
    invoiced()
    [document] = heads(engine)
    assert (document.gross, document.rounding) == (D("36.34"), D("0.01"))
    [due] = rows(engine, select(instalment))
    assert due.amount == D("36.35")
    credited(quantities={1: D(1)})
    credited()
    assert [head.rounding for head in heads(engine)] == [D("0.01"), D(0), D("-0.01")]
    assert {row.open_amount for row in rows(engine, select(instalment))} == {D(0)}
    assert broken(engine) == set()


@pytest.mark.parametrize(
    ("customer", "order", "category", "why"),
    [
        ({"postal_code": "35001"}, {}, "G", "from ES to ES-CN"),
        ({"tax_territory": "ES-ML"}, {}, "G", "from ES to ES-ML"),
        ({"country": "FR", "vat_id": "FR40303265045"}, {}, "K", "another member state"),
        ({"country": "FR", "vat_id": ""}, {}, "S", "without a VAT id"),
        (
            {"country": "FR", "vat_id": "", "party_kind": "consumer"},
            {},
            "S",
            "taxed at the origin",
        ),
        ({"country": "US", "vat_id": ""}, {}, "G", "as an export"),
        ({}, {"ship_to_country": "CH"}, "G", "from ES to CH"),
        ({"country": "FR", "postal_code": "97400"}, {}, "G", "from ES to FR-974"),
    ],
)
def test_row_34_where_the_goods_go_decides_the_tax_and_says_why(
    sqlite_home, customer, order, category, why
):
    from tasks.resources import resources

    engine = resources().engine
    a_shipped_order(engine, customer=customer, order=order)
    assert invoiced().done == {"invoices": 1}
    [document] = heads(engine)
    [group] = rows(engine, select(invoice_tax))
    assert group.vat_code == category
    [reason] = document.tax_reasons
    assert why in reason


def test_row_34_codes_of_two_territories_are_kept_apart(engine):
    """The code of a category is the one of the territory that the rate is of."""
    with writing(engine) as connection:
        igic = {
            "territory": "ES-CN",
            "category": "standard",
            "rate": D("0.07"),
            "vat_code": "L",
            "valid_from": date(2020, 1, 1),
        }
        insert_rows(connection, tax_rate, [igic])
    a_shipped_order(engine)
    invoiced()
    with writing(engine) as connection:
        connection.execute(update(company).values(tax_territory="ES-CN"))
    order_id = an_order(
        engine,
        customer_id=a_customer(engine, "C2", postal_code="38001"),
        product_id=1,
        no="O2",
    )
    a_delivery(engine, order_id)
    invoiced()
    groups = rows(engine, select(invoice_tax).order_by(invoice_tax.c.id))
    assert [(row.vat_code, row.tax) for row in groups] == [
        ("S", D("6.3")),
        ("L", D("2.1")),
    ]


def test_row_34_the_tax_stands_in_the_companys_currency_by_the_rate_of_the_day(engine):
    a_shipped_order(engine, order={"currency": "USD"})
    [failed] = invoiced().failed
    assert failed.code == "company_tax_unknown"
    assert "no exchange rate from USD to EUR on 2026-01-05" in failed.message
    dated = [(date(2026, 1, 2), "1.20"), (date(2026, 1, 6), "1.30")]
    with writing(engine) as connection:
        insert_rows(
            connection,
            exchange_rate,
            [
                {"currency": "USD", "base": "EUR", "rate": D(rate), "valid_from": day}
                for day, rate in dated
            ],
        )
    assert invoiced().done == {"invoices": 1}
    [document] = heads(engine)
    assert (document.tax, document.company_tax) == (D("6.3"), D("5.25"))
    assert (document.company_rate, document.company_rate_on) == (D("1.2"), dated[0][0])
    credited(quantities={1: D(1)})
    assert heads(engine)[1].company_tax == D("-1.75")


def test_row_34_an_exempt_sale_abroad_needs_no_exchange_rate(engine):
    a_shipped_order(engine, customer={"country": "US"}, order={"currency": "USD"})
    assert invoiced().done == {"invoices": 1}
    assert heads(engine)[0].company_tax is None


def test_row_34_an_exemption_by_vat_id_without_one_waits(engine):
    customer = {"country": "FR", "tax_category": "intra_community", "vat_id": None}
    a_shipped_order(engine, customer=customer)
    [failed] = invoiced().failed
    assert failed.code == "buyer_vat_id_missing"
    assert "enter his vat_id" in failed.message
