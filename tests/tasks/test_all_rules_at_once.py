"""Is all that is wrong with an order on record at once, and the same on any day?"""

from datetime import date
from decimal import Decimal

from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    event,
    order_fault,
    order_line,
    product,
    sales_order,
    tax_rate,
)
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order

TODAY = date(2026, 1, 6)
POLICY = """
[validation]
countries_served = ["ES", "PT"]
lead_time = "working"
order_cut_off_hour = 14
"""
EXPECTED = {
    "duplicate_reference",
    "likely_duplicate",
    "quantity",
    "discontinued_product",
    "deadline",
    "price",
    "missing_address",
    "country_not_served",
    "buyer_reference",
    "payment_terms",
    "terms_over_cap",
    "tax_rate",
    "vat_id",
    "credit_limit",
}


def _received(no, **changes):
    line = {"product_code": "P1", "asked_price": Decimal(99), "unit_price": None}
    values = {"customer_code": "C1", "state": "received", "net": None}
    return {"no": no, "line": line | {"net": None}, **values, **changes}


def _on_record(engine):
    tables = (order_fault, event, order_line, sales_order)
    with reading(engine) as connection:
        return [
            connection.execute(select(table).order_by(table.c.id)).all()
            for table in tables
        ]


def test_rows_10_and_18_all_failures_at_once_and_nothing_new_on_another_day(
    engine, home
):
    (home / "policy.toml").write_text(POLICY, encoding="utf-8")
    a_customer(
        engine,
        party_kind="public_body",
        address=None,
        city=None,
        vat_id=None,
        tax_category="intra_community",
        credit_limit=Decimal(10),
    )
    a_product(engine)
    with writing(engine) as connection:
        connection.execute(
            update(product).values(
                pack_size=Decimal(2), lead_time_days=20, is_discontinued=True
            )
        )
        connection.execute(
            update(tax_rate)
            .where(tax_rate.c.category == "intra_community")
            .values(valid_from=TODAY)
        )
    wrong = {
        "requested_on": TODAY,
        "ship_to_country": "US",
        "payment_terms": "net60",
        "occurrence": 2,
    }
    for no in ("O1", "O2"):
        order = _received(no, **wrong)
        an_order(engine, customer_id=None, product_id=None, **order)
    [end] = run_directly("validation", on=TODAY)
    assert end.outcome.done == {"held": 2}
    before = _on_record(engine)
    assert {one.code for one in before[0] if one.order_id == 2} == EXPECTED
    assert all(one.family and one.owner and one.clash for one in before[0])

    for later in (date(2026, 1, 7), date(2026, 3, 1), date(2027, 12, 31)):
        [end] = run_directly("validation", on=later)
        assert (dict(end.outcome.done), end.outcome.failed) == ({}, ())
    assert _on_record(engine) == before
