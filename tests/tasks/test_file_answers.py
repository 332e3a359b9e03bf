"""Each taken file is answered: a report beside it, and one mail to its sender."""

import csv
import io
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import failure, outbox, sales_order, source_file
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.resources import resources
from tests.bank_files import booked, camt
from tests.builders import a_customer, a_product

DAY = date(2026, 1, 5)
MAPPING = """
[columns]
customer = "Cliente"
customer_ref = "Pedido"
product = "Artículo"
quantity = "Cantidad"
price = "Precio"
[formats]
decimal = ","
[partner]
name = "Ferretería Norte"
email = "pedidos@norte.example.com"
language = "es"
"""
HEADER = "Cliente;Pedido;Artículo;Cantidad;Precio\n"
GOOD = "C1;R1;P1;3;10,00\n"
BAD = "C1;R2;P1;tres;10,00\n"


def put(home, text, *, name="pedidos.csv", mapping=MAPPING, kind="orders"):
    folder = home / "inbox" / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    if mapping:
        (folder / "mapping.toml").write_text(mapping, encoding="utf-8")


def run(name):
    [end] = run_directly(name, on=DAY)
    assert end.error is None, end.error
    return end.outcome


def rows(table):
    with reading(resources().engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def policy(home, text):
    (home / "policy.toml").write_text(f"[intake]\n{text}\n")


def sent(home):
    """Send what is queued; return the mails as they were written."""
    run("mail")
    paths = sorted((home / "outbox/mail").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]


def told(mail):
    """Return the rows of the CSV that goes with a mail."""
    [report] = list(mail.iter_attachments())
    text = report.get_content()
    data = text if isinstance(text, str) else text.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data.removeprefix("\ufeff"))))


def test_row_4_a_row_corrected_by_the_mails_csv_and_sent_again_alone_is_accepted(home):
    """Row 4: the partner reads in the mail's CSV which row to correct, and how."""
    put(home, HEADER + GOOD + BAD)
    assert run("intake").done == {"files": 1, "orders": 1}
    [mail] = sent(home)
    assert mail["To"] == "pedidos@norte.example.com"
    [fault] = told(mail)
    assert (fault["fila"], fault["campo"], fault["valor"]) == ("3", "Cantidad", "tres")
    assert fault["qué está mal"].startswith("la celda no es un número")
    assert fault["qué hacer"].startswith("escriba cifras")

    sheet = [line.split(";") for line in (HEADER + GOOD + BAD).splitlines()]
    at = sheet[0].index(fault["campo"])
    row = sheet[int(fault["fila"]) - 1]
    row[at] = row[at].replace(fault["valor"], "3")
    again = "\n".join(";".join(line) for line in (sheet[0], row)) + "\n"
    put(home, again)
    assert run("intake").done == {"files": 1, "orders": 1}
    assert [one.customer_ref for one in rows(sales_order)] == ["R1", "R2"]
    assert [one.resolved_at is None for one in rows(failure)] == [False]
    assert len(sent(home)) == 1


def test_the_mail_says_counts_and_faults_in_the_partners_language(home):
    put(home, HEADER + GOOD + BAD)
    run("intake")
    [mail] = sent(home)
    assert mail["Subject"] == "Su fichero pedidos.csv: filas por corregir (1)"
    text = mail.get_body(("plain",)).get_content()
    form = "en el formato acordado"
    wrong = f"la celda no es un número {form}; escriba cifras con el separador decimal"
    for line in (
        "Ferretería Norte",
        "- leídas: 2",
        "- aceptadas: 1",
        "- rechazadas: 1",
        f"- fila 3 · Cantidad «tres»: {wrong} acordado",
    ):
        assert line in text
    assert "«tres»" not in mail.get_body(("html",)).get_content()
    assert "qué hacer" in mail.get_body(("html",)).get_content().lower()


def test_the_report_beside_the_file_has_all_that_the_mail_has(home):
    put(home, HEADER + GOOD + BAD)
    run("intake")
    beside = home / "archive/2026-01-05/orders/pedidos.csv.report"
    page = beside.with_name(beside.name + ".html").read_text()
    for text in ('lang="es"', "pedidos: pedidos.csv", "aceptado (leídas 2", "Cantidad"):
        assert text in page
    heads = ("fichero", "fila", "campo", "valor", "qué está mal", "qué hacer")
    for head in heads:
        assert f"<th>{head}</th>" in page
    [row] = csv.DictReader(
        io.StringIO(beside.with_name(beside.name + ".csv").read_text("utf-8-sig"))
    )
    assert list(row)[:6] == list(heads)
    assert row["código"] == "not_a_number"


def test_a_file_of_which_nothing_was_taken_is_answered_too(home):
    put(home, "", mapping=MAPPING.replace('"es"', '"fr"'))
    run("intake")
    [mail] = sent(home)
    assert mail["Subject"] == "Votre fichier pedidos.csv n’a pas pu être pris en compte"
    [fault] = told(mail)
    assert fault["ce qui ne va pas"] == "le fichier est vide"


def test_a_document_that_cannot_be_read_is_answered_to_the_partner_of_its_inbox(home):
    schema = "urn:oasis:names:specification:ubl:schema:xsd:Order-2"
    put(home, f'<?xml version="1.0"?><Order xmlns="{schema}"><ID>', name="order.xml")
    run("intake")
    [mail] = sent(home)
    assert mail["Subject"] == "No hemos podido aceptar su fichero order.xml"
    [fault] = told(mail)
    assert fault["qué está mal"] == "el XML está dañado o cortado"


@pytest.mark.parametrize(
    ("answer", "good", "bad"),
    [("always", 1, 1), ("faults", 0, 1), ("never", 0, 0)],
)
def test_the_policy_says_which_files_are_answered(home, answer, good, bad):
    policy(home, f'answer_files = "{answer}"')
    put(home, HEADER + GOOD)
    run("intake")
    assert len(rows(outbox)) == good
    put(home, HEADER + BAD, name="other.csv")
    run("intake")
    assert len(rows(outbox)) == good + bad


def test_the_layout_of_a_file_is_no_reason_to_write_every_day(home):
    put(
        home,
        "customer,customer_ref,product,quantity,colour\nC1,R1,P1,3,red\n",
        mapping='[partner]\nemail = "a@b.example.com"\n',
    )
    assert run("intake").skipped == {"unknown_columns": 1}
    assert rows(outbox) == []


def test_a_file_is_answered_once_however_often_it_comes(home):
    put(home, HEADER + BAD)
    run("intake")
    put(home, HEADER + BAD)
    run("intake")
    assert len(rows(outbox)) == 1
    assert (
        rows(outbox)[0].outbox_key
        == f"file_answer:orders:{rows(source_file)[0].sha256}"
    )


def test_a_crash_after_the_report_leaves_one_answer(home, monkeypatch):
    put(home, HEADER + BAD)
    with monkeypatch.context() as patched:
        patched.setattr("tasks.intake.files.queue_answer", _dies)
        with pytest.raises(MemoryError):
            run_directly("intake", on=DAY)
    assert rows(outbox) == []
    run("intake")
    [mail] = sent(home)
    assert told(mail)[0]["valor"] == "tres"


def _dies(*_):
    raise MemoryError("killed here")


def test_without_an_address_nobody_is_written_to(home):
    put(home, HEADER + BAD, mapping=MAPPING.split("[partner]", maxsplit=1)[0])
    run("intake")
    assert rows(outbox) == []


CUSTOMER_FILE = "customer,customer_ref,product,quantity\n{0},R1,P1,3\n{1},R2,P1,x\n"


@pytest.mark.parametrize(
    ("second", "asked", "mails"),
    [("C1", True, ["c1@example.com"]), ("C2", True, []), ("C1", False, [])],
    ids=["one customer", "two customers", "not by policy"],
)
def test_a_file_of_one_customer_is_answered_to_him_by_policy(
    home, engine, second, asked, mails
):
    a_customer(engine, language="fr")
    a_customer(engine, code="C2")
    a_product(engine)
    policy(home, f"answer_customers = {'true' if asked else 'false'}")
    put(home, CUSTOMER_FILE.format("C1", second), mapping="")
    run("intake")
    assert [one.to_address for one in rows(outbox)] == mails
    if mails:
        [mail] = sent(home)
        assert mail["Subject"] == "Votre fichier pedidos.csv : lignes à corriger (1)"


def test_a_file_that_names_its_customer_by_his_gln_is_answered_to_him(home, engine):
    a_customer(engine, gln="8412345000013")
    a_product(engine)
    policy(home, "answer_customers = true")
    put(home, CUSTOMER_FILE.format("8412345000013", "8412345000013"), mapping="")
    run("intake")
    assert [one.to_address for one in rows(outbox)] == ["c1@example.com"]


def test_an_imported_file_is_answered_only_where_it_is_asked_for(home, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text(MAPPING)
    path = tmp_path / "pedidos.csv"
    path.write_text(HEADER + BAD)
    import_file("orders", path, mapping=mapping, on=DAY)
    assert rows(outbox) == []
    import_file("orders", path, mapping=mapping, on=DAY, answer=True)
    [mail] = sent(home)
    assert told(mail)[0]["fila"] == "2"
    assert path.exists()
    assert rows(source_file)[0].stored_as is None
    assert rows(source_file)[0].report.endswith("-pedidos.csv.report.html")


def test_an_import_of_the_corrected_file_closes_its_failure(home, tmp_path):
    put(home, HEADER + BAD)
    run("intake")
    assert [one.resolved_at for one in rows(failure)] == [None]
    mapping = home / "inbox/orders/mapping.toml"
    path = tmp_path / "pedidos.csv"
    path.write_text(HEADER + BAD)
    import_file("orders", path, mapping=mapping, on=DAY)
    assert [one.resolved_at for one in rows(failure)] == [None]
    path.write_text(HEADER + BAD.replace("tres", "3"))
    import_file("orders", path, mapping=mapping, on=DAY)
    assert [one.resolved_at is None for one in rows(failure)] == [False]


def test_the_warehouse_is_answered_what_of_its_news_was_not_booked(home):
    put(
        home,
        "message_id,kind,order_no,date\nM1,shipment,S99,2026-01-05\n",
        kind="deliveries",
        name="news.csv",
        mapping='[partner]\nname = "Almacén"\nemail = "stock@b.example.com"\n',
    )
    run("delivery")
    [mail] = sent(home)
    assert mail["To"] == "stock@b.example.com"
    assert mail["Subject"] == "Your file news.csv could not be taken"
    [fault] = told(mail)
    assert fault["what is wrong"] == "order S99 is not known"
    assert fault["what to do"] == "correct the number"


def test_an_import_of_corrected_news_or_bank_files_closes_their_failure(home, tmp_path):
    from tasks.payments.bank_inbox import import_bank_file
    from tasks.stock.delivery import import_feedback

    news = tmp_path / "news.csv"
    put(
        home,
        "message_id,kind\nM1,what\n",
        kind="deliveries",
        name="news.csv",
        mapping="",
    )
    put(home, "no xml", kind="bank", name="day.xml", mapping="")
    run("delivery")
    run("payments")
    assert [one.resolved_at for one in rows(failure)] == [None, None]
    news.write_text("message_id,kind,order_no,date\n")
    import_feedback(news, on=DAY)
    day = tmp_path / "day.xml"
    day.write_bytes(camt(booked("10.00")))
    import_bank_file(day, on=DAY)
    assert [one.resolved_at is None for one in rows(failure)] == [False, False]
