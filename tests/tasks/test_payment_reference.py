"""Does the payer find the creditor reference wherever he is asked to pay?"""

from datetime import date

from pypdf import PdfReader
from sqlalchemy import select, update
from stdnum import iso11649

from adv_domain.mail.render import mail_templates, render_mail
from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import invoice, outbox
from flows.direct import run_directly
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.dunning_rows import an_invoice, run_dunning
from tests.tasks.test_dunning import day


def mails(engine, kind):
    with reading(engine) as connection:
        found = connection.execute(
            select(outbox).where(outbox.c.kind == kind).order_by(outbox.c.id)
        )
        return found.all()


def texts_of(mail):
    said = render_mail(
        mail_templates(),
        template=mail.template,
        languages=(mail.language,),
        context=mail.context,
    )
    return said.text, said.html


def referenced(engine, invoice_no, reference):
    with writing(engine) as connection:
        connection.execute(
            update(invoice)
            .where(invoice.c.invoice_no == invoice_no)
            .values(rf_reference=reference)
        )


def test_row_44_the_reference_is_on_the_invoice_and_in_its_mail(home, engine):
    customer_id, product_id = a_customer(engine), a_product(engine)
    order_id = an_order(engine, customer_id=customer_id, product_id=product_id)
    a_delivery(engine, order_id)
    run_directly("invoicing", on=date(2026, 1, 31))
    run_directly("documents", on=date(2026, 1, 31))
    with reading(engine) as connection:
        posted = connection.execute(select(invoice)).one()
    assert iso11649.is_valid(posted.rf_reference)
    [path] = (home / "documents").rglob("*.pdf")
    page = PdfReader(path).pages[0].extract_text()
    assert posted.rf_reference in page.replace(" ", "")
    [mail] = mails(engine, "invoice")
    assert mail.context["payment_reference"] == posted.rf_reference


def test_row_44_a_reminder_of_one_invoice_names_its_reference(engine):
    an_invoice(engine, customer_id=a_customer(engine), no="F1")
    referenced(engine, "F1", "RF18539007547034")
    run_dunning(day(3))
    [mail] = mails(engine, "reminder")
    for text in texts_of(mail):
        assert text.count("RF18539007547034") == 1


def test_row_44_a_reminder_of_several_names_each_of_their_references(engine):
    customer_id = a_customer(engine)
    for no, reference in (("F1", "RF18539007547034"), ("F2", "RF451234512345")):
        an_invoice(engine, customer_id=customer_id, no=no)
        referenced(engine, no, reference)
    run_dunning(day(3))
    [mail] = mails(engine, "reminder")
    for text in texts_of(mail):
        assert text.count("RF18539007547034") == 1
        assert text.count("RF451234512345") == 1


def test_a_reminder_queued_by_an_older_version_still_leaves(engine):
    an_invoice(engine, customer_id=a_customer(engine), no="F1")
    run_dunning(day(3))
    [mail] = mails(engine, "reminder")
    for item in mail.context["items"]:
        del item["reference"]
    assert "F1" in texts_of(mail)[0]
