"""In which format do orders stand in a file, by what is in it and never by its name?"""

from collections.abc import Callable
from pathlib import Path

from adv_domain.files.mapping import OWN, Mapping
from adv_domain.files.order_fields import ORDER_FIELDS
from adv_domain.files.order_rows import RowOrders
from adv_domain.files.orders.source import DocumentOrders, OrderSource
from adv_domain.files.sources import InputFile, row_source
from adv_domain.files.text import read_head, refused

LARGEST_DOCUMENT = 32 * 1024 * 1024
"""A document is read as a whole; a table of any size goes by row after row."""

_HEAD = 4096
_BLANK = b" \t\r\n"
_UTF8_MARK = b"\xef\xbb\xbf"
_XML_STARTS = (b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"\x00<\x00")
_JSON_STARTS = (b"{", b"[", b"\xff\xfe{\x00", b"\xff\xfe[\x00")
_SERVICE_TAGS = (b"UNA", b"UNB", b"UNH")
Reader = Callable[[str, bytes], DocumentOrders]


def order_source(
    file: InputFile, mapping: Mapping, *, joined: InputFile | None = None
) -> OrderSource:
    """Return the orders of the file, whatever its format.

    Raises FileRefused for a file that cannot be read as a whole, InvalidMapping.
    """
    if not is_document(file.data[:_HEAD]):
        return RowOrders(row_source(file, ORDER_FIELDS, mapping, joined=joined))
    if len(file.data) > LARGEST_DOCUMENT:
        message = f"is a document larger than {LARGEST_DOCUMENT} bytes; split it"
        raise refused(file.name, "too_large", message)
    return _reader(file)(file.name, file.data)


def mapping_of(path: Path, mapping: Mapping) -> Mapping:
    """Return the mapping by which an order file is read: documents need none.

    Raises CannotOpen.
    """
    return OWN if is_document(read_head(path, _HEAD)) else mapping


def is_document(head: bytes) -> bool:
    """Tell by its beginning whether a file is a document of its own: no mapping, no
    second file goes with it.
    """
    start = _start(head)
    return start.startswith((*_XML_STARTS, *_JSON_STARTS, b"%PDF")) or _is_edifact(
        start
    )


def _start(data: bytes) -> bytes:
    return data[:_HEAD].removeprefix(_UTF8_MARK).lstrip(_BLANK)


def _is_edifact(start: bytes) -> bool:
    """Tell an interchange from a table whose first column has such a name."""
    return start[:3] in _SERVICE_TAGS and not start[3:4].isalnum()


def _reader(file: InputFile) -> Reader:
    start = _start(file.data)
    if start.startswith(b"%PDF"):
        return _read_pdf
    if start.startswith(_XML_STARTS):
        return _read_xml
    if start.startswith(_JSON_STARTS):
        return _read_json
    # the readers load only when such a file comes
    from adv_domain.files.orders.edifact_orders import read_edifact

    return read_edifact


def _read_json(name: str, data: bytes) -> DocumentOrders:
    from adv_domain.files.orders.own_json import read_json

    return read_json(name, data)


def _read_pdf(name: str, data: bytes) -> DocumentOrders:
    from adv_domain.files.orders.pdf import attached_xml

    return _read_xml(name, attached_xml(name, data))


def _read_xml(name: str, data: bytes) -> DocumentOrders:
    from adv_domain.files.orders import order_x, ubl, xml_document

    namespace, root = xml_document.root_of(name, data)
    if (kind := ubl.ROOTS.get((namespace, root))) is not None:
        return ubl.read_ubl(name, data, kind)
    if namespace.startswith(order_x.NAMESPACE) and root == order_x.ROOT:
        return order_x.read_order_x(name, data)
    message = (
        f"is XML, but no order in UBL or Order-X: its root is {root[:80]} of "
        f"{namespace[:80] or 'no namespace'}; send it to those whom it concerns"
    )
    raise refused(name, "other_document", message, root[:80])
