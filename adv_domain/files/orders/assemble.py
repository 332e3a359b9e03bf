"""Which order does a document state, and can it be trusted?

Whatever the format: values are read by our fields, lines are numbered, sums and counts
are held against the lines. A document with a fault gives no order: half an order would
be shipped and invoiced as if it were the whole.
"""

from dataclasses import replace
from typing import Any

from adv_domain.files.order_fields import HEADER_FIELDS
from adv_domain.files.orders.assemble_lines import read_lines
from adv_domain.files.orders.assemble_sums import check_sums, read_charges, read_sums
from adv_domain.files.orders.source import ReadOrder
from adv_domain.files.orders.stated import Given, StatedOrder, joined
from adv_domain.files.orders.values import Values
from adv_domain.rules.orders.incoming import (
    DEFAULT_CURRENCY,
    DocumentKind,
    IncomingHeader,
    IncomingOrder,
    PartyId,
)
from adv_domain.rules.orders.naming import GLN, VAT
from adv_domain.rules.orders.order_content import incoming_order

_LONGEST_CUSTOMER = 40
_READ_APART = frozenset(
    ("customer", "instructions", "document", "buyer_ids", "charges")
)
_HEADER_NAMES = tuple(
    field.name for field in HEADER_FIELDS if field.name not in _READ_APART
)
_MOST_TELLING = (GLN, VAT)
_CHANNEL = "file"


def assembled(file: str, stated: StatedOrder) -> ReadOrder:
    """Return the order that the document states, or all that is wrong with it."""
    rows = tuple(line.row for line in stated.lines) or (stated.row,)
    values = Values(file)
    values.faults.extend(stated.faults)
    order = _order(stated, values)
    if any(not fault.is_warning for fault in values.faults):
        return ReadOrder(None, rows, tuple(values.faults))
    return ReadOrder(order, rows, tuple(values.faults))


def _order(stated: StatedOrder, values: Values) -> IncomingOrder:
    if stated.kind is DocumentKind.CANCEL:
        # a cancellation means the whole order: its lines say nothing more
        stated = replace(stated, lines=[], sums={}, charges=[])
    elif not stated.lines and stated.kind is DocumentKind.ORDER:
        place = Given("", stated.row, stated.path)
        values.fault("missing", "has no line; send the order whole", place)
    header = _header(stated, values)
    currency = header["currency"] or DEFAULT_CURRENCY
    lines = read_lines(stated, values, currency=currency)
    sums = read_sums(stated, values)
    charges = read_charges(stated, sums, lines, values, currency=currency)
    if not any(not fault.is_warning for fault in values.faults):
        check_sums(stated, lines, charges, sums, values, currency=currency)
    header |= {"charges": charges, "prepaid": header["prepaid"] or sums.prepaid}
    _check_window(header, stated, values)
    found = lines.lines
    if lines.are_numbered:
        found = sorted(found, key=lambda line: line.line_no)
    return incoming_order(
        IncomingHeader(**header),
        found,
        lines_are_numbered=lines.are_numbered,
        source_row=found[0].source_row if found else stated.row,
    )


def _header(stated: StatedOrder, values: Values) -> dict[str, Any]:
    given = stated.values
    if "customer_ref" not in given:
        message = "has no number of the order; give it one"
        values.fault("missing", message, Given("", stated.row, stated.path))
    stated.values.setdefault("channel", Given(_CHANNEL, stated.row, ""))
    found = {name: values.read(name, given.get(name)) for name in _HEADER_NAMES}
    notes = joined((given.get("instructions"), *stated.notes), between=" / ")
    found |= {
        "customer": _customer(stated, values),
        "customer_ref": found["customer_ref"] or "",
        "instructions": values.read("instructions", notes),
        "document": stated.kind,
        "buyer_ids": tuple(
            PartyId(scheme, str(values.read("party_id", one)))
            for scheme, one in _sorted_ids(stated)
        ),
    }
    if total := stated.sums.get("payable"):
        found["document_total"] = values.read("document_total", total)
    return found


def _customer(stated: StatedOrder, values: Values) -> str:
    """Return the number that the buyer goes by: ours, else his most telling one."""
    if account := stated.values.get("customer"):
        return str(values.read("customer", account) or "")
    for wanted in (*_MOST_TELLING, None):
        for scheme, one in _sorted_ids(stated):
            fits = len(one.text) <= _LONGEST_CUSTOMER
            if fits and wanted in (None, scheme):
                return str(values.read("customer", one) or "")
    if name := stated.values.get("buyer_name"):
        text = " ".join(name.text.split())[:_LONGEST_CUSTOMER].rstrip()
        return str(values.read("customer", name._replace(text=text)) or "")
    message = "names no buyer; give his number or his name"
    values.fault("missing", message, Given("", stated.row, stated.path))
    return ""


def _sorted_ids(stated: StatedOrder) -> list[tuple[str, Given]]:
    """Return the buyer's numbers in an order that does not depend on the document's."""
    return sorted(stated.ids, key=lambda each: (each[0], each[1].text))


def _check_window(header: dict[str, Any], stated: StatedOrder, values: Values) -> None:
    first, last = header["deliver_from"], header["deliver_until"]
    if first and last and first > last:
        message = f"lies after {last}, the end of the time to deliver; correct it"
        values.fault("out_of_range", message, stated.values["deliver_from"])
