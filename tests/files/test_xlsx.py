"""A workbook says what a person sees in it, to the cent and the day, or is refused."""

from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from adv_domain.files.cells import Formats, NumberFormat
from adv_domain.files.mapping import OWN, read_mapping
from adv_domain.files.order_rows import read_orders
from adv_domain.files.text import FileRefused
from adv_domain.files.xlsx import column_letters, xlsx_table
from adv_domain.rules.orders.incoming import IncomingOrder
from tests.files.order_samples import a_file, a_row, a_source, codes, read
from tests.files.workbooks import (
    HEADER,
    a_workbook,
    cells_of,
    packed,
    saved,
    sheet_xml,
    text_row,
)

TYPED = {
    "ordered_on": date(2024, 5, 2),
    "requested_on": datetime(2024, 5, 20, 14, 30),
    "line": 1,
    "quantity": 3,
    "price": 9.8,
    "discount_percent": 10,
}


def _table(data: bytes, formats: Formats | None = None) -> list[list[str]]:
    table = xlsx_table("f.xlsx", data, formats=formats or Formats())
    return [row[1] for row in table.records() if isinstance(row, tuple)]


def _order(data: bytes) -> IncomingOrder:
    [found] = read(data)
    assert found.order is not None, found.faults
    return found.order


def test_typed_cells_give_the_same_order_as_a_csv_of_texts() -> None:
    [from_csv] = read(a_file(a_row()))
    typed, texts = a_workbook(cells_of(**TYPED)), a_workbook(cells_of())
    for order in (_order(typed), _order(texts)):
        assert order == from_csv.order


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("0.1", "0.1"),
        ("0.10000000000000001", "0.1"),
        ("9.8000000000000007", "9.8"),
        ("0.30000000000000004", "0.3"),
        ("1234567.8899999999", "1234567.89"),
        ("5.0", "5"),
        ("1E-3", "0.001"),
        ("1.2E+3", "1200"),
        ("-2.5", "-2.5"),
        ("1234567890123456789", "1234567890123456789"),
        ("1.2345678901234567E+18", "1.23456789012346E+18"),
        ("NaN", "NaN"),
        ("1e999999999", "1e999999999"),
        ("0", "0"),
    ],
)
def test_number_is_what_the_spreadsheet_shows_without_noise(
    stored: str, shown: str
) -> None:
    rows = text_row("a") + f"<row><c><v>{stored}</v></c></row>"
    assert _table(packed(sheet_xml(rows))) == [[shown]]


def test_typed_numbers_and_dates_are_written_as_the_mapping_reads_them() -> None:
    mapping = read_mapping(
        b'[formats]\ndate = ["%d/%m/%Y %H:%M %z", "%d.%m.%Y"]\n'
        b'numbers = ["1.234,56", "1234.56"]\n',
        name="m.toml",
    )
    [found] = read(a_workbook(cells_of(**TYPED)), mapping)
    assert found.order is not None, found.faults
    assert found.order.header.ordered_on == date(2024, 5, 2)
    assert found.order.lines[0].unit_price == Decimal("9.8")


def test_per_cent_cell_is_that_share_whatever_the_mapping_says_of_texts() -> None:
    def as_percent(page: Worksheet) -> None:
        page.cell(2, HEADER.index("discount_percent") + 1).number_format = "0.0%"

    data = a_workbook(cells_of(discount_percent=0.125), change=as_percent)
    for percent in ("percent", "fraction"):
        text = f'[formats]\npercent = "{percent}"'
        [found] = read(data, read_mapping(text.encode(), name="m"))
        assert found.order is not None, found.faults
        assert found.order.lines[0].discount_rate == Decimal("0.125")


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ("dd/mm/yyyy", "2024-05-02"),
        ('[$-40A]d" de "mmmm" de "yyyy', "2024-05-02"),
        ("yyyy-mm-dd hh:mm", "2024-05-02"),
        ("mmm yy", "2024-05-02"),
        ("General", "45414"),
        ('0.00" dh"', "45414"),
        ("[Red]0.00", "45414"),
        (r"0\d", "45414"),
        ("0.00E+00", "45414"),
    ],
)
def test_only_a_date_format_makes_a_number_a_date(
    number_format: str, shown: str
) -> None:
    def formatted(page: Worksheet) -> None:
        page.cell(2, 1).number_format = number_format

    assert _table(a_workbook([45414], header=["a"], change=formatted)) == [[shown]]


def test_dates_of_1904_times_and_words_for_yes() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    page = book.active
    assert isinstance(page, Worksheet)
    page.append(["day", "hour", "flag", "no"])
    page.append([date(2024, 5, 2), time(8, 30), True, False])
    assert _table(saved(book)) == [["2024-05-02", "8:30:00", "yes", "no"]]


def test_day_60_of_1900_which_never_was_is_no_date() -> None:
    rows = text_row("a") + '<row><c s="1"><v>60</v></c></row>'
    assert _table(packed(sheet_xml(rows))) == [["60"]]
    iso = text_row("a") + '<row><c t="d"><v>2024-05-02T10:00:00</v></c></row>'
    assert _table(packed(sheet_xml(iso))) == [["2024-05-02"]]


def test_rich_and_spoken_texts_and_signs_that_xml_cannot_hold() -> None:
    run = "<is><r><t>ri</t></r><r><t>ch</t></r><rPh><t>spoken</t></rPh></is>"
    rows = (
        text_row("a", "b")
        + f'<row><c t="inlineStr">{run}</c>'
        + '<c t="inlineStr"><is><t>x_x000D_y_x005F_x</t></is></c></row>'
    )
    assert _table(packed(sheet_xml(rows))) == [["rich", "x\ry_x"]]


def test_value_of_a_formula_is_taken_and_one_without_is_a_fault() -> None:
    columns = "customer,customer_ref,product,quantity,price"
    head = text_row(*columns.split(","))

    def row(price: str) -> str:
        cells = "".join(
            f'<c t="inlineStr"><is><t>{each}</t></is></c>' for each in ("C1", "R1", "P")
        )
        return f"<row>{cells}<c><v>2</v></c>{price}</row>"

    good = packed(sheet_xml(head + row("<c><f>A1*2</f><v>4.5</v></c>")))
    assert _order(good).lines[0].unit_price == Decimal("4.5")
    for price, code in (
        ("<c><f>A1*2</f></c>", "formula"),
        ("<c><f>A1*2</f><v></v></c>", "formula"),
        ('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "formula_error"),
        ('<c t="e"><v>#N/A</v></c>', "formula_error"),
    ):
        found = read(packed(sheet_xml(head + row(price))))
        assert codes(found) == [(2, "price", code)]
    # a formula that gives no text leaves the cell empty, as one sees it
    empty = packed(sheet_xml(head + row('<c t="str"><f>""</f><v></v></c>')))
    assert _order(empty).lines[0].unit_price is None


def test_error_in_a_column_of_texts_is_a_fault_too() -> None:
    def failed(page: Worksheet) -> None:
        page["F2"] = "#N/A"
        page["F2"].data_type = "e"

    assert codes(read(a_workbook(cells_of(), change=failed))) == [
        (2, "product", "formula_error")
    ]


def test_a_long_number_that_lost_digits_is_no_reference() -> None:
    found = read(a_workbook(cells_of(customer_ref=1.2345678901234567e22)))
    assert codes(found) == [(2, "customer_ref", "shortened_number")]


def test_blank_and_title_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page["A1"] = "Orders of May"
    for row_no, row in ((4, HEADER), (7, cells_of()), (9, cells_of(quantity="x"))):
        for at, cell in enumerate(row, start=1):
            page.cell(row_no, at).value = cell
    page["A8"] = "   "
    assert codes(read(saved(book))) == [
        (9, "quantity", "not_a_number"),
        (7, "", "order_not_taken"),
    ]


def test_cells_merged_over_rows_count_on_each_of_them() -> None:
    def merged(page: Worksheet) -> None:
        for letter in ("A", "B", "C"):
            page.merge_cells(f"{letter}2:{letter}3")

    blank = cells_of(customer=None, customer_ref=None, ordered_on=None, line=2)
    order = _order(a_workbook(cells_of(), blank, change=merged))
    assert [line.line_no for line in order.lines] == [1, 2]
    assert order.header.ordered_on == date(2024, 5, 2)


def test_first_visible_sheet_with_content_is_read_or_the_named_one() -> None:
    book = openpyxl.Workbook()
    hidden, second, third = (
        book.create_sheet(name) for name in ("Lookup", "May", "June")
    )
    hidden.sheet_state = "hidden"
    for page, ref in ((hidden, "R0"), (second, "R1"), (third, "R2")):
        page.append(HEADER)
        page.append(cells_of(customer_ref=ref))
    source = a_source(saved(book))
    [found] = read_orders(source)
    assert found.order is not None
    assert found.order.header.customer_ref == "R1"
    [told] = source.warnings
    assert told.is_warning
    assert told.value == "June"
    named = read_mapping(b'[formats]\nsheet = "June"', name="m")
    [found] = read(saved(book), named)
    assert found.order is not None
    assert found.order.header.customer_ref == "R2"
    with pytest.raises(FileRefused, match=r"no sheet 'July'.*Lookup, May, June"):
        read(saved(book), read_mapping(b'[formats]\nsheet = "July"', name="m"))


def test_cells_without_a_column_name_are_told() -> None:
    source = a_source(a_workbook([*cells_of(), None, "call first"]))
    [told] = source.warnings
    assert (told.row, told.field, told.value) == (2, "M", "call first")
    assert [found.order is not None for found in read_orders(source)] == [True]


def test_column_letters_are_those_of_a_spreadsheet() -> None:
    shown = [column_letters(at) for at in (0, 25, 26, 701, 702, 16383)]
    assert shown == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_header_and_lines_may_be_a_workbook_and_a_csv() -> None:
    mapping = read_mapping(
        b'[columns]\ncustomer = "K"\ncustomer_ref = "N"\nproduct = "A"\n'
        b'quantity = "M"\n[join]\nfile = "lines.csv"\nkey = "N"\n',
        name="m",
    )
    head = a_workbook([1, "C1"], header=["N", "K"])
    source = a_source(head, mapping, joined=b"N;A;M\n1;P1;2\n1;P2;3\n")
    [found] = read_orders(source)
    assert found.order is not None
    assert len(found.order.lines) == 2


def test_formats_do_not_reach_into_texts() -> None:
    formats = Formats(numbers=(NumberFormat(",", "."),))
    data = a_workbook(["05012", 9.8, "1.234,50"], header=["a", "b", "c"])
    assert _table(data, formats) == [["05012", "9,8", "1.234,50"]]
    assert OWN.formats == Formats()
