"""A shop's export: the values of an order stand on its first line, and what we do not
take is told or refused."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adv_domain.bundled import bundled_path
from adv_domain.files.mapping import Mapping
from adv_domain.files.order_fields import ORDER_COLUMNS
from adv_domain.files.orders.source import ReadOrder
from adv_domain.files.sources import load_mapping
from tests.files.order_samples import codes, read

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts "
    "Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,"
    "Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem compare at price,Lineitem sku,Lineitem requires shipping,"
    "Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Country,"
    "Shipping Name,Shipping Street,"
    "Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,"
    "Notes,Cancelled at,Refunded Amount,Vendor,Id,Tags,Lineitem discount,Tax 1 Name,"
    "Tax 1 Value,Phone"
).split(",")
FIRST = {
    "Financial Status": "paid",
    "Currency": "EUR",
    "Subtotal": "59.80",
    "Shipping": "0.00",
    "Taxes": "11.96",
    "Total": "71.76",
    "Discount Amount": "0.00",
    "Created at": "2026-03-02 23:30:00 +0100",
    "Shipping Name": "Ana Ruiz",
    "Shipping Company": "Sol S.L.",
    "Shipping Street": "Calle Nueva 2",
    "Shipping City": "Toledo",
    "Shipping Zip": "'05001",
    "Shipping Country": "ES",
    "Notes": "ring twice",
    "Refunded Amount": "0.00",
}
LINE = {
    "Email": "ana@example.com",
    "Lineitem quantity": "2",
    "Lineitem name": "Hammer, blue",
    "Lineitem price": "29.90",
    "Lineitem sku": "P-1",
    "Lineitem discount": "0.00",
}


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    path = bundled_path("deployments") / "mappings" / "shopify" / "orders.toml"
    return load_mapping(path, fields=ORDER_COLUMNS)


def _export(*rows: dict[str, str]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, HEADER, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def _first(name: str, **changes: str) -> dict[str, str]:
    renamed = {key.replace("_", " "): value for key, value in changes.items()}
    return {"Name": name} | LINE | FIRST | renamed


def _next(name: str, **changes: str) -> dict[str, str]:
    renamed = {key.replace("_", " "): value for key, value in changes.items()}
    return {"Name": name} | LINE | renamed


def _refs(found: list[ReadOrder]) -> list[str]:
    return [each.order.header.customer_ref for each in found if each.order]


def test_values_of_the_first_line_hold_for_the_whole_order(mapping: Mapping) -> None:
    data = _export(
        _first("#1001"),
        _next("#1001", Lineitem_sku="P-2", Lineitem_quantity="1"),
        _first("#1002", Shipping_Street="", Notes="", Email="eva@example.com"),
    )
    first, second = read(data, mapping)
    assert codes([first, second]) == []
    assert first.order is not None
    assert second.order is not None
    header = first.order.header
    assert (header.customer, header.currency, header.channel) == (
        "ana@example.com",
        "EUR",
        "shopify",
    )
    assert header.ordered_on == date(2026, 3, 2)
    assert header.ship_to_address == "Sol S.L., Calle Nueva 2"
    # a nought that the shop keeps with an apostrophe
    assert (header.ship_to_postal_code, header.ship_to_city) == ("05001", "Toledo")
    assert header.contact_email == "ana@example.com"
    assert [line.product for line in first.order.lines] == ["P-1", "P-2"]
    assert first.order.total() == Decimal("89.70")
    # nothing of order #1001 comes over to #1002
    assert second.order.header.instructions is None
    assert second.order.header.ship_to_address == "Sol S.L."


def test_cancelled_and_shipped_orders_are_told_and_not_taken(mapping: Mapping) -> None:
    data = _export(
        _first("#1", Cancelled_at="2026-03-03 10:00:00 +0100"),
        _next("#1"),
        _first("#2", Fulfilled_at="2026-03-03 10:00:00 +0100"),
        _first("#3"),
    )
    found = read(data, mapping)
    assert _refs(found) == ["#3"]
    assert codes(found) == [
        (2, "Cancelled at", "not_taken"),
        (3, "Cancelled at", "not_taken"),
        (4, "Fulfilled at", "not_taken"),
    ]
    assert sum(len(each.rows) for each in found) == 1


def test_shipping_and_refunds_are_told_and_the_order_is_taken(mapping: Mapping) -> None:
    found = read(_export(_first("#1", Shipping="4.90", Refunded_Amount="9")), mapping)
    assert _refs(found) == ["#1"]
    assert codes(found) == [
        (2, "Shipping", "not_taken"),
        (2, "Refunded Amount", "not_taken"),
    ]


def test_order_with_a_discount_is_refused_whole(mapping: Mapping) -> None:
    data = _export(
        _first("#1", Discount_Amount="10.00"), _next("#1", Lineitem_discount="1.00")
    )
    found = read(data, mapping)
    assert _refs(found) == []
    assert codes(found) == [
        (2, "Discount Amount", "refused_value"),
        (3, "Lineitem discount", "refused_value"),
    ]
    assert "spread it over the lines" in found[0].faults[0].message


def test_line_without_a_stock_number_is_named(mapping: Mapping) -> None:
    found = read(_export(_first("#1", Lineitem_sku="")), mapping)
    assert codes(found) == [(2, "product", "missing")]


def test_header_of_the_sample_order_of_a_shop_is_read(
    mapping: Mapping, shared_data: Path
) -> None:
    text = (shared_data / "orders" / "shopify-orders.json").read_text(encoding="utf-8")
    [order] = json.loads(text)["orders"]
    head = _head_of(order)
    # the sample holds no lines: three of the price that its sum tells
    sold = {"Lineitem quantity": "1", "Lineitem price": "199.00"}
    rows = [
        {"Name": order["name"], "Email": order["email"], "Lineitem sku": f"IPOD-{at}"}
        | sold
        | (head if at == 0 else {})
        for at in range(3)
    ]
    [refused] = read(_export(*rows), mapping)
    assert codes([refused])[0] == (2, "Discount Amount", "refused_value")
    rows[0]["Discount Amount"] = "0.00"
    [found] = read(_export(*rows), mapping)
    assert found.order is not None, found.faults
    header = found.order.header
    assert (header.customer_ref, header.customer) == ("#1001", order["email"])
    assert header.ordered_on == date(2008, 1, 10)
    assert header.ship_to_address == "Chestnut Street 92"
    assert (header.ship_to_postal_code, header.ship_to_region) == ("40202", "KY")
    assert found.order.total() == Decimal(order["total_line_items_price"])


def _head_of(order: dict[str, Any]) -> dict[str, str]:
    """Return what a shop exports of an order of its interface on its first line."""
    place = order["shipping_address"]
    return {
        "Financial Status": order["financial_status"],
        "Currency": order["currency"],
        "Total": order["total_price"],
        "Discount Amount": order["total_discounts"],
        "Created at": order["created_at"].replace("T", " ").replace("-05:", " -05"),
        "Shipping Name": place["name"],
        "Shipping Street": place["address1"],
        "Shipping City": place["city"],
        "Shipping Zip": f"'{place['zip']}",
        "Shipping Province": place["province_code"],
        "Shipping Country": place["country_code"],
    }
