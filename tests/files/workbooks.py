"""Workbooks that tests write: by openpyxl as a spreadsheet does, or byte by byte."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from tests.files.order_samples import COLUMNS, a_row

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADER = COLUMNS.split(",")


def a_workbook(
    *rows: Sequence[Any],
    header: Sequence[Any] = HEADER,
    sheet: str = "Orders",
    change: Callable[[Worksheet], object] = lambda _: None,
) -> bytes:
    """Write a workbook of one sheet; change may touch it before it is saved."""
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = sheet
    for row in (header, *rows):
        page.append(list(row))
    change(page)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells_of(**changes: Any) -> list[Any]:
    """Return the cells of an order row as texts, the changed ones as they are given."""
    values: list[Any] = a_row().split(",")
    for name, value in changes.items():
        values[HEADER.index(name)] = value
    return values


PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="3">'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/></cellXfs></styleSheet>',
}


def packed(
    sheet: str, *, method: int = zipfile.ZIP_DEFLATED, **parts: str | bytes
) -> bytes:
    """Pack a sheet's XML; parts replace or add others, their names with / for __."""
    named = {name.replace("__", "/"): content for name, content in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        contents = PARTS | {"xl/worksheets/sheet1.xml": sheet} | named
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


def sheet_xml(rows: str, tail: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{tail}</worksheet>'


def text_row(*texts: str) -> str:
    cells = (f'<c t="inlineStr"><is><t>{each}</t></is></c>' for each in texts)
    return f"<row>{''.join(cells)}</row>"
