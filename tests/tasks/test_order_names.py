"""An order names customers and products by whatever numbers it has; ours are found."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import amendment, event, order_line, sales_order
from flows.direct import run_directly
from tasks.intake.step import import_file
from tasks.intake.tally import Tally
from tasks.resources import resources

DAY = date(2026, 6, 3)
CUSTOMERS = """code,name,gln,vat_id,endpoint_id,routing_id
C1,One,8412345000013,ES B-1234.5674,0192:991825827,
C2,Two,,SE1234567801,,L01234567
C3,Branch of two,,SE1234567801,,
"""
PRODUCTS = "code,name,gtin,list_price\nP1,Tea,08412345000020,5\nP2,Rye,,7\n"
ARTICLES = "customer,article,product\nC1,4711,P2\nC2,4711,P1\n"


def _take(folder: Path, kind: str, text: str) -> Tally:
    path = folder / f"{kind}.csv"
    path.write_text(text)
    return import_file(kind, path, on=DAY)


def _orders() -> list[Any]:
    with reading(resources().engine) as connection:
        return connection.execute(select(sales_order).order_by(sales_order.c.id)).all()


def _products() -> list[str]:
    with reading(resources().engine) as connection:
        statement = select(order_line.c.product_code).order_by(order_line.c.id)
        return list(connection.execute(statement).scalars())


@pytest.fixture
def known(home, tmp_path):
    """Master data with the numbers that documents use."""
    _take(tmp_path, "customers", CUSTOMERS)
    _take(tmp_path, "products", PRODUCTS)
    assert _take(tmp_path, "customer_articles", ARTICLES).accepted == 2
    assert _take(tmp_path, "customer_articles", ARTICLES).duplicate == 2
    return tmp_path


HEADER = "customer,customer_ref,buyer_ids,product,gtin,customer_article,quantity,price"


def _order(ref: str, customer: str, ids: str = "", **line: str) -> str:
    named = {"product": "P1", "gtin": "", "customer_article": ""} | line
    parts = [customer, ref, ids, *named.values(), "3", "5"]
    return ",".join(parts)


@pytest.mark.parametrize(
    ("customer", "ids", "code"),
    [
        ("C1", "", "C1"),
        ("8412345000013", "gln=8412345000013", "C1"),
        ("8412345000013", "", "C1"),
        ("Our name", "vat=ES B12345674", "C1"),
        ("X9", "0192=991825827", "C1"),
        ("0192:991825827", "", "C1"),
        ("X9", "0204=L01234567", "C2"),
        ("C2", "gln=8412345000013", "C2"),
        # two customers share the VAT id: it names neither
        ("SE1234567801", "vat=SE1234567801", "SE1234567801"),
        ("nobody", "gln=9999999999999", "nobody"),
    ],
)
def test_the_customer_is_found_by_any_of_his_numbers(known, customer, ids, code):
    tally = _take(known, "orders", f"{HEADER}\n{_order('R1', customer, ids)}\n")
    assert (tally.orders, tally.faults) == (1, [])
    [order] = _orders()
    assert order.customer_code == code
    assert (order.customer_id is None) == (code not in ("C1", "C2"))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"product": "P1"}, "P1"),
        ({"product": "8412345000020"}, "P1"),
        ({"product": "tea", "gtin": "8412345000020"}, "P1"),
        ({"product": "4711", "customer_article": "4711"}, "P2"),
        ({"product": "4711"}, "P2"),
        ({"product": "P2", "gtin": "8412345000020"}, "P2"),
        ({"product": "P9"}, "P9"),
    ],
)
def test_the_product_is_found_by_any_of_its_numbers(known, line, code):
    _take(known, "orders", f"{HEADER}\n{_order('R1', 'C1', **line)}\n")
    assert _products() == [code]


def test_row_7_an_unknown_customer_and_product_are_held_with_a_code(known):
    _take(known, "orders", f"{HEADER}\n{_order('R1', 'X9', 'gln=1', product='P9')}\n")
    run_directly("validation", on=DAY)
    [order] = _orders()
    assert (order.state, order.customer_code) == ("held", "X9")


def test_the_same_order_by_another_number_is_the_same_order(known):
    by_code = f"{HEADER}\n{_order('R1', 'C1')}\n"
    by_gln = f"{HEADER}\n{_order('R1', '8412345000013', product='8412345000020')}\n"
    assert _take(known, "orders", by_code).orders == 1
    assert _take(known, "orders", by_gln).duplicate == 1
    assert len(_orders()) == 1


def test_what_becomes_known_later_is_named_then_and_the_file_stays_known(known):
    """Unknown when it came, the order goes by our codes once a number is entered."""
    file = f"{HEADER}\n{_order('R1', 'X9', '0088=777', product='rye', gtin='50184385')}"
    assert _take(known, "orders", file).orders == 1
    run_directly("validation", on=DAY)
    assert _orders()[0].state == "held"
    _take(known, "customers", "code,name,endpoint_id\nC9,Nine,0088:777\n")
    _take(known, "products", "code,name,gtin,list_price\nP5,Malt,50184385,5\n")
    [end] = run_directly("intake", on=DAY)
    assert end.outcome.done == {"named": 1}
    [order] = _orders()
    assert (order.customer_code, _products()) == ("C9", ["P5"])
    with reading(resources().engine) as connection:
        told = connection.execute(
            select(event.c.reason).where(event.c.what == "named")
        ).scalar_one()
    assert told == "customer X9 is C9; line 1, product rye is P5"
    run_directly("validation", on=DAY)
    assert _orders()[0].state == "accepted"
    again = _take(known, "orders", file)
    assert (again.orders, again.duplicate) == (0, 1)
    by_code = f"{HEADER}\n{_order('R1', 'C9', product='P5', gtin='50184385')}\n"
    assert _take(known, "orders", by_code).duplicate == 1
    [end] = run_directly("intake", on=DAY)
    assert end.outcome.done == {}


def test_two_orders_that_turn_out_to_be_one_customer_s_are_told_apart(known):
    rows = [_order("R1", "X9", "0088=777"), _order("R1", "C1")]
    _take(known, "orders", "\n".join((HEADER, *rows)))
    _take(known, "customers", "code,name,gln,endpoint_id\nC1,One,,0088:777\n")
    run_directly("intake", on=DAY)
    assert [(o.customer_code, o.occurrence) for o in _orders()] == [
        ("C1", 2),
        ("C1", 1),
    ]


def test_a_larger_batch_takes_no_more_statements(known):
    def _count(size: int, start: int) -> int:
        rows = [
            _order(f"R{at}", f"X{at}", "vat=ESB12345674", gtin="8412345000020")
            for at in range(start, start + size)
        ]
        with counted_statements(resources().engine) as seen:
            assert _take(known, "orders", "\n".join((HEADER, *rows))).orders == size
        return len(seen)

    _count(1, 0)
    assert _count(5, 10) == _count(200, 100)


def test_a_change_that_waits_follows_its_order_to_the_customer_s_code(known):
    _take(known, "orders", f"{HEADER}\n{_order('R1', 'X9', '0088=777')}\n")
    change = f"{HEADER},document\n{_order('R1', 'X9', '0088=777')},change\n"
    tally = _take(known, "orders", change)
    assert (tally.amendments, tally.faults) == (1, [])
    _take(known, "customers", "code,name,endpoint_id\nC9,Nine,0088:777\n")
    run_directly("intake", on=DAY)
    with reading(resources().engine) as connection:
        [code] = connection.execute(select(amendment.c.customer_code)).scalars()
    assert code == "C9"
    assert _take(known, "orders", change).duplicate == 1
