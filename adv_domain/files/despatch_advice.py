"""What left the warehouse by a UBL 2.1 DespatchAdvice, plain or Peppol BIS?

Each DespatchLine is a shipment; those of one order line (lots, boxes) are added up,
and refused where they are in different units.
The seller's numbers (SalesOrderID, SalesOrderLineID) name our order and line. Without
them OrderReference/ID is the customer's reference where the document says who he is
(SupplierAssignedAccountID: our customer code), else our order number; LineID is the
line's number in the order. A line of which nothing was delivered says nothing new.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from adv_domain.files.cells import BadCell, Formats
from adv_domain.files.fields import Column
from adv_domain.files.orders.stated import Given
from adv_domain.files.orders.ubl_values import day_of
from adv_domain.files.orders.xml_document import Lines, Node, read_xml, root_of
from adv_domain.files.stock_feedback import FEEDBACK_FIELDS, ReadEntry, checked_entry
from adv_domain.files.text import refused
from adv_domain.rules.billing.unit_codes import is_same_unit
from adv_domain.rules.faults import FileFault
from adv_domain.rules.stock.entries import EntryKind, StockEntry

_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2"
_ROOT = "DespatchAdvice"
_LINES = Lines("DespatchLine", depth=1)
_WITHDRAWN = frozenset({"cancelled", "canceled", "disputed"})
_LONGEST_NOTE = 500
_CARRIERS = (
    ("Shipment", "Consignment", "CarrierParty", "PartyName", "Name"),
    ("Shipment", "ShipmentStage", "CarrierParty", "PartyName", "Name"),
    ("Shipment", "Delivery", "CarrierParty", "PartyName", "Name"),
)
_DAYS = (
    ("Shipment", "Delivery", "Despatch", "ActualDespatchDate"),
    ("IssueDate",),
)
_CUSTOMERS = ("BuyerCustomerParty", "DeliveryCustomerParty")
_Cells = dict[str, Given]


@dataclass(slots=True)
class _Line:
    """A DespatchLine: what it states by our column names, and where it stands."""

    row: int
    path: str
    cells: _Cells = field(default_factory=dict)
    is_nothing: bool = False


def read_despatch_advice(name: str, data: bytes) -> Iterator[ReadEntry]:
    """Yield what each order line of the document says was shipped.

    Raises FileRefused for what is no sound XML, another document, or one that says of
    itself that it does not count.
    """
    namespace, root_name = root_of(name, data)
    if (namespace, root_name) != (_NAMESPACE, _ROOT):
        message = (
            f"is XML, but no DespatchAdvice of UBL 2.1: its root is {root_name[:80]} "
            f"of {namespace[:80] or 'no namespace'}; send it to those whom it concerns"
        )
        raise refused(name, "other_document", message, root_name[:80])
    lines: list[_Line] = []
    root = read_xml(name, data, _LINES, lambda node: lines.append(_line(node)))
    _check_counts(name, root, lines)
    return iter(_entries(name, _head(root), lines))


def _check_counts(name: str, root: Node, lines: list[_Line]) -> None:
    state = root.text("DocumentStatusCode")
    if state.lower() in _WITHDRAWN:
        message = (
            f"says of itself that it is {state}; send what is to be booked, or a "
            "return of what came back"
        )
        raise refused(name, "document_withdrawn", message, state)
    if not lines:
        message = "holds no DespatchLine; send it again with what was shipped"
        raise refused(name, "empty_file", message)
    count = root.text("LineCountNumeric")
    if count and count != str(len(lines)):
        message = f"counts {count} lines and holds {len(lines)}; send it again, whole"
        raise refused(name, "cut_off", message, count[:40])


def _head(root: Node) -> _Cells:
    """Return what the document says once of all its lines."""
    found: dict[str, Given | None] = {
        "kind": Given(EntryKind.SHIPMENT, root.row, root.name),
        "message_id": root.given("ID"),
        "delivery_no": root.given("ID"),
        "date": next(filter(_says, (day_of(root, *path) for path in _DAYS)), None),
        "carrier": next(filter(_says, (root.given(*path) for path in _CARRIERS)), None),
        "tracking": root.given("Shipment", "Delivery", "TrackingID"),
        "note": _note(root),
    }
    customer = next(
        filter(_says, (root.given(one, _ACCOUNT) for one in _CUSTOMERS)), None
    )
    return _said(found) | _order(root.child("OrderReference"), customer)


_ACCOUNT = "SupplierAssignedAccountID"


def _says(given: Given | None) -> bool:
    return given is not None and bool(given.text)


def _said(found: dict[str, Given | None]) -> _Cells:
    return {name: given for name, given in found.items() if given and given.text}


def _note(root: Node) -> Given | None:
    notes = [given for one in root.children("Note") if (given := one.given())]
    if not notes:
        return None
    text = " ".join(" ".join(one.text.split()) for one in notes)
    return notes[0]._replace(text=text[:_LONGEST_NOTE])


def _order(reference: Node | None, customer: Given | None) -> _Cells:
    """Name the order by the seller's number, or by the customer and his reference."""
    if reference is None:
        return {}
    ours, theirs = reference.given("SalesOrderID"), reference.given("ID")
    if _says(ours):
        return _said({"order_no": ours})
    if customer is not None:
        return _said({"customer": customer, "customer_ref": theirs})
    return _said({"order_no": theirs})


def _line(node: Node) -> _Line:
    line = _Line(node.row, node.path)
    reference = node.child("OrderLineReference")
    delivered = node.child("DeliveredQuantity")
    cells: dict[str, Given | None] = {}
    if reference is not None:
        ours, theirs = reference.given("SalesOrderLineID"), reference.given("LineID")
        cells["line"] = ours if _says(ours) else theirs
        own = reference.child("OrderReference")
        line.cells |= _order(own, None)
    if delivered is not None and (quantity := delivered.given()):
        cells["quantity"] = quantity
        cells["unit"] = quantity._replace(text=delivered.attribute("unitCode"))
        line.is_nothing = quantity.text.strip("0.") == "" and bool(quantity.text)
    line.cells |= _said(cells)
    return line


def _entries(name: str, head: _Cells, lines: list[_Line]) -> list[ReadEntry]:
    columns = {one.name: Column(one, Formats()) for one in FEEDBACK_FIELDS}
    found: dict[Any, ReadEntry] = {}
    for line in lines:
        if line.is_nothing:
            continue
        row_no, entry, faults = _read(name, line, _laid_over(head, line), columns)
        key = entry.position if entry else line.path
        known = found.get(key)
        if entry and known:
            row_no = known[0]
            entry, faults = _added(name, line, entry, known)
        found[key] = row_no, entry, faults
    return list(found.values())


def _laid_over(head: _Cells, line: _Line) -> _Cells:
    """Lay a line over the head; one that names its own order does so alone."""
    if "order_no" not in line.cells:
        return head | line.cells
    names = ("order_no", "customer", "customer_ref")
    return {key: one for key, one in head.items() if key not in names} | line.cells


def _added(
    name: str, line: _Line, more: StockEntry, known: ReadEntry
) -> tuple[StockEntry | None, list[FileFault]]:
    """Add up the lots of one order line; lots in two units have no sum."""
    _, first, faults = known
    if first is None:
        return None, faults
    if first.unit and more.unit and not is_same_unit(first.unit, more.unit):
        message = (
            f"an earlier line of order {more.order_name} line {more.line_no} is in "
            f"{first.unit}, not in {more.unit}; send all its quantities in the "
            "order's unit: none of them is booked"
        )
        at = f"{line.path}/DeliveredQuantity/@unitCode"
        return None, [FileFault(name, line.row, at, "other_unit", message, more.unit)]
    assert first.qty is not None and more.qty is not None
    qty, unit = first.qty + more.qty, first.unit or more.unit
    return first._replace(qty=qty, unit=unit), []


def _read(
    name: str, line: _Line, cells: _Cells, columns: dict[str, Column]
) -> ReadEntry:
    values, faults = [], []
    for key, column in columns.items():
        given = cells.get(key)
        try:
            values.append(column[given.text if given else ""])
        except BadCell as bad:
            at = given or Given("", line.row, f"{line.path}/{key}")
            message = f"{key} {bad.message}"
            faults.append(
                FileFault(name, at.row, at.path, bad.code, message, at.text[:200])
            )
    for key, element in _NEEDED:
        if key not in cells:
            where = f"{line.path}/{element}"
            message = f"{element} is not there; state it"
            faults.append(FileFault(name, line.row, where, "missing", message))
    if faults:
        return line.row, None, faults
    return checked_entry(name, line.row, values)


_NEEDED = (
    ("quantity", "DeliveredQuantity"),
    ("line", "OrderLineReference/LineID"),
)
"""What a line must say: without it, all of the order would count as shipped."""
