"""How is a workbook written that shows what it says, and reads back equal?"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from xml.sax.saxutils import escape

from adv_domain.files.csv_out import Cell
from adv_domain.files.spreadsheet_text import escaped

MOST_ROWS = 1_048_575
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" '
    'Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    "</Relationships>",
    # cell styles: 0 plain, 1 a day, 2 bold
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>",
}
_DAY_ZERO = date(1899, 12, 30)
# the days before are counted with a 29 February 1900 that never was
_FIRST_SURE_DAY = date(1900, 3, 1)
_DIGITS_KEPT = 15
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff\ud800-\udfff]")
_LOOKS_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class TooManyRows(ValueError):
    """A sheet holds 1,048,576 rows and no more."""

    def __init__(self) -> None:
        super().__init__(f"a sheet holds at most {MOST_ROWS} rows; write CSV instead")


def xlsx_bytes(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str
) -> bytes:
    """Write a workbook of one sheet, always the same for the same content.

    Numbers and days are written as such; a number of more digits than spreadsheets
    keep as text. Raises TooManyRows.
    """
    stream = BytesIO()
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**_PARTS, "xl/workbook.xml": book}.items():
            archive.writestr(_entry(name), _HEAD + content)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w") as part:
            for piece in _sheet(header, rows):
                part.write(piece.encode())
    return stream.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    # without a date of its own an entry is of 1980: the bytes stay the same
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _sheet(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}">'
    yield (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        'topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData>'
    )
    yield f"<row>{''.join(_text(name, style=2) for name in header)}</row>"
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise TooManyRows
        yield f"<row>{''.join(map(_cell, row))}</row>"
    yield "</sheetData></worksheet>"


def _cell(value: Cell) -> str:
    match value:
        case None | "":
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case date() if value >= _FIRST_SURE_DAY:
            return f'<c s="1"><v>{(value - _DAY_ZERO).days}</v></c>'
        case Decimal() | int() if _fits(value):
            return f"<c><v>{value:f}</v></c>" if value else "<c><v>0</v></c>"
        case Decimal() | int():
            return _text(f"{value:f}" if isinstance(value, Decimal) else str(value))
        case date():
            return _text(value.isoformat())
        case str():
            return _text(escaped(value))


def _fits(number: Decimal | int) -> bool:
    digits = Decimal(number).as_tuple().digits
    return len(digits) <= _DIGITS_KEPT and abs(number) < 10**_DIGITS_KEPT


def _text(text: str, *, style: int = 0) -> str:
    coded = _NOT_IN_XML.sub(
        lambda found: f"_x{ord(found[0]):04X}_", _LOOKS_CODED.sub("_x005F_", text)
    )
    styled = f' s="{style}"' if style else ""
    return (
        f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{escape(coded)}'
        "</t></is></c>"
    )
