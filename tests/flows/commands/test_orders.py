"""`adv orders inspect` says what a file holds; the exit status says how it went."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.commands.orders import orders
from tests.files.order_samples import a_file, a_row
from tests.files.orders.made_documents import PEPPOL, a_ubl_cancellation


def _inspect(*arguments: str):
    return CliRunner().invoke(orders, ["inspect", *arguments])


def test_good_file_is_shown_as_json(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(a_file(a_row(), a_row(line=2, quantity=1)))
    done = _inspect(str(path), "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["faults"] == []
    [order] = document["orders"]
    assert order["customer_ref"] == "R1"
    assert order["buyer"]["id"] == "C1"
    assert order["currency"] == "EUR"
    assert order["total"] == "35.28"
    assert order["lines"][0]["discount_percent"] == "10.0"


def test_bad_file_ends_one_with_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(a_file(a_row(price="NaN")))
    done = _inspect(str(path), "--json")
    assert done.exit_code == 1
    [fault] = json.loads(done.stdout)["faults"]
    assert set(fault) == {"file", "row", "field", "code", "message", "value"}
    assert (fault["row"], fault["field"], fault["value"]) == (2, "price", "NaN")
    told = _inspect(str(path))
    assert told.exit_code == 1
    assert "orders.csv, row 2: price is no number" in told.stdout


def test_a_document_of_another_kind_is_named_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("<?xml version='1.0'?><Invoice/>")
    done = _inspect(str(path))
    assert done.exit_code == 1
    assert "no order in UBL or Order-X: its root is Invoice" in done.stdout
    assert json.loads(_inspect(str(path), "--json").stdout)["orders"] == []


def test_a_document_is_shown_as_its_sender_states_it(tmp_path: Path) -> None:
    path = tmp_path / "order.pdf"
    path.write_text(PEPPOL)
    done = _inspect(str(path), "--json")
    assert done.exit_code == 0
    [order] = json.loads(done.stdout)["orders"]
    assert order["buyer"] == {
        "id": "8412345000013",
        "name": "Sol S.L.",
        "ids": [
            {"scheme": "0192", "id": "991825827"},
            {"scheme": "gln", "id": "8412345000013"},
            {"scheme": "vat", "id": "ESB12345674"},
        ],
    }
    assert (order["document"], order["customer_ref"]) == ("order", "PEP-1")
    assert (order["ordered_on"], order["requested_on"]) == ("2026-01-05", "2026-02-10")
    assert (order["currency"], order["total"]) == ("EUR", "121.00")
    [line] = order["lines"]
    assert (line["quantity"], line["unit"], line["price"]) == ("200", "C62", "0.50")


def test_the_element_of_a_document_that_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "order.xml"
    path.write_text(PEPPOL.replace(">200<", ">many<"))
    done = _inspect(str(path))
    assert done.exit_code == 1
    assert "order.xml, row 46, OrderLine[1]/LineItem/Quantity: Quantity is no" in (
        done.stdout
    )


def test_a_cancellation_is_shown_without_lines(tmp_path: Path) -> None:
    path = tmp_path / "order.xml"
    path.write_bytes(a_ubl_cancellation())
    done = _inspect(str(path))
    assert done.exit_code == 0
    assert "cancellation of PEP-1 of 8412345000013: 0 lines" in done.stdout


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ("UBL-Order-2.1-Example.xml", ("Johnssons byggvaror", "34", "SEK", 6225, 50)),
        ("order-x-basic.xml", ("BUYER_NAME", "PO123456789", "EUR", 360, 10)),
        ("order-x-comfort.xml", ("BUYER_NAME", "PO123456789", "EUR", 360, 10)),
    ],
)
def test_samples_give_buyer_reference_dates_lines_and_total(
    shared_data: Path, sample: str, told: tuple[object, ...]
) -> None:
    done = _inspect(str(shared_data / "orders" / sample), "--json")
    assert done.exit_code == 0
    [order] = json.loads(done.stdout)["orders"]
    assert told == (
        order["buyer"]["name"],
        order["customer_ref"],
        order["currency"],
        Decimal(order["total"]),
        Decimal(order["lines"][0]["price"]),
    )
    assert order["ordered_on"] and order["requested_on"]
    assert all(line["quantity"] and line["unit"] for line in order["lines"])


def test_what_cannot_be_opened_or_mapped_ends_two(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(a_file(a_row()))
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[columns]\nnothing = 'x'\n")
    assert _inspect(str(tmp_path)).exit_code == 2
    assert _inspect(str(tmp_path / "absent.csv")).exit_code == 2
    done = _inspect(str(path), "--mapping", str(wrong))
    assert done.exit_code == 2
    assert "columns.nothing" in done.stderr
