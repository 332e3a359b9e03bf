"""An order written by us is read back equal, whatever it says and however packed."""

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from adv_domain.files import xlsx_out
from adv_domain.files.mapping import OWN, Mapping, read_mapping
from adv_domain.files.order_fields import ORDER_COLUMNS
from adv_domain.files.orders_out import WithoutLines, orders_csv, orders_xlsx
from adv_domain.files.spreadsheet_text import unescaped
from adv_domain.files.xlsx_out import TooManyRows, xlsx_bytes
from adv_domain.rules.orders.incoming import IncomingOrder
from adv_domain.rules.orders.order_content import incoming_order
from tests.files.order_samples import a_file, a_row, codes, read
from tests.files.order_strategies import several


def _plain(order: IncomingOrder) -> IncomingOrder:
    """Return the order without what depends on the file it stood in."""
    lines = tuple(
        replace(line, source_row=0, price_base_qty=Decimal(1)) for line in order.lines
    )
    return replace(order, lines=lines, source_row=0)


def _same(data: bytes, orders: Sequence[IncomingOrder], mapping: Mapping = OWN) -> None:
    found = read(data, mapping)
    assert codes(found) == []
    taken = [each.order for each in found if each.order]
    assert [_plain(each) for each in taken] == [_plain(each) for each in orders]
    assert [each.content_hash for each in taken] == [
        each.content_hash for each in orders
    ]


@settings(max_examples=80, deadline=None)
@given(several())
def test_row_8_orders_written_as_csv_are_read_back_equal(
    orders: list[IncomingOrder],
) -> None:
    _same(orders_csv(orders), orders)


@settings(max_examples=50, deadline=None)
@given(several())
def test_row_8_orders_written_as_a_workbook_are_read_back_equal(
    orders: list[IncomingOrder],
) -> None:
    data = orders_xlsx(orders)
    _same(data, orders)
    assert data == orders_xlsx(orders)


def _order() -> IncomingOrder:
    [found] = read(a_file(a_row(), a_row(line=2, requested_on="2024-05-10")))
    assert found.order is not None
    return found.order


def test_another_program_reads_the_workbook_as_numbers_days_and_texts() -> None:
    [page] = openpyxl.load_workbook(io.BytesIO(orders_xlsx([_order()]))).worksheets
    assert isinstance(page, Worksheet)
    names, first, _ = page.iter_rows(values_only=True)
    values = dict(zip(names, first, strict=True))
    assert page.title == "Orders"
    assert str(values["ordered_on"]) == "2024-05-02 00:00:00"
    assert (values["price"], values["quantity"]) == (9.8, 3)
    assert (values["customer"], values["description"]) == ("C1", None)
    assert page["A1"].font.bold


def test_columns_that_say_nothing_are_left_out() -> None:
    [header, *_] = orders_csv([_order()]).decode("utf-8-sig").splitlines()
    assert header == (
        "customer,customer_ref,ordered_on,requested_on,currency,line,product,"
        "description,quantity,unit,price,discount_percent"
    )
    [header, *_] = orders_csv([]).decode("utf-8-sig").splitlines()
    assert header.startswith("customer,customer_ref")


def test_what_cannot_be_a_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    order = _order()
    empty = incoming_order(order.header, [], lines_are_numbered=False, source_row=1)
    for write in (orders_csv, orders_xlsx):
        with pytest.raises(WithoutLines, match="R1 has no lines"):
            write([empty])
    monkeypatch.setattr(xlsx_out, "MOST_ROWS", 2)
    with pytest.raises(TooManyRows):
        xlsx_bytes(["a"], [[1], [2], [3]], sheet="x")


@dataclass(frozen=True, slots=True)
class Partner:
    """How a partner writes his files."""

    delimiter: str
    encoding: str
    decimal: str
    thousands: str
    day: str
    line_end: str


PARTNERS = st.builds(
    Partner,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-15"]),
    decimal=st.sampled_from(".,"),
    thousands=st.sampled_from(["", " ", "'"]),
    day=st.sampled_from(["%d/%m/%Y", "%Y%m%d", "%d.%m.%Y"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
# Letters that every one of the encodings has. Signs below À would, after one of these,
# be UTF-8 by chance, which no reader can tell.
COMMON = st.characters(
    codec="iso-8859-15", categories=("L", "N", "P", "Zs"), exclude_characters="\xa0"
).filter(lambda sign: sign < "\x80" or sign >= "À")
_THEIRS = {name: f"Ihr {name} ñ" for name in ORDER_COLUMNS}


def _their_file(orders: Sequence[IncomingOrder], how: Partner, seed: int) -> bytes:
    """Write our CSV anew as the partner does, with rows and columns in any order."""
    ours = csv.reader(io.StringIO(orders_csv(orders).decode("utf-8-sig"), newline=""))
    names, *rows = ours
    places = list(range(len(names)))
    shuffle = random.Random(seed)
    shuffle.shuffle(places)
    shuffle.shuffle(rows)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=how.delimiter, lineterminator=how.line_end)
    writer.writerow([_THEIRS[names[at]] for at in places])
    codes = _codes(orders)
    for row in rows:
        unit = names.index("unit")
        row[unit] = codes.get(unescaped(row[unit]), "")
        writer.writerow([_their_cell(names[at], row[at], how) for at in places])
    return stream.getvalue().encode(how.encoding)


_NUMBERS = "quantity price discount_percent prepaid document_total vat_percent".split()
_DAYS = "ordered_on requested_on deliver_from deliver_until".split()


def _codes(orders: Sequence[IncomingOrder]) -> dict[str, str]:
    """Return the partner's code of each unit."""
    units = {line.unit for order in orders for line in order.lines if line.unit}
    return {unit: f"Einh. {at}" for at, unit in enumerate(sorted(units))}


def _their_cell(name: str, cell: str, how: Partner) -> str:
    if cell and name in _DAYS:
        year, month, day = cell.split("-")
        form = how.day.replace("%Y", year).replace("%m", month)
        return form.replace("%d", day)
    if cell and name in _NUMBERS:
        grouped = f"{Decimal(cell):,f}".replace(",", "T").replace(".", how.decimal)
        return grouped.replace("T", how.thousands)
    return cell


def _their_mapping(orders: Sequence[IncomingOrder], how: Partner) -> Mapping:
    number = f"1{how.thousands}234{how.decimal}56"
    text = f'[formats]\ndate = "{how.day}"\nnumbers = ["{number}"]\n'
    if how.encoding in ("cp1252", "iso-8859-15"):
        text += f'encoding = "{how.encoding}"\n'
    used = orders_csv(orders).decode("utf-8-sig").splitlines()[0].split(",")
    columns = "\n".join(f'{name} = "{_THEIRS[name]}"' for name in used)
    mapping = read_mapping(
        f"{text}[columns]\n{columns}\n".encode(), name="m", fields=ORDER_COLUMNS
    )
    values = {code.casefold(): unit for unit, code in _codes(orders).items()}
    return replace(mapping, values={"unit": values})


@settings(max_examples=100, deadline=None)
@given(several(COMMON), PARTNERS, st.integers(0, 10**6))
def test_orders_in_a_partners_own_form_are_read_equal(
    orders: list[IncomingOrder], how: Partner, seed: int
) -> None:
    data = _their_file(orders, how, seed)
    found = read(data, _their_mapping(orders, how))
    assert codes(found) == []
    hashes = {each.order.content_hash for each in found if each.order}
    assert hashes == {order.content_hash for order in orders}
