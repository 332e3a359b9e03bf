"""Do mails about orders name the unit of a quantity, in the reader's words?"""

from datetime import date

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import order_line, outbox
from flows.direct import run_directly
from tasks.orders.acts.ending import cancel_order
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book

MONDAY = date(2026, 1, 5)
TUESDAY, WEDNESDAY = date(2026, 1, 6), date(2026, 1, 7)


@pytest.fixture
def ordered(engine):
    """An order of two lines at stock: the first in boxes, the second in pieces."""

    def _order(language):
        order_id = an_order(
            engine,
            no="O1",
            lines=2,
            state="handed_off",
            to_confirm=True,
            customer_id=a_customer(engine, language=language, order_book="mon"),
            product_id=a_product(engine),
            line={"unit": "ud"},
        )
        with writing(engine) as connection:
            first = order_line.c.line_no == 1
            connection.execute(update(order_line).where(first).values(unit="caja"))
        return order_id

    return _order


def quantities(engine):
    """Return the quantities that each kind of mail tells, as it tells them."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(outbox.c.kind, outbox.c.context).order_by(outbox.c.id)
        ).all()
    found = {}
    for kind, context in rows:
        orders = context.get("orders", [context])
        lines = [line for one in orders for line in one["lines"]]
        found[kind] = [line["qty"] for line in [*lines, *context.get("rest", ())]]
    return found


@pytest.mark.parametrize(
    ("language", "boxes"), [("en", "boxes"), ("es", "cajas"), ("fr", "boîtes")]
)
def test_each_mail_about_an_order_names_units_that_are_not_pieces(
    engine, ordered, language, boxes
):
    ordered(language)
    run_directly("books", on=MONDAY)
    book("M1,confirmation,O1,,,2026-01-09", "M2,new_date,O1,,,2026-01-20")
    run_directly("notices", on=MONDAY)
    run_directly("notices", on=TUESDAY)
    book("M3,shipment,O1,1,2,2026-01-07")
    run_directly("notices", on=WEDNESDAY)
    cancel_order(name="O1", by="Ana", reason="no need", on=WEDNESDAY)
    assert quantities(engine) == {
        "order_book": [f"3 {boxes}", "3"],
        "order_confirmation": [f"3 {boxes}", "3"],
        "delay_notice": [f"3 {boxes}", "3"],
        "part_shipment": [f"2 {boxes}", f"1 {boxes}", "3"],
        "cancellation": [f"1 {boxes}", "3"],
    }


def test_a_unit_is_called_as_on_documents_also_by_the_companys_own_word(
    engine, ordered, home
):
    own = home / "templates" / "document"
    own.mkdir(parents=True, exist_ok=True)
    (own / "labels.en.toml").write_text('[units]\ncaja = "crates"\n')
    ordered("en")
    run_directly("notices", on=MONDAY)
    assert quantities(engine)["order_confirmation"] == ["3 crates", "3"]


def test_a_broken_catalogue_sets_the_mail_aside_and_names_the_file(
    engine, ordered, home
):
    own = home / "templates" / "document"
    own.mkdir(parents=True, exist_ok=True)
    (own / "labels.en.toml").write_text("[units\n")
    ordered("en")
    [end] = run_directly("notices", on=MONDAY)
    [failed] = end.outcome.failed
    assert failed.document == "O1"
    assert "labels.en.toml" in failed.message
    (own / "labels.en.toml").unlink()
    assert run_directly("notices", on=MONDAY)[0].outcome.done == {
        "confirmations queued": 1
    }
