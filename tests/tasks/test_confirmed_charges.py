"""Is what a confirmation says an order comes to what its invoice bills?"""

from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.mail.render import mail_templates, render_mail
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import invoice, order_line
from flows.direct import run_directly
from tasks.orders.acts.release import release_order
from tests.builders import a_customer, a_delivery, a_product
from tests.tasks.test_confirmations import mails, tell
from tests.tasks.test_validation import TODAY, received, validate

POLICY = """
[[amounts.customers]]
customers = ["C1"]
discount_rate = 0.025
charges = [
    { description = "Portes", amount = 6.50, free_from = 300 },
    { description = "Pallet", amount = 3, tax_class = "reduced" },
]
"""
CHARGES = [
    {"amount": "10.00", "reason": "Freight", "tax_category": None, "tax_rate": None},
    {"amount": "-1.55", "reason": None, "tax_category": "S", "tax_rate": "0.21"},
]


@pytest.fixture
def shop(engine):
    a_product(engine)
    return a_customer(engine)


def text_of(mail):
    said = render_mail(
        mail_templates(),
        template=mail.template,
        languages=[mail.language],
        context=mail.context,
    )
    return said.text


def test_row_33_freight_of_the_order_stands_in_its_confirmation(engine, shop):
    received(engine, "O1", charges=CHARGES[:1])
    validate()
    tell()
    [mail] = mails(engine)
    text = text_of(mail)
    assert "Charges and discounts\n- Freight · €10.00\n" in text
    assert "Total excluding VAT: €40.00." in text


def test_row_33_an_order_without_charges_says_nothing_of_them(engine, shop):
    received(engine, "O1")
    validate()
    tell()
    [mail] = mails(engine)
    assert "Charges" not in text_of(mail)
    assert "Total excluding VAT: €30.00." in text_of(mail)


def test_row_33_the_confirmed_total_is_what_the_invoice_bills(engine, home, shop):
    (home / "policy.toml").write_text(POLICY)
    a_product(engine, code="P2", tax_class="reduced")
    order_id = received(engine, "O1", charges=CHARGES)
    with writing(engine) as connection:
        [line] = connection.execute(select(order_line)).mappings()
        other = {**line, "id": line["id"] + 1, "line_no": 2, "line_ref": None}
        other |= {"product_code": "P2", "qty": Decimal("7")}
        insert_rows(connection, order_line, [other])
    validate()
    release_order(name="O1", by="Ana", reason="agreed by phone", on=TODAY)
    tell()
    [mail] = mails(engine)
    told = [(one["description"], one["amount"]) for one in mail.context["charges"]]
    assert told == [
        ("Discount 2.5%", "-€2.50"),
        ("Portes", "€6.50"),
        ("Pallet", "€3.00"),
        ("Freight", "€10.00"),
        ("Discount", "-€1.55"),
    ]
    a_delivery(engine, order_id)
    run_directly("invoicing", on=TODAY)
    with reading(engine) as connection:
        [net] = connection.execute(select(invoice.c.net)).scalars()
    assert mail.context["net_total"] == f"€{net:,.2f}"
