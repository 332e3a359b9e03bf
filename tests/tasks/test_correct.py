"""Does a correction mend the order, stay on record, and never make a second one?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    event,
    order_fault,
    order_line,
    sales_order,
)
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.orders.acts.correct import NotCorrectable, correct_order
from tasks.orders.acts.release import release_order
from tests.builders import a_customer, a_product
from tests.files.order_samples import a_file, a_row

TODAY = date(2026, 1, 6)
SAID = {"by": "Ana", "reason": "typed wrongly", "on": TODAY}


@pytest.fixture
def shop(engine):
    """Customers C1 and C2, products P1 and P2 at 10.00 EUR."""
    a_customer(engine, "C2")
    a_product(engine, "P2")
    return a_customer(engine), a_product(engine)


def taken(tmp_path, *rows, name="orders.csv"):
    """Import a file of orders and validate them; return what came of the file."""
    path = tmp_path / name
    path.write_bytes(a_file(*rows))
    tally = import_file("orders", path, on=TODAY)
    validate()
    return tally


def an_order_row(**changes):
    return a_row(
        **{
            "customer": "C1",
            "customer_ref": "R1",
            "ordered_on": "2026-01-05",
            "requested_on": "2026-01-20",
            "product": "P1",
            "quantity": "3",
            "price": "20",
            "discount_percent": "0",
        }
        | changes
    )


def validate(on=TODAY):
    [end] = run_directly("validation", on=on)
    return end.outcome


def rows(engine, table, **where):
    with reading(engine) as connection:
        wanted = [table.c[name] == value for name, value in where.items()]
        return connection.execute(
            select(table).where(*wanted).order_by(table.c.id)
        ).all()


def correct(no="R1", *, line_no=None, **texts):
    return correct_order(texts, name=no, line_no=line_no, **SAID)


def test_row_16_a_corrected_order_is_checked_anew_and_goes_on(engine, shop, tmp_path):
    taken(tmp_path, an_order_row())
    decided = correct(line_no=1, price="10", quantity="4")
    assert decided.state == "accepted"
    [order], [line] = rows(engine, sales_order), rows(engine, order_line)
    assert (order.net, line.qty, line.unit_price) == (40, 4, 10)
    told = rows(engine, event, entity="order", entity_id=order.id)[-1]
    assert (told.what, told.actor, told.from_state) == ("accepted", "Ana", "held")
    assert told.reason == (
        "corrected line 1 quantity 3 → 4, line 1 price 20 → 10: typed wrongly"
    )


def test_row_16_what_was_wrong_still_counts_as_an_entry_error(engine, shop, tmp_path):
    taken(tmp_path, an_order_row())
    correct(line_no=1, price="agreed")
    [fault] = rows(engine, order_fault)
    assert (fault.code, fault.resolved_on, fault.waived_by) == ("price", TODAY, None)
    run_directly("kpis", on=TODAY)
    from adv_domain.store.figures.kpi_days import read_days

    with reading(engine) as connection:
        found = read_days(connection, first=date(2026, 1, 5), last=date(2026, 1, 5))
    [rate] = [one for one in found if one.name == "order_entry_error_rate"]
    assert rate.figure.numerator == 1


def test_an_order_that_is_still_wrong_waits_on_with_its_correction_on_record(
    engine, shop, tmp_path
):
    taken(tmp_path, an_order_row())
    decided = correct(line_no=1, price="30")
    assert (decided.state, decided.waits_for) == ("held", "sales")
    told = rows(engine, event, entity="order")[-1]
    assert (told.what, told.to_state) == ("corrected", None)
    assert told.reason.startswith(
        "corrected line 1 price 20 → 30: typed wrongly; price"
    )


def test_a_waiver_does_not_cover_what_was_corrected_after_it(engine, shop, tmp_path):
    taken(tmp_path, an_order_row(), an_order_row(customer_ref="R2"))
    [order, _] = rows(engine, sales_order)
    with writing(engine) as connection:
        connection.execute(
            update(sales_order).where(sales_order.c.id == order.id).values(occurrence=2)
        )
    validate()
    release_order(name="R1", rules=["price"], **SAID)
    assert correct(line_no=1, price="30").waits_for == "order desk, sales"


@pytest.mark.parametrize(
    ("texts", "column", "value"),
    [
        ({"currency": "USD"}, "currency", "USD"),
        ({"payment_terms": "net60"}, "payment_terms", "net60"),
        ({"requested_on": "2026-03-01"}, "requested_on", date(2026, 3, 1)),
        ({"ordered_on": "2026-01-04"}, "ordered_on", date(2026, 1, 4)),
        ({"buyer_reference": "L0101"}, "buyer_reference", "L0101"),
        ({"ship_to_name": "Taller"}, "ship_to_name", "Taller"),
        ({"address": "Calle 2"}, "ship_to_address", "Calle 2"),
        ({"postal_code": "28001"}, "ship_to_postal_code", "28001"),
        ({"city": "Vigo"}, "ship_to_city", "Vigo"),
        ({"country": "PT"}, "ship_to_country", "PT"),
        ({"customer": "C2"}, "customer_code", "C2"),
        ({"reference": "R9"}, "customer_ref", "R9"),
    ],
    ids=str,
)
def test_row_16_each_field_of_the_order_can_be_corrected(
    engine, shop, tmp_path, texts, column, value
):
    taken(tmp_path, an_order_row())
    correct(**texts)
    [order] = rows(engine, sales_order)
    assert getattr(order, column) == value


def test_a_lines_product_discount_and_date_can_be_corrected(engine, shop, tmp_path):
    taken(tmp_path, an_order_row())
    correct(
        line_no=1, product="P2", discount="12.5", requested_on="2026-02-02", unit="BX"
    )
    [line] = rows(engine, order_line)
    assert (line.product_code, line.asked_discount_rate, line.unit) == (
        "P2",
        Decimal("0.125"),
        "BX",
    )
    assert rows(engine, sales_order)[0].requested_on == date(2026, 2, 2)


@pytest.mark.parametrize(
    ("line_no", "texts", "why"),
    [
        (None, {"customer": "C9"}, "customer 'C9' is not in the master data"),
        (1, {"product": "P9"}, "product 'P9' is not in the master data"),
        (None, {"payment_terms": "x"}, "there are no payment terms 'x'; there are: "),
        (1, {"price": "20.00"}, "it says so already"),
        (1, {"price": "x"}, "price 'x': write a number"),
        (5, {"price": "1"}, "there is no line 5"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    engine, shop, tmp_path, line_no, texts, why
):
    taken(tmp_path, an_order_row())
    before = rows(engine, sales_order), rows(engine, order_line), rows(engine, event)
    with pytest.raises(NotCorrectable, match=f"order S0.* cannot be corrected: {why}"):
        correct(line_no=line_no, **texts)
    assert before == (
        rows(engine, sales_order),
        rows(engine, order_line),
        rows(engine, event),
    )


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("accepted", "what is accepted changes only by a change"),
        ("handed_off", "what is accepted changes only by a change"),
        ("rejected", "it is rejected, and that is final"),
    ],
)
def test_row_16_only_what_is_received_or_held_can_be_corrected(
    engine, shop, tmp_path, state, why
):
    taken(tmp_path, an_order_row())
    with writing(engine) as connection:
        connection.execute(update(sales_order).values(state=state))
    with pytest.raises(NotCorrectable, match=why):
        correct(line_no=1, price="10")


def test_a_line_that_the_customer_has_cut_is_his(engine, shop, tmp_path):
    taken(tmp_path, an_order_row())
    with writing(engine) as connection:
        connection.execute(update(order_line).values(qty_cancelled=Decimal(1)))
    with pytest.raises(NotCorrectable, match="the customer has cut line 1"):
        correct(line_no=1, quantity="2")


@pytest.mark.parametrize("texts", [{"customer": "C2"}, {"reference": "R9"}], ids=str)
def test_a_corrected_order_that_is_sent_again_is_no_new_one(
    engine, shop, tmp_path, texts
):
    taken(tmp_path, an_order_row())
    correct(**texts)
    other = an_order_row(customer="C2", customer_ref="R5", price="10")
    again = taken(tmp_path, an_order_row(), other, name="again.csv")
    assert (again.orders, again.duplicate) == (1, 1)
    assert len(rows(engine, sales_order)) == 2


def test_a_corrected_order_is_known_by_what_it_says_now(engine, shop, tmp_path):
    two = an_order_row(), an_order_row(line="2", product="P2", price="10")
    taken(tmp_path, *two)
    correct(line_no=2, requested_on="2026-03-01", quantity="5")
    mended = an_order_row(
        line="2", product="P2", price="10", quantity="5", requested_on="2026-03-01"
    )
    again = taken(tmp_path, two[0], mended, name="mended.csv")
    assert (again.orders, again.duplicate) == (0, 2)
    assert len(rows(engine, sales_order)) == 1


def test_an_order_corrected_back_goes_by_its_own_name_alone(engine, shop, tmp_path):
    taken(tmp_path, an_order_row())
    correct(customer="C2")
    [order] = rows(engine, sales_order)
    assert (order.given_customer, order.given_ref) == ("C1", "R1")
    correct_order({"customer": "C1"}, name=order.order_no, **SAID)
    [order] = rows(engine, sales_order)
    assert (order.customer_code, order.given_customer, order.given_ref) == (
        "C1",
        None,
        None,
    )


def test_a_correction_to_a_reference_that_is_taken_counts_as_a_duplicate(
    engine, shop, tmp_path
):
    taken(tmp_path, an_order_row(price="10"), an_order_row(customer_ref="R2"))
    decided = correct("R2", reference="R1")
    assert decided.waits_for == "order desk, sales"
    assert [one.occurrence for one in rows(engine, sales_order)] == [1, 2]
