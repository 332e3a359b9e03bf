"""Is an order decided by the facts of the day, and looked at again when held?"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import counted_statements, insert_rows
from adv_domain.store.tables import (
    customer,
    event,
    exchange_rate,
    order_fault,
    order_line,
    price,
    product,
    sales_order,
)
from flows.direct import run_directly
from tasks.orders.acts.release import NotReleasable, release_order
from tests.builders import DAY, NOW, a_customer, a_product, an_order

TODAY = date(2026, 1, 6)


def received(engine, no, *, line=None, lines=1, **changes):
    """Put an order of customer C1 for product P1 as intake leaves it."""
    asked = {"product_code": "P1", "unit_price": None, "net": None, "product_id": None}
    values = {"customer_code": "C1", "state": "received", "net": None} | changes
    return an_order(
        engine,
        customer_id=None,
        product_id=None,
        no=no,
        lines=lines,
        line=asked | (line or {}),
        **values,
    )


def validate(on=TODAY):
    [end] = run_directly("validation", on=on)
    return end.outcome


def row_of(engine, table, key, column="id"):
    with reading(engine) as connection:
        return connection.execute(select(table).where(table.c[column] == key)).one()


def rows_of(engine, table, **where):
    with reading(engine) as connection:
        wanted = [table.c[name] == value for name, value in where.items()]
        return connection.execute(select(table).where(*wanted).order_by("id")).all()


def change(engine, table, key, **values):
    with writing(engine) as connection:
        connection.execute(update(table).where(table.c.id == key).values(**values))


@pytest.fixture
def shop(engine):
    """A customer C1 and a product P1 at 10.00 EUR."""
    return a_customer(engine), a_product(engine)


def test_a_sound_order_is_accepted_priced_and_told(engine, shop):
    order_id = received(engine, "O1", lines=2)
    assert validate().done == {"accepted": 1}
    order = row_of(engine, sales_order, order_id)
    assert (order.state, order.customer_id, order.net) == ("accepted", shop[0], 60)
    assert order.accepted_on == TODAY
    for line in rows_of(engine, order_line, order_id=order_id):
        assert (line.product_id, line.unit_price, line.net) == (shop[1], 10, 30)
        assert line.price_source == "agreed listed"
    [told] = rows_of(engine, event, entity="order", entity_id=order_id)
    assert (told.what, told.from_state, told.to_state) == (
        "accepted",
        "received",
        "accepted",
    )


def test_a_second_run_finds_nothing_to_do(engine, shop):
    received(engine, "O1")
    validate()
    assert validate().message == "nothing to do"


def test_a_held_order_names_the_teams_and_every_fault(engine, shop):
    order_id = received(
        engine, "O1", lines=2, line={"asked_price": Decimal(99)}, currency="EUR"
    )
    change(engine, sales_order, order_id, occurrence=2)
    assert validate().done == {"held": 1}
    order = row_of(engine, sales_order, order_id)
    assert (order.state, order.held_for) == ("held", "order desk, sales")
    assert order.held_on == TODAY
    found = rows_of(engine, order_fault, order_id=order_id)
    assert [(one.line_no, one.code, one.owner) for one in found] == [
        (0, "duplicate_reference", "order desk"),
        (1, "price", "sales"),
        (2, "price", "sales"),
    ]
    [told] = rows_of(engine, event, entity_id=order_id)
    assert told.reason == "duplicate_reference, price; waits for order desk, sales"


def test_looking_again_at_an_unchanged_held_order_adds_nothing(engine, shop):
    order_id = received(engine, "O1", line={"asked_price": Decimal(99)})
    validate()
    before = (
        row_of(engine, sales_order, order_id),
        rows_of(engine, order_fault),
        rows_of(engine, event),
        rows_of(engine, order_line),
    )
    again = validate(on=date(2026, 1, 9))
    assert (again.done, again.skipped) == ({}, {"still held": 1})
    assert before == (
        row_of(engine, sales_order, order_id),
        rows_of(engine, order_fault),
        rows_of(engine, event),
        rows_of(engine, order_line),
    )


def test_a_held_order_is_accepted_once_its_cause_has_gone(engine, shop):
    order_id = received(engine, "O1", line={"product_code": "P2"})
    assert validate().done == {"held": 1}
    a_product(engine, "P2")
    assert validate(on=date(2026, 1, 9)).done == {"accepted": 1}
    order = row_of(engine, sales_order, order_id)
    assert (order.state, order.held_for, order.accepted_on) == (
        "accepted",
        None,
        date(2026, 1, 9),
    )
    [gone] = rows_of(engine, order_fault)
    assert (gone.found_on, gone.resolved_on) == (TODAY, date(2026, 1, 9))
    states = [one.to_state for one in rows_of(engine, event, entity_id=order_id)]
    assert states == ["held", "accepted"]


def test_a_fault_that_comes_back_stands_again_in_its_row(engine, shop):
    order_id = received(engine, "O1", line={"asked_price": Decimal(99)}, occurrence=2)
    validate()
    change(engine, product, shop[1], list_price=Decimal(99))
    validate()
    change(engine, product, shop[1], list_price=Decimal(10))
    validate()
    found = {one.code: one for one in rows_of(engine, order_fault, order_id=order_id)}
    assert found["price"].resolved_on is None
    assert len(found) == 2


def test_an_unknown_customer_is_found_when_his_record_comes(engine, shop):
    order_id = received(engine, "O1", customer_code="C9")
    assert validate().done == {"held": 1}
    assert row_of(engine, sales_order, order_id).customer_id is None
    customer_id = a_customer(engine, "C9")
    assert validate().done == {"accepted": 1}
    assert row_of(engine, sales_order, order_id).customer_id == customer_id


def test_the_customers_agreement_gives_the_price(engine, shop):
    with writing(engine) as connection:
        rows = [_price("customer", "C1", "9"), _price("all", "", "8")]
        insert_rows(connection, price, rows)
    order_id = received(engine, "O1")
    validate()
    [line] = rows_of(engine, order_line, order_id=order_id)
    assert (line.unit_price, line.net) == (9, 27)
    assert line.price_source == "agreed customer:C1 since:2026-01-01"


def test_his_group_and_the_products_category_give_the_price(engine):
    a_customer(engine, customer_group="retail")
    a_product(engine, category="TOOLS")
    of_category = {"product_code": "", "category": "TOOLS"}
    with writing(engine) as connection:
        rows = [
            _price("group", "retail", "8") | of_category,
            _price("group", "other", "1") | of_category,
            _price("all", "", "7") | {"category": ""},
            _price("all", "", None)
            | {"product_code": "*", "category": "", "discount_rate": Decimal("0.5")},
        ]
        for row in rows:
            insert_rows(connection, price, [row])
    order_id = received(engine, "O1")
    validate()
    [line] = rows_of(engine, order_line, order_id=order_id)
    assert (line.unit_price, line.net) == (8, 24)
    assert line.price_source == "agreed group:retail category:TOOLS since:2026-01-01"


def _policy(home, text):
    (home / "policy.toml").write_text(f"[validation]\n{text}\n")


def test_by_policy_our_price_stands_and_the_change_is_told(engine, home, shop):
    _policy(home, "price_that_stands = 'ours'")
    near = received(engine, "O1", line={"asked_price": Decimal("9.95")})
    far = received(engine, "O2", line={"asked_price": Decimal(9)})
    assert validate().done == {"accepted": 1, "held": 1, "mails queued": 1}
    for order_id in (near, far):
        [line] = rows_of(engine, order_line, order_id=order_id)
        assert (line.unit_price, line.net) == (10, 30)
        assert line.price_source == "replaced listed"
    [told] = rows_of(engine, order_fault, order_id=near)
    assert (told.code, told.severity, told.family) == (
        "price_replaced",
        "warn",
        "price",
    )
    [held] = rows_of(engine, order_fault, order_id=far, family="price")
    assert (held.code, held.severity) == ("price", "block")


def test_a_group_may_have_a_tolerance_of_its_own(engine, home):
    _policy(home, "group_tolerances.retail.rate = 0.1")
    a_customer(engine, customer_group="retail")
    a_customer(engine, "C2")
    a_product(engine)
    asked = {"asked_price": Decimal(11)}
    received(engine, "O1", line=asked)
    received(engine, "O2", line=asked, customer_code="C2")
    assert validate().done == {"accepted": 1, "held": 1}
    assert [one.order_no for one in rows_of(engine, sales_order, state="held")] == [
        "O2"
    ]


def _price(scope, code, amount):
    return {
        "scope": scope,
        "scope_code": code,
        "product_code": "P1",
        "currency": "EUR",
        "min_qty": Decimal(1),
        "unit_price": amount and Decimal(amount),
        "valid_from": date(2026, 1, 1),
    }


def test_an_order_without_lines_is_rejected(engine, shop):
    order_id = received(engine, "O1", lines=0)
    assert validate().done == {"rejected": 1}
    assert row_of(engine, sales_order, order_id).state == "rejected"
    assert validate().message == "nothing to do"


def test_two_orders_do_not_pass_on_one_remaining_limit(engine, shop):
    change(engine, customer, shop[0], credit_limit=Decimal(50))
    first, second = received(engine, "O1"), received(engine, "O2")
    assert validate().done == {"accepted": 1, "held": 1}
    assert row_of(engine, sales_order, first).state == "accepted"
    assert row_of(engine, sales_order, second).held_for == "credit control"
    [fault] = rows_of(engine, order_fault, family="credit")
    assert (fault.message, fault.clash["exposure"]) == ("credit_limit.over", "72.6")
    third = received(engine, "O3", qty=Decimal(1))
    validate()
    assert row_of(engine, sales_order, third).state == "accepted"


def test_what_was_accepted_before_counts_and_what_was_cancelled_does_not(engine, shop):
    change(engine, customer, shop[0], credit_limit=Decimal(50))
    old = an_order(engine, customer_id=shop[0], product_id=shop[1], no="OLD")
    new = received(engine, "O1")
    assert validate().done == {"held": 1}
    change(engine, sales_order, old, state="cancelled")
    assert validate().done == {"accepted": 1}
    assert row_of(engine, sales_order, new).state == "accepted"


def test_a_limit_of_zero_passes_only_what_is_paid_in_advance(engine, shop):
    change(engine, customer, shop[0], credit_limit=Decimal(0))
    paid = received(engine, "O1", prepaid=Decimal("36.30"))
    unpaid = received(engine, "O2")
    validate()
    assert row_of(engine, sales_order, paid).state == "accepted"
    assert row_of(engine, sales_order, paid).is_prepaid
    assert row_of(engine, sales_order, unpaid).state == "held"


def test_exposure_in_another_currency_needs_its_rate(engine, shop):
    change(engine, customer, shop[0], credit_limit=Decimal(60))
    an_order(engine, customer_id=shop[0], product_id=shop[1], no="OLD", currency="USD")
    order_id = received(engine, "O1")
    validate()
    [fault] = rows_of(engine, order_fault, order_id=order_id)
    assert fault.message == "credit_limit.no_rate"
    assert fault.clash == {"currency": "EUR", "foreign_currency": "USD"}
    rate = {
        "currency": "USD",
        "base": "EUR",
        "rate": Decimal(2),
        "valid_from": date(2026, 1, 1),
    }
    with writing(engine) as connection:
        insert_rows(connection, exchange_rate, [rate])
    assert validate().done == {"accepted": 1}


def test_a_dry_run_decides_and_writes_nothing(engine, shop):
    order_id = received(engine, "O1")
    [end] = run_directly("validation", on=TODAY, dry_run=True)
    assert end.outcome.done == {"accepted": 1}
    assert row_of(engine, sales_order, order_id).state == "received"
    assert rows_of(engine, event) == []


def test_statements_do_not_grow_with_the_orders(engine, shop, monkeypatch):
    monkeypatch.setenv("ADV_BATCH_SIZE", "1000")
    change(engine, customer, shop[0], credit_limit=Decimal(1000))
    counts = []
    for size in (50, 500):
        _many(engine, size)
        with counted_statements(engine) as seen:
            assert sum(validate().done.values()) == size
        counts.append(len(seen))
        with writing(engine) as connection:
            connection.execute(update(sales_order).values(state="rejected"))
    assert counts[0] == counts[1]


def _many(engine, size):
    """Insert orders of which every third is held and some exceed the limit."""
    with writing(engine) as connection:
        first = (
            connection.execute(select(func.max(sales_order.c.id))).scalar() or 0
        ) + 1
        ids = range(first, first + size)
        insert_rows(connection, sales_order, [_order_row(one) for one in ids])
        insert_rows(connection, order_line, [_line_row(one) for one in ids])


def _order_row(order_id):
    return {
        "id": order_id,
        "company_id": 1,
        "order_no": f"M{order_id}",
        "customer_code": "C1",
        "customer_ref": f"ref {order_id}",
        "ordered_on": DAY,
        "currency": "EUR",
        "state": "received",
        "channel": "file",
        "shipping_policy": "partial",
        "content_hash": str(order_id),
        "received_at": NOW,
    }


def _line_row(order_id):
    return {
        "order_id": order_id,
        "line_no": 1,
        "product_code": "P1",
        "qty": Decimal(1),
        "unit": "C62",
        "asked_price": Decimal(99 if order_id % 3 == 0 else 10),
        "state": "open",
    }


def test_row_11_an_allowance_of_his_own_holds_the_order_and_none_goes_below_zero(
    engine, shop
):
    """Goods of 30.00: 0.30 is within the tolerance of prices, 20.00 is not."""
    amounts = {"NEAR": "-0.30", "FAR": "-20.00", "BELOW": "-500"}
    ids = {
        no: received(engine, no, charges=[{"amount": amount, "reason": "allow"}])
        for no, amount in amounts.items()
    }
    assert validate().done == {"accepted": 1, "held": 2}
    found = {
        no: {one.message for one in rows_of(engine, order_fault, order_id=order_id)}
        - {"likely_duplicate"}
        for no, order_id in ids.items()
    }
    assert found == {
        "NEAR": set(),
        "FAR": {"charges.allowance"},
        "BELOW": {"charges.allowance", "negative_total"},
    }
    release_order(name="FAR", by="Ana", reason="agreed by phone", on=TODAY)
    assert row_of(engine, sales_order, ids["FAR"]).state == "accepted"
    with pytest.raises(NotReleasable, match="less than nothing"):
        release_order(name="BELOW", by="Ana", reason="let it go", on=TODAY)
    assert row_of(engine, sales_order, ids["BELOW"]).state == "held"
