"""Which orders, changes and cancellations do the messages of an interchange state?

ORDERS and ORDCHG of D.96A and later; EANCOM only narrows what may stand in them.
"""

from adv_domain.files.orders.assemble import assembled
from adv_domain.files.orders.edifact import Segment
from adv_domain.files.orders.edifact_header import HeaderReader
from adv_domain.files.orders.edifact_interchange import Message, messages_of
from adv_domain.files.orders.edifact_line import LineReader
from adv_domain.files.orders.edifact_values import number_of
from adv_domain.files.orders.source import DocumentOrders, ReadOrder
from adv_domain.files.orders.stated import StatedOrder
from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.incoming import DocumentKind

_ORDERS, _CHANGES = "ORDERS", "ORDCHG"
_CHANGE_CODE = "230"
# UNCL 1001: order, rush, call-off, consignment, sample, hire, spot, purchase order
_ORDER_CODES = frozenset("220 224 226 227 228 232 237 238 258 105".split())
_CANCELLATION, _CHANGE = "1", "4"
_EARLIEST_YEAR, _CENTURY = 96, 90
_SUMS = {
    "79": "lines",
    "124": "tax",
    "176": "tax",
    "125": "net",
    "113": "prepaid",
    "86": "payable",
    "128": "payable",
    "39": "payable",
}
_COUNTS = {"2": "line_count", "1": "quantity_sum"}


def read_edifact(name: str, data: bytes) -> DocumentOrders:
    """Read the interchange; raises FileRefused for what did not arrive whole."""
    found = [_read(name, message) for message in messages_of(name, data)]
    return DocumentOrders(name, found)


def _read(name: str, message: Message) -> ReadOrder:
    faults = message.faults or _other_document(name, message)
    if faults:
        return ReadOrder(None, (message.place,), tuple(faults))
    return assembled(name, _stated(message))


def _other_document(name: str, message: Message) -> list[FileFault]:
    head = message.segments[0]
    version = f"{head.part(2, 1)}.{head.part(2, 2)}"
    if message.kind not in (_ORDERS, _CHANGES):
        what = f"is a message of type {message.kind or '(none)'}"
        return [_fault(name, head, "UNH/2.1", "other_document", what)]
    if not _is_read(head.part(2, 1), head.part(2, 2)):
        what = f"is of directory {version}; D.96A and later are read"
        return [_fault(name, head, "UNH/2.3", "unsupported_format", what)]
    begin = next((one for one in message.segments if one.tag == "BGM"), None)
    code = begin.part(1) if begin else ""
    if begin and code and code not in (*_ORDER_CODES, _CHANGE_CODE):
        what = f"is no order but a document of type {code}"
        return [_fault(name, begin, "BGM/1.1", "other_document", what)]
    return []


def _is_read(version: str, release: str) -> bool:
    """Tell whether the directory is D.96A or later; its years have two digits."""
    year = release[:2]
    if version.upper() != "D" or not year.isdigit():
        return False
    return not _CENTURY <= int(year) < _EARLIEST_YEAR


def _fault(name: str, segment: Segment, where: str, code: str, what: str) -> FileFault:
    message = f"{where} {what}; send it to those whom it concerns"
    return FileFault(name, segment.place, where, code, message)


def _stated(message: Message) -> StatedOrder:
    stated = StatedOrder(_kind(message), row=message.place, path="UNH")
    header = HeaderReader(stated)
    line: LineReader | None = None
    in_summary = False
    for segment in message.segments[1:-1]:
        if segment.tag == "LIN":
            line = LineReader(segment)
            stated.lines.append(line.line)
        elif segment.tag == "UNS":
            in_summary = True
        elif in_summary:
            _put_sum(stated, segment)
        elif line is not None:
            line.take(segment)
        else:
            header.take(segment)
    header.settle()
    return stated


def _kind(message: Message) -> DocumentKind:
    begin = next((one for one in message.segments if one.tag == "BGM"), None)
    code, function = (begin.part(1), begin.part(3)) if begin else ("", "")
    if function == _CANCELLATION:
        return DocumentKind.CANCEL
    is_change = code == _CHANGE_CODE or function == _CHANGE
    if message.kind == _CHANGES or is_change:
        return DocumentKind.CHANGE
    return DocumentKind.ORDER


def _put_sum(stated: StatedOrder, segment: Segment) -> None:
    names = {"MOA": _SUMS, "CNT": _COUNTS}.get(segment.tag)
    name = names.get(segment.part(1)) if names else None
    if name:
        stated.sum(name, number_of(segment.given(1, 1)))
