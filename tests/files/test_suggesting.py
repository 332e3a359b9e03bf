"""A proposed mapping reads the file it was made for, says why, and writes nothing."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from adv_domain.files.columns import FIELDS
from adv_domain.files.mapping import read_mapping
from adv_domain.files.order_fields import HEADER_FIELDS, ORDER_COLUMNS
from adv_domain.files.sources import InputFile
from adv_domain.files.suggesting.looks import date_formats, number_formats
from adv_domain.files.suggesting.names import guess, plain
from adv_domain.files.suggesting.proposal import Proposal, Subject, proposal
from flows.cli import cli
from tests.files.order_samples import codes, read
from tests.files.test_shopify import _export, _first
from tests.files.workbooks import a_workbook, cells_of

ORDERS = Subject(
    "orders",
    FIELDS["orders"],
    key="customer_ref",
    of_order=tuple(field.name for field in HEADER_FIELDS),
)
SPANISH = """Nº Pedido;Cod. Cliente;Fecha Pedido;Fecha de entrega;Ref. Artículo;\
Descripción;Cantidad;Ud.;Precio Unit.;Dto.;Divisa;Observaciones;Nº interno
P-1;C1;13/05/2026;20/05/2026;A-1;Martillo;1.200;Uds;1.234,50;10;EUR;;7
P-1;C1;13/05/2026;20/05/2026;A-2;Clavos;3;Cajas;0,05;0;EUR;;8
P-2;C2;14/05/2026;21/05/2026;A-1;Martillo;1;Uds;9,80;0;EUR;llamar;9
Total;;;;;;1.204;;;;;;
"""
FRENCH = """Numéro de commande,Client,Date de commande,Code article,Désignation,Qté,\
Prix unitaire HT,Remise,Pays de livraison
1001,C1,2026-05-13,A-1,"Marteau, bleu",2,1234.50,0.1,Espagne
1001,C1,2026-05-13,A-2,Clous,3,0.05,0.05,Espagne
1002,C2,2026-05-14,A-1,Marteau,1,9.80,0,UK
"""
ENGLISH = """PurchaseOrderNo\tAccount\tOrder date\tSKU\tItem description\tQty\tUoM\t\
Unit price
77\tC1\t05/13/2026\tA-1\tHammer\t2\teach\t$1
"""


def _proposed(text: str, encoding: str = "utf-8") -> Proposal:
    return proposal(ORDERS, InputFile("f.csv", text.encode(encoding)))


def _read(text: str, found: Proposal, encoding: str = "utf-8"):
    mapping = read_mapping(found.text.encode(), name="m", fields=ORDER_COLUMNS)
    return mapping, read(text.encode(encoding), mapping)


def test_spanish_file_is_read_by_what_was_proposed() -> None:
    found = _proposed(SPANISH, "cp1252")
    mapping, orders = _read(SPANISH, found, "cp1252")
    assert codes(orders) == []
    assert [len(each.order.lines) for each in orders if each.order] == [2, 1]
    assert mapping.columns == {
        "customer_ref": "Nº Pedido",
        "customer": "Cod. Cliente",
        "ordered_on": "Fecha Pedido",
        "requested_on": "Fecha de entrega",
        "product": "Ref. Artículo",
        "description": "Descripción",
        "quantity": "Cantidad",
        "unit": "Ud.",
        "price": "Precio Unit.",
        "discount_percent": "Dto.",
        "currency": "Divisa",
        "instructions": "Observaciones",
    }
    assert mapping.formats.dates == ("%d/%m/%Y",)
    assert mapping.formats.delimiter == ";"
    assert mapping.formats.encoding == "cp1252"
    assert mapping.skip.starts_with == {"Nº Pedido": ("total",)}
    assert mapping.carry_down is None
    first = orders[0].order
    assert first is not None
    assert first.lines[0].qty * first.lines[0].unit_price == Decimal(1481400)
    assert [line.unit for line in first.lines] == ["PCE", "BX"]
    assert found.unused == ("Nº interno",)


def test_french_file_with_fractions_and_names_of_countries() -> None:
    found = _proposed(FRENCH)
    mapping, orders = _read(FRENCH, found)
    assert codes(orders) == []
    first = orders[0].order
    assert first is not None
    assert first.header.ship_to_country == "ES"
    assert orders[1].order and orders[1].order.header.ship_to_country == "GB"
    assert [line.discount_rate for line in first.lines] == [
        Decimal("0.1"),
        Decimal("0.05"),
    ]
    assert mapping.formats.percent == "fraction"
    assert 'percent = "fraction"  # check' in found.text
    assert 'customer_ref = "Numéro de commande"  # is French for it' in found.text


def test_what_is_needed_and_not_found_is_listed() -> None:
    found = _proposed("Foo;Cantidad\nx;3\n")
    assert found.missing == ("customer", "customer_ref", "product")
    assert "# Not found, and needed: customer, customer_ref, product." in found.text
    assert '# product = ""  # needed and not found' in found.text
    assert "# Columns that are not read: Foo" in found.text
    read_mapping(found.text.encode(), name="m", fields=ORDER_COLUMNS)


def test_name_that_fits_is_no_guess_where_the_cells_do_not() -> None:
    found = _proposed(ENGLISH)
    mapping, _ = _read(ENGLISH, found)
    assert mapping.columns["customer_ref"] == "PurchaseOrderNo"
    assert mapping.columns["unit"] == "UoM"
    assert mapping.formats.dates == ("%m/%d/%Y",)
    # "$1" is no number
    assert "price" not in mapping.columns


def test_format_that_is_not_sure_is_told() -> None:
    text = "Pedido;Cliente;Fecha;Articulo;Cantidad;Precio\n1;C;02/05/2026;A;1;1.234\n"
    found = _proposed(text)
    assert 'date = "%d/%m/%Y"  # check: %m/%d/%Y would fit all days as well' in (
        found.text
    )
    assert "# check: 1.234,56 would fit all numbers as well" in found.text


def test_values_on_the_first_row_only_are_carried_down() -> None:
    text = (
        "Pedido;Cliente;Fecha;Articulo;Cantidad\n"
        "1;C1;13/05/2026;A;1\n1;;;B;2\n;;;C;3\n2;C2;14/05/2026;A;1\n"
    )
    mapping, orders = _read(text, _proposed(text))
    assert mapping.carry_down is not None
    assert mapping.carry_down.columns == ("customer", "ordered_on")
    assert [len(each.order.lines) for each in orders if each.order] == [3, 1]


def test_workbook_needs_no_formats() -> None:
    data = a_workbook(
        *[cells_of(price=9.8, quantity=3)],
        header=[
            "Client",
            "Order",
            "Date",
            "Delivery date",
            "Line",
            "SKU",
            "Qty",
            "UoM",
            "Price",
            "Discount",
            "Currency",
        ],
    )
    found = proposal(ORDERS, InputFile("f.xlsx", data))
    mapping = read_mapping(found.text.encode(), name="m", fields=ORDER_COLUMNS)
    assert codes(read(data, mapping)) == []
    assert mapping.formats.sheet == "Orders"
    assert found.missing == ()


def test_export_of_a_shop_gets_the_mapping_that_is_shipped() -> None:
    data = _export(_first("#1"))
    found = proposal(ORDERS, InputFile("orders_export.csv", data))
    assert found.text.startswith("# The file has the columns of a shopify export.")
    mapping = read_mapping(found.text.encode(), name="m", fields=ORDER_COLUMNS)
    assert codes(read(data, mapping)) == []


def test_hostile_names_stay_in_their_quotes_and_comments() -> None:
    text = 'customer,"x\n[join]\nfile = ""/etc/passwd""",order\n1,2,3\n'
    found = _proposed(text)
    mapping = read_mapping(found.text.encode(), name="m", fields=ORDER_COLUMNS)
    assert mapping.join is None


@pytest.mark.parametrize("kind", FIELDS)
def test_our_own_columns_are_proposed_as_they_are(kind: str) -> None:
    fields = FIELDS[kind]
    header = ",".join(field.name for field in fields)
    data = f"{header}\n{',' * (len(fields) - 1)}\n".encode()
    found = proposal(Subject(kind, fields), InputFile("f.csv", data))
    mapping = read_mapping(found.text.encode(), name="m")
    assert mapping.columns == {field.name: field.name for field in fields}
    assert (found.missing, found.unused) == ((), ())


def test_northwind_customers_get_the_shipped_mapping(shared_data: Path) -> None:
    file = shared_data / "northwind" / "customers.csv"
    subject = Subject("customers", FIELDS["customers"])
    found = proposal(subject, InputFile(file.name, file.read_bytes()))
    assert "northwind export" in found.text


def test_names_are_compared_by_their_words() -> None:
    assert plain("N° de Commande") == "no commande"
    assert plain("OrderDate") == "order date"
    assert plain("Référence") == "ref"
    assert guess("orders", "price", "Total price").score == 0
    assert guess("orders", "quantity", "Quantiti").score > 0.8


def test_formats_are_the_fewest_that_fit_all() -> None:
    assert date_formats(["13/05/2026", "2026-05-14", ""]).chosen == (
        "%Y-%m-%d",
        "%d/%m/%Y",
    )
    assert number_formats(["1.234,50", "9,8"]).chosen == ("1.234,56",)
    assert number_formats(["1 234,50", "9,8"]).chosen == ("1 234,56",)
    assert date_formats([]).chosen == ()


def test_the_command_prints_the_mapping_and_needs_no_home(tmp_path: Path) -> None:
    path = tmp_path / "pedidos.csv"
    path.write_bytes(SPANISH.encode())
    before = sorted(tmp_path.rglob("*"))
    where = ["--home", str(tmp_path / "none"), "import", "orders"]
    told = CliRunner().invoke(cli, [*where, str(path), "--suggest-mapping"])
    assert told.exit_code == 0, told.output
    mapping = read_mapping(told.stdout.encode(), name="m", fields=ORDER_COLUMNS)
    assert mapping.columns["customer_ref"] == "Nº Pedido"
    told = CliRunner().invoke(cli, [*where, str(path), "--suggest-mapping", "--json"])
    assert json.loads(told.stdout)["unused"] == ["Nº interno"]
    assert sorted(tmp_path.rglob("*")) == before
    path.write_bytes(b"%PDF-1.7")
    told = CliRunner().invoke(cli, [*where, str(path), "--suggest-mapping"])
    assert (told.exit_code, "is a PDF file" in told.stderr) == (1, True)
    told = CliRunner().invoke(cli, [*where, str(tmp_path), "--suggest-mapping"])
    assert told.exit_code == 2
