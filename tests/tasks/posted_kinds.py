"""One document of every kind that the steps post, from orders to corrections."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select, update

from adv_domain.rules.billing.issued_documents import IssuedDocument
from adv_domain.rules.credits.joint_credits import JointCredit
from adv_domain.store.billing.documents import document_rows
from adv_domain.store.billing.issued import issued_document
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    company,
    exchange_rate,
    invoice,
    payment_request,
    tax_rate,
)
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_amount, credit_invoice, credit_lines
from tasks.credits.joint_notes import RebatePeriod, credit_period, credit_together
from tests.builders import DAY, a_customer, a_delivery, a_product, an_order
from tests.tasks.advance_rows import PAID_ON, money

D = Decimal
JANUARY_ENDS, LATER = date(2026, 1, 31), date(2026, 2, 10)
POLICY = """
[amounts.cash_steps]
CHF = 0.05

[[amounts.customers]]
customers = ["FREIGHT"]
discount_rate = 0.05
charges = [{ description = "Portes", amount = 6.50, free_from = 300 }]
"""
_CHARGES = [
    {"amount": "12.00", "reason": "freight", "tax_category": None, "tax_rate": None},
    {"amount": "-6.00", "reason": None, "tax_category": "S", "tax_rate": "0.21"},
]
_FRENCH = {
    "country": "FR",
    "vat_id": "FR40303265045",
    "language": "fr",
    "address": "12 bis, rue de la République",
    "postal_code": "69002",
    "city": "Lyon",
}
_BELGIAN = {
    "ship_to_name": "Dépôt",
    "ship_to_city": "Gent",
    "ship_to_country": "BE",
}
_DEBITED = {"means_of_payment": "direct_debit", "iban": "ES7921000813610123456789"}
# what is special, of the customer, of the order
_ORDERS = {
    "PLAIN": ({}, {"lines": 3}),
    "HALVES": ({"payment_terms": "two_halves"}, {"payment_terms": "two_halves"}),
    "EARLY": ({"payment_terms": "2_10_net30"}, {"payment_terms": "2_10_net30"}),
    "PUBLIC": ({"party_kind": "public_body", "routing_id": "04011000-12345-34"}, {}),
    "CHARGED": ({}, {"charges": _CHARGES}),
    "FREIGHT": ({}, {"lines": 2, "line": {"discount_rate": D("0.05")}}),
    "RETAIL": ({"tax_category": "equivalence_surcharge"}, {}),
    "DEBIT": (
        {"means_of_payment": "direct_debit", "iban": "ES7921000813610123456789"},
        {},
    ),
    "CANARIAS": ({"postal_code": "38001"}, {}),
    "MELILLA": ({"tax_territory": "ES-ML"}, {}),
    "INTRA": (_FRENCH, _BELGIAN),
    "REUNION": ({"country": "FR", "postal_code": "97400", "language": "fr"}, {}),
    "EXPORT": ({"country": "CH", "vat_id": "CHE-116.281.710", "language": "fr"}, {}),
    "CASH": ({}, {"currency": "CHF", "line": {"unit_price": D("10.01")}}),
    "DOLLARS": ({}, {"currency": "USD"}),
    "YEN": ({"country": "JP", "vat_id": ""}, {"currency": "JPY"}),
}


def all_kinds(engine, home) -> dict[str, IssuedDocument]:
    """Post the documents and return them by number, as they are printed."""
    (home / "policy.toml").write_text(POLICY, encoding="utf-8")
    _rates(engine)
    product_id, service_id = (
        a_product(engine),
        a_product(engine, "S1", nature="service"),
    )
    _paid_ahead(engine, product_id)
    for code, (of_customer, of_order) in _ORDERS.items():
        customer_id = a_customer(engine, code, **of_customer)
        _shipped(engine, customer_id, product_id, code, **of_order)
    services = a_customer(engine, "SERVICES", **_FRENCH)
    _shipped(engine, services, service_id, "SERVICES")
    twice = a_customer(engine, "TWICE")
    for name in ("TWICE1", "TWICE2"):
        _shipped(engine, twice, product_id, name)
    monthly = a_customer(engine, "MONTHLY", invoicing="monthly")
    for at, day in enumerate((5, 17, 29), start=1):
        name, on = f"MONTHLY{at}", date(2026, 1, day)
        _shipped(engine, monthly, product_id, name, on=on)
    _run("invoicing", JANUARY_ENDS)
    _corrections(engine)
    _of_other_sellers(engine, product_id)
    return _printed(engine)


def a_few_kinds(engine):
    """Post just enough that every table of posted documents has rows."""
    product_id = a_product(engine)
    _paid_ahead(engine, product_id)
    halves = {"payment_terms": "two_halves"}
    customer_id = a_customer(engine, "HALVES", **halves)
    of_order = {"lines": 2, "charges": _CHARGES, **halves}
    _shipped(engine, customer_id, product_id, "HALVES", **of_order)
    twice = a_customer(engine, "TWICE")
    for name in ("TWICE1", "TWICE2"):
        _shipped(engine, twice, product_id, name)
    _run("invoicing", JANUARY_ENDS)
    numbers = (_number(engine, "TWICE1"), _number(engine, "TWICE2"))
    asked = JointCredit(
        reason_code="return", reason="broken", on=LATER, gross=D("20.00")
    )
    credit_together(invoice_nos=numbers, asked=asked, by="Ana")


def _rates(engine):
    rates = {"USD": "1.20", "CHF": "0.94", "JPY": "160"}
    taxes = [
        ("ES-CN", "standard", "0.07", "L"),
        ("ES-CE", "standard", "0.10", "M"),
        ("FR", "standard", "0.20", "S"),
        ("FR-974", "standard", "0.085", "S"),
    ]
    since = date(2020, 1, 1)
    with writing(engine) as connection:
        insert_rows(
            connection,
            exchange_rate,
            [
                {"currency": code, "base": "EUR", "rate": D(rate), "valid_from": since}
                for code, rate in rates.items()
            ],
        )
        insert_rows(
            connection,
            tax_rate,
            [
                {
                    "territory": territory,
                    "category": category,
                    "rate": D(rate),
                    "vat_code": code,
                    "valid_from": since,
                }
                for territory, category, rate, code in taxes
            ],
        )


def _shipped(engine, customer_id, product_id, name, *, on=DAY, **order):
    order_id = an_order(
        engine, customer_id=customer_id, product_id=product_id, no=name, **order
    )
    a_delivery(engine, order_id, on=on, no=f"DN-{name}")


def _paid_ahead(engine, product_id):
    """Ask for 30 per cent, take the money, invoice it; then ship and deduct it."""
    customer_id = a_customer(engine, "AHEAD", advance_rate=D("0.3"))
    order_id = an_order(
        engine, customer_id=customer_id, product_id=product_id, no="AHEAD"
    )
    _run("handoff", DAY)
    with reading(engine) as connection:
        reference = connection.execute(select(payment_request.c.reference)).scalar()
    money(engine, "10.89", reference)
    _run("payments", PAID_ON)
    _run("invoicing", PAID_ON)
    a_delivery(engine, order_id, on=date(2026, 1, 12), no="DN-AHEAD")


def _corrections(engine):
    """Credit in every way that there is."""
    how = {"reason": "broken on the way", "by": "Ana", "on": LATER}
    back = {"reason_code": "return", **how}
    credit_invoice(invoice_no=_number(engine, "PLAIN"), quantities={1: D(1)}, **back)
    for whole in ("FREIGHT", "RETAIL", "INTRA", "YEN", "CASH", "DOLLARS", "AHEAD"):
        credit_invoice(invoice_no=_number(engine, whole), **back)
    less = {"reason_code": "price", **how}
    credit_lines(invoice_no=_number(engine, "PLAIN"), nets={2: D("4.50")}, **less)
    credit_amount(invoice_no=_number(engine, "CHARGED"), amount=D("10.00"), **less)
    early = {"reason_code": "early_discount", **how}
    credit_amount(invoice_no=_number(engine, "EARLY"), amount=D("0.73"), **early)
    asked = JointCredit(
        reason_code="return", reason="broken", on=LATER, gross=D("20.00")
    )
    numbers = (_number(engine, "TWICE1"), _number(engine, "TWICE2"))
    credit_together(invoice_nos=numbers, asked=asked, by="Ana")
    rebate = JointCredit(
        reason_code="rebate", reason="Year-end rebate", on=LATER, net=D("9.00")
    )
    period = RebatePeriod("MONTHLY", date(2026, 1, 1), JANUARY_ENDS)
    credit_period(period=period, asked=rebate, by="Ana")


def _of_other_sellers(engine, product_id):
    """Sell at home in Canarias, in Ceuta, in France and on La Réunion."""
    french = {"country": "FR", "legal_id": "0002:404833048", "vat_id": "FR83404833048"}
    homes = {
        "ES-CN": ({}, {"postal_code": "35001"}),
        "ES-CE": ({}, {"postal_code": "51001"}),
        "FR": (french, _FRENCH),
        "FR-974": (french, {**_FRENCH, "postal_code": "97400", "city": "Saint-Denis"}),
    }
    for territory, (seller, buyer) in homes.items():
        with writing(engine) as connection:
            connection.execute(
                update(company).values(tax_territory=territory, **seller)
            )
        customer_id = a_customer(engine, f"AT {territory}", **buyer)
        _shipped(engine, customer_id, product_id, f"AT {territory}")
        _run("invoicing", LATER)
        credit_invoice(
            invoice_no=_number(engine, f"AT {territory}"),
            quantities={1: D(1)},
            reason_code="return",
            reason="broken on the way",
            by="Ana",
            on=LATER,
        )


def _run(flow, on):
    [end] = run_directly(flow, on=on)
    assert [one.message for one in end.outcome.failed] == []


def _number(engine, order_no):
    """Return the invoice of an order; of one that was paid ahead the last one."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(invoice.c.invoice_no, invoice.c.covers)
            .where(invoice.c.kind == "invoice")
            .order_by(invoice.c.id.desc())
        ).all()
    return next(
        row.invoice_no
        for row in rows
        if order_no in [order[0] for order in row.covers.get("orders", ())]
    )


def _printed(engine) -> dict[str, IssuedDocument]:
    with reading(engine) as connection:
        ids = connection.execute(select(invoice.c.id).order_by(invoice.c.id)).scalars()
        found = document_rows(connection, list(ids))
    return {one.invoice_no: issued_document(one) for one in found}
