"""Table files as partners send them: good in every guise, and broken or hostile.

Every good file says the same two orders, GOOD_REFS; of a bad one it is stated which
fault it has and which orders may still be taken of it.
"""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from openpyxl.worksheet.worksheet import Worksheet

from tests.files.order_samples import COLUMNS, a_file, a_row
from tests.files.workbooks import (
    HEADER,
    MAIN,
    PARTS,
    a_workbook,
    cells_of,
    packed,
    sheet_xml,
    text_row,
)

GOOD_REFS = ("R1", "R2")
ROWS = (
    a_row(),
    a_row(line=2, product="P2", quantity="2.5", price="0.05", discount_percent="0"),
    a_row(customer_ref="R2", product="Nägel €"),
)
GOOD = a_file(*ROWS)
GOOD_TEXT = GOOD.decode()


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file, its mapping, and what must become of it."""

    make: Callable[[], bytes]
    code: str = ""
    refs: tuple[str, ...] = GOOD_REFS
    name: str = "orders.csv"
    mapping: str = ""
    beside: dict[str, bytes] = field(default_factory=dict)


def _good(data: bytes, **more: object) -> TableFile:
    return TableFile(lambda: data, **more)  # type: ignore[arg-type]  # by name


def _delimited(delimiter: str) -> str:
    return GOOD_TEXT.replace(",", delimiter)


def _typed(*, change: Callable[[Worksheet], object] = lambda _: None) -> bytes:
    rows = [list(row.split(",")) for row in ROWS]
    for row in rows:
        for at, name in enumerate(HEADER):
            cell = row[at]
            if name in ("line", "quantity", "price", "discount_percent"):
                row[at] = float(cell) if "." in cell else int(cell)  # type: ignore[call-overload]  # a number
            elif name.endswith("_on"):
                row[at] = date.fromisoformat(cell)  # type: ignore[call-overload]  # a day
    return a_workbook(*rows, change=change)


def _merged(page: Worksheet) -> None:
    for at, name in enumerate(HEADER, start=1):
        if name in ("customer", "customer_ref", "ordered_on", "currency"):
            page.merge_cells(start_row=2, end_row=3, start_column=at, end_column=at)


def _titled(page: Worksheet) -> None:
    page.insert_rows(1, amount=3)
    page["A1"] = "Orders of May"


def _partners(*extra: str) -> str:
    """Return the good orders as a German partner writes them."""
    lines = ["Kunde;Nr;Datum;Wunsch;Pos;Artikel;Menge;Einheit;Preis;Rabatt;Waehrung"]
    for row in ROWS:
        cells = row.split(",")
        for at in (2, 3):
            year, month, day = cells[at].split("-")
            cells[at] = f"{day}.{month}.{year}"
        for at in (6, 8, 9):
            cells[at] = cells[at].replace(".", ",")
        lines.append(";".join(cells))
    return "\n".join((*lines, *extra, ""))


PARTNERS = """
[columns]
customer = "Kunde"
customer_ref = "Nr"
ordered_on = "Datum"
requested_on = "Wunsch"
line = "Pos"
product = "Artikel"
quantity = "Menge"
unit = "Einheit"
price = "Preis"
discount_percent = "Rabatt"
currency = "Waehrung"
[formats]
date = "%d.%m.%Y"
decimal = ","
encoding = "iso-8859-15"
"""
_JOIN = """
[join]
file = "lines.csv"
key = "customer_ref"
"""
_HEADS = "customer,customer_ref,ordered_on,requested_on,currency\n" + "".join(
    f"C1,{ref},2024-05-02,2024-05-20,EUR\n" for ref in GOOD_REFS
)
_LINES = "customer_ref,line,product,quantity,unit,price,discount_percent\n" + "".join(
    ",".join(row.split(",")[at] for at in (1, 4, 5, 6, 7, 8, 9)) + "\n" for row in ROWS
)
_ONCE = (
    GOOD_TEXT.replace(a_row()[:30], a_row()[:30], 1)
    .replace("C1,R1,2024-05-02,2024-05-20,2", ",,,,2")
    .replace("P2,2.5,PCE,0.05,0,EUR", "P2,2.5,PCE,0.05,0,")
)

GOOD_FILES = {
    "comma": _good(GOOD),
    "semicolon with mark": _good(_delimited(";").encode("utf-8-sig")),
    "tab in utf-16": _good(_delimited("\t").encode("utf-16")),
    "bar in big-endian utf-16": _good(
        b"\xfe\xff" + _delimited("|").encode("utf-16-be")
    ),
    "cp1252": _good(_delimited(";").encode("cp1252")),
    "iso-8859-15 by mapping": _good(
        _partners().encode("iso-8859-15"), mapping=PARTNERS
    ),
    "carriage returns only": _good(GOOD.replace(b"\n", b"\r")),
    "mixed line ends": _good(GOOD.replace(b"\n", b"\r\n", 1).replace(b"\n", b"\r", 2)),
    "no last line end": _good(GOOD.rstrip()),
    "blank rows and blank cells": _good(
        GOOD.replace(b"\n", b"\n\r\n   \n" + b"," * COLUMNS.count(",") + b"\n")
    ),
    "all quoted": _good(
        "\n".join(
            ",".join(f'"{cell}"' for cell in line.split(","))
            for line in GOOD_TEXT.splitlines()
        ).encode()
    ),
    "columns in another order": _good(
        "\n".join(
            ",".join(reversed(line.split(","))) for line in GOOD_TEXT.splitlines()
        ).encode()
    ),
    "a hint of the separator above": _good(b"sep=;\n" + _delimited(";").encode()),
    "codes kept as text by a formula": _good(GOOD.replace(b",P2,", b',"=""P2""",')),
    "total rows": _good(
        _partners("Summe;;;;;;5,5;;;;").encode("iso-8859-15"),
        mapping=PARTNERS + '[skip.starts_with]\ncustomer = "summe"\n',
    ),
    "header and lines apart": _good(
        _HEADS.encode(), mapping=_JOIN, beside={"lines.csv": _LINES.encode()}
    ),
    "values on the first line only": _good(
        _ONCE.encode(),
        mapping='[carry_down]\nkey = "customer_ref"\ncolumns = ["customer", '
        '"ordered_on", "requested_on", "currency"]\n',
    ),
    "workbook": TableFile(_typed, name="orders.xlsx"),
    "workbook named csv": TableFile(_typed),
    "workbook with merged cells": TableFile(
        lambda: _typed(change=_merged), name="merged.xlsx"
    ),
    "workbook with a title": TableFile(
        lambda: _typed(change=_titled), name="title.xlsx"
    ),
}


def _rows(*rows: str) -> Callable[[], bytes]:
    return lambda: a_file(*rows)


_BAD = a_row(customer_ref="R9", line=1)


def _bad(code: str, **changes: object) -> TableFile:
    """Return a file of the good orders and one with a wrong value."""
    row = a_row(customer_ref="R9")
    changed = a_row(**({"customer_ref": "R9"} | changes))
    assert changed != row
    return TableFile(_rows(*ROWS, changed), code)


def _refused(data: bytes, code: str, **more: object) -> TableFile:
    return TableFile(lambda: data, code, (), **more)  # type: ignore[arg-type]  # by name


def _bomb() -> bytes:
    """Return a workbook of few bytes whose sheet unpacks to 300 MB."""
    piece = b" " * 1_000_000
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for _ in range(300):
                sheet.write(piece)
    return stream.getvalue()


def _lying() -> bytes:
    """Return a workbook whose sheet unpacks to more than its header says."""
    data = packed(sheet_xml(text_row(*HEADER) * 2000))
    archive = zipfile.ZipFile(io.BytesIO(data))
    size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return data.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def _zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def _sheet(rows: str) -> bytes:
    return packed(sheet_xml(text_row(*HEADER) + rows))


def _order_in_xml(**cells: str) -> str:
    """Return the row of an order with these cells as they stand in the XML."""
    found = []
    for name, value in zip(HEADER, cells_of(), strict=True):
        text = f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        found.append(cells.get(name, text))
    return f"<row>{''.join(found)}</row>"


_DOCTYPE = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM '
_DOCTYPE += '"file:///etc/passwd">]>'
_MACROS = PARTS["[Content_Types].xml"].replace(
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
    "vnd.ms-excel.sheet.macroEnabled.main",
)
XLSX = "orders.xlsx"

WHOLE_FILES = {
    "empty": _refused(b"", "empty_file"),
    "blank": _refused(b" \r\n\t\n", "empty_file"),
    "only a mark": _refused(b"\xff\xfe", "empty_file"),
    "one column": _refused(b"customer\nC1\nC2\n", "missing_column"),
    "prose": _refused(b"Dear all,\nplease find attached\n", "missing_column"),
    "nul bytes": _refused(GOOD.replace(b"P2", b"P\x002"), "binary_file"),
    "utf-16 without mark": _refused(GOOD_TEXT.encode("utf-16-le"), "binary_file"),
    "picture": _refused(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary_file"),
    "no known encoding": _refused(
        GOOD_TEXT.encode("cp1252").replace(b"P2", b"P\x81"), "wrong_encoding"
    ),
    "cut off within a sign": _refused(
        GOOD + a_row(product="ñ").encode()[:-20][:-1] + b"\xc3", "broken_encoding"
    ),
    "utf-8 with a stray byte": _refused(
        GOOD.replace(b"R2", b"R\xe9", 1), "broken_encoding"
    ),
    "column twice": _refused(
        a_file(a_row() + ",R7", header=COLUMNS + ",Customer_Ref"), "repeated_column"
    ),
    "no header": _refused(a_file(*ROWS, header=""), "missing_column"),
    "a million columns": _refused(b"x," * 1_000_000 + b"\n", "too_many_columns"),
    "old excel": _refused(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "unsupported_format"
    ),
    "pdf": _refused(b"%PDF-1.7\n", "not_pdf"),
    "zip of a csv": _refused(_zipped("orders.csv", GOOD), "unsupported_format"),
    "zip with a path": _refused(_zipped("../../x.csv", GOOD), "unsupported_format"),
    "not really a workbook": _refused(
        b"PK\x03\x04" + GOOD, "unsupported_format", name=XLSX
    ),
    "workbook cut off": TableFile(
        lambda: _typed()[:-400], "unsupported_format", (), name=XLSX
    ),
    "workbook cut off in the middle": TableFile(
        lambda: _typed()[:2000], "unsupported_format", (), name=XLSX
    ),
    "workbook with a changed byte": TableFile(
        lambda: _flipped(_typed()), "broken_workbook", (), name=XLSX
    ),
    "workbook with half a sheet": _refused(
        packed(sheet_xml(text_row(*HEADER))[:-30]), "broken_workbook", name=XLSX
    ),
    "workbook with a wrong text number": _refused(
        _sheet('<row><c t="s"><v>7</v></c></row>'), "broken_workbook", name=XLSX
    ),
    "workbook with a negative text number": _refused(
        _sheet('<row><c t="s"><v>-1</v></c></row>'), "broken_workbook", name=XLSX
    ),
    "workbook with rows backwards": _refused(
        _sheet('<row r="9"></row><row r="3"></row>'), "broken_workbook", name=XLSX
    ),
    "workbook with a strange cell name": _refused(
        _sheet('<row><c r="Ä1"><v>1</v></c></row>'), "broken_workbook", name=XLSX
    ),
    "zip bomb": TableFile(_bomb, "too_large", (), name=XLSX),
    "workbook with a comment of 40 MB": TableFile(
        lambda: _sheet(f"<!--{'x' * 40_000_000}-->"), "too_large", (), name=XLSX
    ),
    "zip that lies of its size": TableFile(_lying, "broken_workbook", (), name=XLSX),
    "workbook with a cell in the last corner": _refused(
        _sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "too_many_columns",
        name=XLSX,
    ),
    "workbook with entities": _refused(
        packed(_DOCTYPE + sheet_xml(text_row("&b;&c;"))), "hostile_xml", name=XLSX
    ),
    "workbook with entities in its texts": _refused(
        packed(
            sheet_xml(text_row("a")),
            xl__sharedStrings=_DOCTYPE,
            **{"xl__sharedStrings.xml": _DOCTYPE + f'<sst xmlns="{MAIN}"/>'},
        ),
        "hostile_xml",
        name=XLSX,
    ),
    "workbook with macros": _refused(
        packed(sheet_xml(text_row("a")), **{"xl__vbaProject.bin": b"x"}),
        "macros",
        name="orders.xlsm",
    ),
    "workbook that says it has macros": _refused(
        packed(sheet_xml(text_row("a")), **{"[Content_Types].xml": _MACROS}),
        "macros",
        name=XLSX,
    ),
    "empty workbook": TableFile(
        lambda: a_workbook(header=[]), "empty_file", (), name=XLSX
    ),
    "workbook packed by another method": _refused(
        packed(sheet_xml(text_row("a")), method=zipfile.ZIP_BZIP2),
        "broken_workbook",
        name=XLSX,
    ),
    "mapping names a sheet that is not there": TableFile(
        _typed, "missing_sheet", (), name=XLSX, mapping='[formats]\nsheet = "x"\n'
    ),
}


def _flipped(data: bytes) -> bytes:
    """Change one packed byte of the sheet."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 120
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


BAD_ROWS = {
    "31 february": _bad("not_a_date", ordered_on="2024-02-31"),
    "year 9999": _bad("out_of_range", requested_on="9999-12-31"),
    "day first": _bad("not_a_date", ordered_on="02/05/2024"),
    "nan": _bad("not_a_number", price="NaN"),
    "infinity": _bad("not_a_number", quantity="-inf"),
    "10 to the 30": _bad("out_of_range", price="1" + "0" * 30),
    "5000 digits": _bad("out_of_range", quantity="9" * 5000),
    "seven decimals": _bad("too_precise", price="1.1234567"),
    "negative price": _bad("out_of_range", price="-1"),
    "decimal comma quoted": _bad("not_a_number", price='"1,5"'),
    "discount above all": _bad("out_of_range", discount_percent="101"),
    "currency in words": _bad("not_a_code", currency="EURO"),
    "no product": _bad("missing", product=""),
    "no customer": _bad("missing", customer=""),
    "reference too long": _bad("too_long", customer_ref="R" * 81),
    "terminal codes": _bad("control_character", product="P\x1b[31m"),
    "formula": _bad("formula", product="=cmd|' /C calc'!A0"),
    "formula that failed": _bad("formula_error", product="#N/A"),
    "digits lost in a spreadsheet": _bad("shortened_number", customer_ref="4.7E+15"),
    "line 0": _bad("out_of_range", line="0"),
    "line twice": TableFile(_rows(*ROWS, _BAD, _BAD), "repeated_line"),
    "line numbers on some": TableFile(
        _rows(*ROWS, _BAD, a_row(customer_ref="R9", line="")), "missing"
    ),
    "header values that clash": TableFile(
        _rows(*ROWS, _BAD, a_row(customer_ref="R9", line=2, currency="USD")),
        "header_conflict",
    ),
    "nan in a workbook": TableFile(
        lambda: _sheet(_order_in_xml(price="<c><v>NaN</v></c>")),
        "not_a_number",
        (),
        name=XLSX,
    ),
    "formula without value in a workbook": TableFile(
        lambda: _sheet(_order_in_xml(price="<c><f>A1*2</f></c>")),
        "formula",
        (),
        name=XLSX,
    ),
    "error in a workbook": TableFile(
        lambda: _sheet(_order_in_xml(product='<c t="e"><v>#REF!</v></c>')),
        "formula_error",
        (),
        name=XLSX,
    ),
    "10 to the 30 in a workbook": TableFile(
        lambda: _sheet(_order_in_xml(price="<c><v>1E+30</v></c>")),
        "shortened_number",
        (),
        name=XLSX,
    ),
    "serial number for a date": TableFile(
        lambda: _sheet(_order_in_xml(ordered_on="<c><v>45414</v></c>")),
        "not_a_date",
        (),
        name=XLSX,
    ),
}
"""Files of which single rows are wrong: the good orders beside them are taken."""

SHIFTED = {
    "cut off in a row": TableFile(_rows(*ROWS, _BAD[: _BAD.index("P1")]), "cell_count"),
    "comma without quotes": TableFile(
        _rows(*ROWS, a_row(customer_ref="R9", product="Nuts, salted")), "cell_count"
    ),
    "a million cells": TableFile(
        lambda: a_file(*ROWS, "C1,R9," + "x," * 1_000_000), "cell_count"
    ),
    "quote that is not closed": TableFile(
        _rows(*ROWS, a_row(customer_ref="R9", product='"P')), "broken_row"
    ),
    "quote within a cell": TableFile(
        _rows(*ROWS, a_row(customer_ref="R9", product='"P"2')), "broken_row"
    ),
    "cell of 200,000 letters": TableFile(
        _rows(*ROWS, a_row(customer_ref="R9", product="x" * 200_000)), "broken_row"
    ),
    "another delimiter further down": TableFile(
        _rows(*ROWS, a_row(customer_ref="R9").replace(",", ";")), "cell_count"
    ),
}
"""Files with rows whose cells cannot be told apart: refused whole, or by good rows."""

BAD_FILES = WHOLE_FILES | BAD_ROWS | SHIFTED
PATH_TRICKS = (
    "a..%2f..%2fetc%2fpasswd.csv",
    "a\\..\\..\\windows\\system.csv",
    "~....csv",
    "a;rm -rf ~;.csv",
    "$(reboot).csv",
    "=cmd.csv",
    "nul\u202evsc.csv",
    "line\nbreak.csv",
    "con.csv",
    "x" * 240 + ".csv",
    "report.report.html.csv",
    "-rf.csv",
)
"""Names that must lead nowhere but to a place in archive or quarantine."""
