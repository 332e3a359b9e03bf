"""Does `adv customer` tell limit, exposure by class, what is left and who waits?"""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner

from adv_domain.store.tables import exchange_rate
from flows.direct import run_directly
from tasks.payments.by_hand import ReceivedMoney, record_payment
from tasks.resources import business_day, now
from tests.builders import _insert, a_customer, a_delivery, a_product, an_order
from tests.receivables import an_invoice

ASKED = {"product_code": "P1", "unit_price": None, "net": None}


def adv(*arguments):
    from flows.cli import cli

    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def today(home):
    return business_day(now())


@pytest.fixture
def known(engine, today):
    """A customer with something in every class, and an order beyond his limit."""
    customer_id = a_customer(
        engine,
        credit_limit=Decimal(300),
        credit_limit_source="insurer",
        credit_limit_until=today + timedelta(days=9),
    )
    product_id = a_product(engine)
    makes = {"customer_id": customer_id, "product_id": product_id}
    an_invoice(engine, customer_id, 1, "100.00")
    an_invoice(engine, customer_id, 2, "50.00", currency="USD")
    rate = {
        "currency": "USD",
        "base": "EUR",
        "rate": Decimal("1.25"),
        "valid_from": date(2026, 1, 2),
    }
    _insert(engine, exchange_rate, rate)
    shipped = an_order(engine, no="O1", **makes)
    a_delivery(engine, shipped, qty=Decimal(1))
    record_payment(
        ReceivedMoney("C1", Decimal(10), today), by="Ana", reason="x", on=today
    )
    an_order(
        engine,
        no="O2",
        customer_id=None,
        product_id=None,
        qty=Decimal(20),
        line=ASKED,
        customer_code="C1",
        state="received",
        net=None,
    )
    run_directly("validation", on=today)


def test_row_13_the_customer_shows_exposure_by_class_and_what_is_left(known, today):
    view = json.loads(adv("customer", "C1", "--json"))
    classes = [
        (one["class"], one["amount"], one["currency"], one["counts"])
        for one in view["exposure_by_class"]
    ]
    assert classes == [
        ("open_items", "100.00", "EUR", True),
        ("unbilled", "12.10", "EUR", True),
        ("accepted_orders", "24.20", "EUR", True),
        ("unapplied", "10.00", "EUR", True),
        ("open_items", "50.00", "USD", True),
    ]
    assert (view["exposure"], view["credit_limit"], view["credit_left"]) == (
        "166.30",
        "300.00",
        "133.70",
    )
    assert view["credit_limit_source"] == "insurer"
    assert view["credit_limit_until"] == str(today + timedelta(days=9))
    assert view["exposure_rates"] == [
        {"from": "USD", "to": "EUR", "rate": "1.25", "dated_on": "2026-01-02"}
    ]
    [waits] = view["orders_waiting_for_credit"]
    assert (waits["order_no"], waits["amount"], waits["code"]) == (
        "O2",
        "242.00",
        "credit_limit",
    )
    assert "€108.30 beyond the limit of €300.00" in waits["detail"]


def test_the_screen_says_the_same_in_lines(known, today):
    told = adv("customer", "C1").splitlines()
    limit = f"limit 300.00 (insurer) until {today + timedelta(days=9)}"
    assert told[3:10] == [
        f"credit: {limit}; exposure 166.30 EUR, left 133.70",
        "  open items 100.00 EUR",
        "  unbilled 12.10 EUR",
        "  accepted orders 24.20 EUR",
        "  less unapplied 10.00 EUR",
        "  open items 50.00 USD",
        "  1.25 USD for 1 EUR since 2026-01-02",
    ]
    assert told[10].startswith(f"  waits: O2 since {today}: with this order of €242.00")


def test_a_class_that_does_not_count_and_a_missing_rate_are_told(home, engine):
    (home / "policy.toml").write_text("[credit]\ncount_open_items = false\n")
    customer_id = a_customer(engine)
    an_invoice(engine, customer_id, 1, "100.00")
    told = adv("customer", "C1")
    assert "credit: no limit; exposure 0.00 EUR\n" in told
    assert "  open items 100.00 EUR (not counted, by the policy)\n" in told
    (home / "policy.toml").write_text("[credit]\ndefault_limit = 0\n")
    an_invoice(engine, customer_id, 2, "50.00", currency="USD")
    told = adv("customer", "C1")
    assert "credit: limit 0.00 (policy); exposure 100.00 EUR, left -100.00\n" in told
    assert "  no exchange rate from USD to EUR is known: adv import exch" in told


def test_an_ended_limit_is_shown_as_ended(home, engine, today):
    ended = today - timedelta(days=1)
    a_customer(engine, credit_limit=Decimal(5000), credit_limit_until=ended)
    view = json.loads(adv("customer", "C1", "--json"))
    assert (view["credit_limit"], view["credit_limit_ended"]) == ("0.00", "5000.00")
    assert f"limit 5,000.00 ended on {ended}; exp" in adv("customer", "C1")
