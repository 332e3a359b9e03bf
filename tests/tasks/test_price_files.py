"""Does a prices file say for whom and on what each row holds, or what is wrong?"""

from decimal import Decimal

import pytest
from sqlalchemy import select

from adv_domain.store import tables
from adv_domain.store.engine import reading
from tasks.resources import resources
from tests.tasks.test_unknown_columns import _rows, _take


def test_agreements_of_every_side_come_in_once(home, tmp_path):
    text = (
        "scope,scope_code,product,category,min_quantity,price,discount_percent\n"
        "customer,C1,P1,,0,9.5,\n"
        "customer,C1,,TOOLS,0,,10\n"
        "group,retail,P1,,10,9,\n"
        "list,GOLD,*,,0,,5\n"
        "all,,,TOOLS,0,8,2\n"
    )
    first, again = _take(tmp_path, "prices", text), _take(tmp_path, "prices", text)
    assert (first.accepted, first.faults) == (5, [])
    assert (again.accepted, again.duplicate, again.faults) == (0, 5, [])
    assert [
        (row["scope"], row["scope_code"], row["product_code"], row["category"])
        for row in _rows(tables.price)
    ] == [
        ("customer", "C1", "P1", ""),
        ("customer", "C1", "", "TOOLS"),
        ("group", "retail", "P1", ""),
        ("list", "GOLD", "*", ""),
        ("all", "", "", "TOOLS"),
    ]


def test_a_file_of_customer_groups_needs_no_scope(home, tmp_path):
    tally = _take(tmp_path, "prices", "customer_group,product,price\nretail,P1,9\n")
    assert tally.faults == []
    [row] = _rows(tables.price)
    assert (row["scope"], row["scope_code"]) == ("group", "retail")


def test_a_category_and_a_product_of_one_name_are_two_agreements(home, tmp_path):
    text = "product,category,price\nA,,9\n,A,8\n"
    assert _take(tmp_path, "prices", text).accepted == 2
    prices = [row["unit_price"] for row in _rows(tables.price)]
    assert prices == [Decimal(9), Decimal(8)]


@pytest.mark.parametrize(
    ("row", "field", "remedy"),
    [
        ("customer,,P1,,9", "scope_code", "name the customer"),
        ("group,,P1,,9", "scope_code", "name the group"),
        ("all,GOLD,P1,,9", "scope_code", "write customer, group or list as scope"),
        ("all,,,,9", "product", "name a product or a category, or write * for all"),
        ("all,,P1,TOOLS,9", "category", "leave one of them empty"),
        ("all,,*,TOOLS,9", "category", "leave one of them empty"),
        ("all,,P1,,", "price", "neither price nor discount"),
        ("region,North,P1,,9", "scope", "all, customer, group, list"),
    ],
)
def test_a_row_that_could_mean_two_things_is_told(
    sqlite_home, tmp_path, row, field, remedy
):
    header = "scope,scope_code,product,category,price\n"
    tally = _take(tmp_path, "prices", f"{header}all,,P2,,1\n{row}\n")
    assert (tally.accepted, tally.rejected) == (1, 1)
    [fault] = tally.faults
    assert (fault.row, fault.field) == (3, field)
    assert remedy in fault.message


def test_a_products_category_is_kept_where_a_later_file_has_no_such_column(
    home, tmp_path
):
    _take(tmp_path, "products", "code,name,category\nP1,Hammer,TOOLS\n")
    _take(tmp_path, "products", "code,name\nP1,Big hammer\n")
    with reading(resources().engine) as connection:
        [row] = connection.execute(
            select(tables.product.c.name, tables.product.c.category)
        ).all()
    assert tuple(row) == ("Big hammer", "TOOLS")
