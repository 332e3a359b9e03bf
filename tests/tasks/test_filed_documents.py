"""Row 74: files of issued documents that were changed, swapped or deleted are found."""

import json
import shutil
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import document, payment_request
from flows.commands.audit import audit
from flows.direct import run_directly
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.tasks.advance_rows import asked

ON = date(2026, 1, 31)
NAME = "document_files_are_as_made"


@pytest.fixture
def filed(engine, home):
    """Three invoices with their PDF, one of them with its UBL; a payment request."""
    product_id = a_product(engine)
    for at, form in enumerate(("none", "facturx", "ubl")):
        customer_id = a_customer(engine, f"C{at}", einvoice=form)
        order_id = an_order(
            engine, customer_id=customer_id, product_id=product_id, no=f"I{at}"
        )
        a_delivery(engine, order_id)
    asked(engine)
    for flow in ("invoicing", "documents"):
        [end] = run_directly(flow, on=ON)
        assert end.outcome.done and not end.outcome.failed
    return home


def _told(*options):
    result = CliRunner().invoke(audit, ["--json", *options])
    checks = {one["name"]: one for one in json.loads(result.stdout)["checks"]}
    return result.exit_code, checks.get(NAME)


def _paths(engine):
    with reading(engine) as connection:
        return (
            connection.execute(select(document.c.path).order_by(document.c.id))
            .scalars()
            .all()
        )


def test_row_74_untouched_files_are_found_to_be_as_made(filed, engine):
    _, check = _told()
    assert (check["rows"], check["first"], check["hint"]) == (5, [], "")
    assert _told("--no-files")[1] is None


def test_row_74_a_changed_a_swapped_and_a_deleted_file_are_named(filed, engine):
    first, second, third, xml = _paths(engine)
    with (filed / first).open("ab") as stream:
        stream.write(b"x")
    shutil.copy(filed / first, filed / second)
    (filed / third).unlink()
    (filed / xml).write_text("<Invoice/>")
    with reading(engine) as connection:
        page = connection.execute(select(payment_request.c.path)).scalar_one()
        reference = connection.execute(select(payment_request.c.reference)).scalar()
    (filed / page).write_bytes(b"")
    status, check = _told()
    assert (status, check["violations"]) == (1, 5)
    assert check["first"] == [
        f"F-2026-000001 {first} is not as it was made",
        f"F-2026-000002 {second} is not as it was made",
        f"F-2026-000003 {third} is missing",
        f"F-2026-000003 {xml} is not as it was made",
        f"{reference} {page} is not as it was made",
    ]
    assert "back-up" in check["hint"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"sha256": "0" * 64}, "is not as it was made"),
        ({"path": "documents/2026/other.pdf"}, "is missing"),
        ({"path": "../../etc/passwd"}, "cannot be read (lies outside of the home)"),
        ({"path": "documents"}, "cannot be read (is no file)"),
        ({"path": "documents/2026/F-2026-000002.pdf"}, "is not as it was made"),
    ],
)
def test_row_74_a_changed_record_of_a_file_is_named(filed, engine, values, why):
    with writing(engine) as connection:
        connection.execute(update(document).where(document.c.id == 1).values(**values))
    status, check = _told()
    assert status == 1
    [told] = check["first"]
    assert told.startswith("F-2026-000001 ") and told.endswith(why)
