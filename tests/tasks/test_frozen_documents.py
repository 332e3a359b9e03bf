"""Does a document keep all that an e-invoice needs as it was when it was posted?"""

from datetime import date
from decimal import Decimal

from sqlalchemy import select, update

from adv_domain.rules.billing.issued_documents import (
    DeliveryNote,
    Destination,
    EarlierDocument,
)
from adv_domain.rules.registered_ids import RegisteredId
from adv_domain.store.audit import audit
from adv_domain.store.billing.covers import as_json, from_json
from adv_domain.store.billing.documents import document_rows
from adv_domain.store.billing.issued import issued_document
from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import (
    company,
    customer,
    invoice,
    invoice_charge,
    invoice_tax,
    order_line,
    sales_order,
    tax_rate,
)
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_invoice
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.issued_rows import a_posted_document

DAY = date(2026, 1, 31)


def issued(engine, number):
    with reading(engine) as connection:
        found = connection.execute(
            select(invoice.c.id).where(invoice.c.invoice_no == number)
        ).scalar_one()
        [rows] = document_rows(connection, [found])
    return issued_document(rows)


def change(engine, table, **values):
    with writing(engine) as connection:
        connection.execute(update(table).values(**values))


def an_invoice_of_all(engine):
    """Post an invoice with all that can be said of seller, buyer, order and line."""
    change(
        engine,
        company,
        legal_id="0002:404833048",
        registration="RCS Nantes 404 833 048",
        endpoint_id="0225:404833048",
        vat_due="debits",
        country="FR",
        tax_territory="FR",
        legal_lines=["Member of the guild."],
    )
    change(engine, tax_rate, territory="FR")
    customer_id = a_customer(
        engine,
        vat_id="FR40303265045",
        country="FR",
        address="12 bis, rue de la République",
        postal_code="69002",
        city="Lyon",
        gln="8437000000001",
        routing_id="SERVICE-7",
        means_of_payment="direct_debit",
        iban="FR1420041010050500013M02606",
    )
    product_id = a_product(engine, nature="service")
    order_id = an_order(
        engine,
        customer_id=customer_id,
        product_id=product_id,
        ship_to_name="Dépôt",
        ship_to_city="Gent",
        ship_to_country="BE",
        line={"customer_article": "C-9", "line_ref": "10", "gtin": "8412345000013"},
    )
    a_delivery(engine, order_id, on=date(2026, 1, 20))
    run_directly("invoicing", on=DAY)
    return issued(engine, "F-2026-000001")


def test_all_that_an_e_invoice_says_is_copied_at_posting(home, engine):
    document = an_invoice_of_all(engine)
    seller, buyer, [line] = document.seller, document.buyer, document.lines
    assert seller.legal_id == RegisteredId("0002", "404833048")
    assert seller.endpoint == RegisteredId("0225", "404833048")
    assert (seller.street, seller.postal_code) == ("Calle Mayor 1", "28013")
    assert seller.registration == "RCS Nantes 404 833 048"
    assert (buyer.street, buyer.city) == ("12 bis, rue de la République", "Lyon")
    assert buyer.legal_id == RegisteredId("0002", "303265045")
    assert buyer.endpoint == RegisteredId("0088", "8437000000001")
    assert document.debited_iban == "FR1420041010050500013M02606"
    assert document.buyer_reference == "SERVICE-7"
    assert document.customer_refs == ("ref O1",)
    assert document.delivery_notes == (DeliveryNote("D1", date(2026, 1, 20)),)
    assert document.customer_no == "C1"
    assert document.destination == Destination(country="BE", name="Dépôt", city="Gent")
    assert document.delivered_on == date(2026, 1, 20)
    assert document.mentions[:2] == ("supply_services", "vat_on_debits")
    assert document.legal_lines == ("Member of the guild.",)
    assert (line.customer_article, line.order_line_ref) == ("C-9", "10")
    assert (line.gtin, line.tax_category) == ("8412345000013", "S")


def test_deliveries_of_an_earlier_version_are_read_without_their_days():
    covers = from_json({"deliveries": ["D1", "D2"]})
    assert covers.delivery_notes == (DeliveryNote("D1"), DeliveryNote("D2"))
    assert from_json(as_json(covers)) == covers


def test_what_changes_afterwards_changes_nothing_on_it(home, engine):
    before = an_invoice_of_all(engine)
    change(engine, company, name="Other", registration="", vat_due="supply")
    change(engine, customer, name="Other", gln=None, city="Paris", iban=None)
    change(engine, sales_order, customer_ref="other", ship_to_city="Paris")
    assert issued(engine, "F-2026-000001") == before


def test_a_credit_note_covers_the_same_orders_and_delivers_nothing(home, engine):
    corrected = an_invoice_of_all(engine)
    number = credit_invoice(
        invoice_no=corrected.number,
        reason_code="return",
        reason="came back",
        by="Ana",
        on=DAY,
    )
    note = issued(engine, number)
    assert note.corrects == (
        EarlierDocument(number=corrected.number, issued_on=corrected.issued_on),
    )
    assert note.customer_refs == corrected.customer_refs
    assert note.destination == corrected.destination
    assert note.delivery_nos == ()
    assert note.instalments == ()


def test_the_reason_of_an_exemption_is_the_one_of_the_day(home, engine):
    reason, code = "Exento, art. 20.Uno.9.º LIVA", "VATEX-EU-132-1I"
    with writing(engine) as connection:
        connection.execute(
            update(tax_rate)
            .where(tax_rate.c.category == "exempt")
            .values(exemption_reason=reason, exemption_code=code)
        )
    customer_id = a_customer(engine)
    product_id = a_product(engine, tax_class="exempt")
    order_id = an_order(engine, customer_id=customer_id, product_id=product_id)
    a_delivery(engine, order_id)
    run_directly("invoicing", on=DAY)
    change(engine, tax_rate, exemption_reason="other")
    [group] = issued(engine, "F-2026-000001").taxes
    assert (group.category, group.exemption_reason) == ("E", reason)
    assert group.exemption_code == code


def test_an_order_without_a_destination_says_none(home, engine):
    customer_id, product_id = a_customer(engine), a_product(engine)
    order_id = an_order(engine, customer_id=customer_id, product_id=product_id)
    a_delivery(engine, order_id)
    change(engine, order_line, gtin=None, customer_article=None)
    run_directly("invoicing", on=DAY)
    document = issued(engine, "F-2026-000001")
    assert document.destination is None
    assert document.debited_iban == ""
    assert document.lines[0].order_line_ref == "1"


def test_discounts_and_charges_on_the_whole_document_are_told_and_audited(home, engine):
    """A document of 30.00 with 3.00 off and 1.00 of freight, at 21 %."""
    invoice_id = a_posted_document(
        engine,
        customer_id=a_customer(engine),
        no="F1",
        net=Decimal("28.00"),
        tax=Decimal("5.88"),
        gross=Decimal("33.88"),
    )
    charges = [
        ("Discount", Decimal("-3.00"), Decimal("30.00"), Decimal("0.1")),
        ("Freight", Decimal("1.00"), None, None),
    ]
    with writing(engine) as connection:
        insert_rows(
            connection,
            invoice_charge,
            [
                {
                    "invoice_id": invoice_id,
                    "charge_no": at,
                    "description": description,
                    "amount": amount,
                    "base": base,
                    "rate": rate,
                    "tax_category": "standard",
                    "tax_rate": Decimal("0.21"),
                }
                for at, (description, amount, base, rate) in enumerate(charges, 1)
            ],
        )
        connection.execute(
            update(invoice_tax).values(base=Decimal("28.00"), tax=Decimal("5.88"))
        )
    document = issued(engine, "F1")
    assert [one.amount for one in document.charges] == [Decimal(-3), Decimal(1)]
    assert document.charges[0].rate == Decimal("0.1")
    sums = {"lines_sum_to_net", "lines_sum_to_tax_bases"}
    with reading(engine) as connection:
        checks = {one.name: one.violations for one in audit(connection)}
    assert {name: checks[name] for name in sums} == dict.fromkeys(sums, 0)

    change(engine, invoice_charge, amount=Decimal("1.00"))
    with reading(engine) as connection:
        checks = {one.name: one.violations for one in audit(connection)}
    assert {name: checks[name] for name in sums} == dict.fromkeys(sums, 1)
