"""Row 74: a lost file of a document comes back as it was sent, or not at all."""

from datetime import date

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import document, failure, outbox
from flows.direct import run_directly
from tests.builders import a_customer, a_delivery, a_product, an_order

ON = date(2026, 1, 31)
LATER = date(2026, 2, 3)


def rows(engine, table):
    with reading(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def documents():
    [end] = run_directly("documents", on=LATER)
    return end.outcome


@pytest.fixture
def filed(engine, home):
    """Three invoices with their files: a page, one with XML inside, one beside UBL."""
    product_id = a_product(engine)
    for at, form in enumerate(("none", "facturx", "ubl")):
        customer_id = a_customer(engine, f"C{at}", einvoice=form)
        order_id = an_order(
            engine, customer_id=customer_id, product_id=product_id, no=f"I{at}"
        )
        a_delivery(engine, order_id)
    for flow in ("invoicing", "documents"):
        run_directly(flow, on=ON)
    return {
        home / one.path: (home / one.path).read_bytes()
        for one in rows(engine, document)
    }


def test_row_74_lost_files_come_back_byte_for_byte_and_no_mail_again(engine, filed):
    mails = len(rows(engine, outbox))
    assert documents().message == "nothing to do"
    for path in filed:
        path.unlink()
    assert documents().done == {"lost files put back": 4}
    assert {path: path.read_bytes() for path in filed} == filed
    assert len(rows(engine, outbox)) == mails
    assert documents().message == "nothing to do"
    folder = next(iter(filed)).parent
    assert sorted(one.name for one in folder.iterdir()) == sorted(
        one.name for one in filed
    )


def test_row_74_what_is_drawn_otherwise_today_is_told_and_not_put_there(
    engine, home, filed
):
    pages = [path for path in filed if path.suffix == ".pdf"]
    (home / "policy.toml").write_text('[documents]\ncolour = "#aa0000"\n')
    pages[0].unlink()
    told = documents()
    [failed] = told.failed
    assert failed.code == "lost_file_differs"
    assert pages[0].name in failed.document and "back-up" in failed.message
    assert not pages[0].exists()
    assert documents().waiting == 1
    # the company's colour is as it was: it comes back, and the failure is over
    (home / "policy.toml").write_text("")
    assert documents().done == {"lost files put back": 1}
    assert pages[0].read_bytes() == filed[pages[0]]
    assert all(one.resolved_at for one in rows(engine, failure))


def test_row_74_what_lies_there_is_never_written_over(engine, filed):
    page, ubl = sorted(filed)[-2:]
    page.write_bytes(b"changed by hand")
    ubl.unlink()
    assert documents().done == {"lost files put back": 1}
    assert page.read_bytes() == b"changed by hand"
    assert ubl.read_bytes() == filed[ubl]


def test_row_74_a_file_that_a_person_put_back_is_no_failure_any_more(
    engine, home, filed
):
    page = next(iter(filed))
    (home / "policy.toml").write_text('[documents]\ncolour = "#aa0000"\n')
    page.unlink()
    assert len(documents().failed) == 1
    page.write_bytes(filed[page])
    assert documents().waiting == 0
    assert all(one.resolved_at for one in rows(engine, failure))
