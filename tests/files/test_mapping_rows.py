"""A mapping reads a partner's rows as he means them: several formats, totals passed
over, values that stand once carried down, and what is left out is told."""

from datetime import date
from decimal import Decimal

import pytest

from adv_domain.files.mapping import Mapping, read_mapping
from adv_domain.files.order_fields import ORDER_COLUMNS
from adv_domain.files.order_rows import read_orders
from adv_domain.files.text import FileRefused
from tests.files.order_samples import a_source, codes, read

HEAD = "Nr;Kunde;Datum;Artikel;Menge;Preis;Land\n"


def _mapping(more: str = "", columns: str = "") -> Mapping:
    text = f"""
[columns]
customer = "Kunde"
customer_ref = "Nr"
ordered_on = "Datum"
product = "Artikel"
quantity = "Menge"
price = "Preis"
ship_to_country = "Land"
{columns}
{more}
"""
    return read_mapping(text.encode(), name="m.toml", fields=ORDER_COLUMNS)


SEVERAL = _mapping(
    '[formats]\ndate = ["%d/%m/%Y", "%Y-%m-%d"]\nnumbers = ["1.234,56", "1234.56"]'
)


@pytest.mark.parametrize(
    ("day", "price", "ordered_on", "unit_price"),
    [
        ("02/03/2026", "1.234,5", date(2026, 3, 2), "1234.5"),
        ("2026-03-02", "1234.5", date(2026, 3, 2), "1234.5"),
        # both formats fit: the first stated counts, whatever the rest of the file says
        ("2026-03-02", "1.234", date(2026, 3, 2), "1234"),
    ],
)
def test_several_formats_are_tried_in_the_stated_order(
    day: str, price: str, ordered_on: date, unit_price: str
) -> None:
    [found] = read(f"{HEAD}1;C1;{day};P;1;{price};ES\n".encode(), SEVERAL)
    assert found.order is not None, found.faults
    assert found.order.header.ordered_on == ordered_on
    assert found.order.lines[0].unit_price == Decimal(unit_price)


def test_what_fits_none_of_the_formats_is_a_fault_that_names_them() -> None:
    [found] = read(f"{HEAD}1;C1;03-02-2026;P;1;1 234,5;ES\n".encode(), SEVERAL)
    by_field = {fault.field: fault for fault in found.faults}
    assert "%d/%m/%Y or %Y-%m-%d" in by_field["ordered_on"].message
    assert "',' before the decimals and '.' between" in by_field["price"].message


def test_codes_are_translated_whatever_their_case() -> None:
    mapping = _mapping(
        '[values.ship_to_country]\nSpanien = "ES"\n"Côte d\'Ivoire" = "CI"\n'
    )
    rows = "1;C1;;P;1;;SPANIEN\n2;C1;;P;1;;CÔTE D'IVOIRE\n3;C1;;P;1;;fr\n"
    found = read((HEAD + rows).encode(), mapping)
    countries = [each.order.header.ship_to_country for each in found if each.order]
    assert countries == ["ES", "CI", "FR"]


def test_vat_categories_and_units_of_products_are_translated() -> None:
    from adv_domain.files.file_kind import read_records
    from adv_domain.files.kinds import PRODUCTS
    from adv_domain.files.sources import InputFile, row_source

    text = (
        b'[columns]\ncode = "Art"\nname = "Name"\ntax_class = "TVA"\nunit = "U"\n'
        b'[values.tax_class]\nTR = "reduced"\nTN = "standard"\n'
        b'[values.unit]\n"pi\xc3\xa8ce" = "PCE"\n'
    )
    mapping = read_mapping(text, name="m", fields=PRODUCTS.columns)
    data = "Art,Name,TVA,U\nA,a,tr,Pièce\nB,b,TN,KGM\n".encode()
    source = row_source(InputFile("p.csv", data), PRODUCTS.fields, mapping)
    records = [record for _, record, _ in read_records(PRODUCTS, source) if record]
    shown = [(record.tax_class, record.unit) for record in records]  # type: ignore[union-attr]  # products
    assert shown == [("reduced", "PCE"), ("standard", "KGM")]


@pytest.mark.parametrize("column", ["customer_ref", "Nr", "Bemerkung"])
def test_total_rows_are_passed_over_by_the_word_they_begin_with(column: str) -> None:
    mapping = _mapping(f'[skip.starts_with]\n{column} = ["total", "Zwischen"]\n')
    data = (
        "Nr;Kunde;Datum;Artikel;Menge;Preis;Land;Bemerkung\n"
        "1;C1;;P;1;;ES;\n"
        "TOTAL;;;;1;;;Total 1\n"
        "2;C1;;P;1;;ES;\n"
        "Zwischensumme;;;;2;;;zwischen 2\n"
    )
    found = read(data.encode(), mapping)
    assert codes(found) == []
    assert [each.rows for each in found] == [(2,), (4,)]


def test_condition_on_a_column_that_is_not_there_refuses_the_file() -> None:
    mapping = _mapping('[skip.starts_with]\nSumme = "Total"\n')
    with pytest.raises(FileRefused, match=r"'Summe', which .* skip\.starts_with"):
        read(f"{HEAD}1;C1;;P;1;;ES\n".encode(), mapping)


def test_row_left_out_for_what_it_says_is_told_and_not_counted() -> None:
    mapping = _mapping('[skip.when_filled]\nStorno = "was cancelled"\n')
    head = HEAD.strip() + ";Storno\n"
    found = read(f"{head}1;C1;;P;1;;ES;2026-03-02\n2;C1;;P;1;;ES;\n".encode(), mapping)
    [fault] = found[0].faults
    assert (fault.row, fault.field, fault.value) == (2, "Storno", "2026-03-02")
    assert fault.is_warning
    assert (found[0].order, found[0].rows) == (None, ())
    assert found[1].order is not None


def test_value_that_nobody_reads_is_told_where_it_is_not_nought() -> None:
    mapping = _mapping('[tell]\nFracht = "is not taken; add a line"\nAbsent = "x"\n')
    head = HEAD.strip() + ";Fracht\n"
    data = f"{head}1;C1;;P;1;;ES;4,90\n2;C1;;P;1;;ES;0,00\n3;C1;;P;1;;ES;\n"
    found = read(data.encode(), mapping)
    assert codes(found) == [(2, "Fracht", "not_taken")]
    assert sum(each.order is not None for each in found) == 3


CARRIED = _mapping(
    '[carry_down]\nkey = "customer_ref"\n'
    'columns = ["customer", "ordered_on", "ship_to_country"]\n'
)


def test_values_of_the_first_row_are_carried_down_within_their_order_only() -> None:
    data = HEAD + (
        "1;C1;2026-03-02;P1;1;;ES\n1;;;P2;2;;\n;;;P3;3;;\n2;C2;;P1;1;;FR\n2;;;P2;1;;\n"
    )
    first, second = read(data.encode(), CARRIED)
    assert first.order is not None
    assert second.order is not None
    assert [line.product for line in first.order.lines] == ["P1", "P2", "P3"]
    # order 2 says no date: it does not take that of order 1
    assert second.order.header.ordered_on is None
    assert second.order.header.ship_to_country == "FR"


def test_below_a_broken_row_nothing_is_carried_on() -> None:
    data = HEAD + "1;C1;;P1;1;;ES\n;;;P;2;;;;;\n;;;P3;3;;\n2;C2;;P1;1;;FR\n;;;P2;1;;\n"
    found = read(data.encode(), CARRIED)
    assert [each.order is not None for each in found] == [False, False, False, True]
    [taken] = [each.order for each in found if each.order]
    assert taken.header.customer_ref == "2"
    assert {fault.row for each in found for fault in each.faults} == {2, 3, 4}
    assert sum(len(each.rows) for each in found) == 5


def test_a_column_may_be_put_together_from_several() -> None:
    mapping = _mapping(columns='ship_to_address = ["Strasse", "PLZ", "Ort"]')
    head = HEAD.strip() + ";Strasse;PLZ;Ort\n"
    [found] = read(f"{head}1;C1;;P;1;;DE;Weg 1;;Ulm\n".encode(), mapping)
    assert found.order is not None
    assert found.order.header.ship_to_address == "Weg 1, Ulm"
    with pytest.raises(FileRefused, match="no column 'Ort'"):
        read((HEAD.strip() + ";Strasse;PLZ\n").encode(), mapping)


def test_a_title_above_the_header_is_passed_over() -> None:
    data = f"Bestellungen;;;;;;\n\n{HEAD}1;C1;;P;1;;ES\n"
    [found] = read_orders(a_source(data.encode(), _mapping()))
    assert found.order is not None
    assert found.rows == (4,)
