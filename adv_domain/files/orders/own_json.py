"""Which orders does a JSON file of our own form hold (orders_schema.json)?

Its keys are the columns of our CSV. Numbers may be written as numbers or as texts: they
are read as they are written, never by way of a float.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from adv_domain.files.json_text import UnreadableJson, parsed_json
from adv_domain.files.order_fields import HEADER_FIELDS, LINE_FIELDS
from adv_domain.files.orders.assemble import assembled
from adv_domain.files.orders.json_values import JsonValues
from adv_domain.files.orders.source import DocumentOrders
from adv_domain.files.orders.stated import (
    StatedAdjustment,
    StatedLine,
    StatedOrder,
)
from adv_domain.files.text import FileRefused
from adv_domain.rules.faults import UNKNOWN_COLUMN, FileFault
from adv_domain.rules.orders.incoming import DocumentKind

SCHEMA, SCHEMA_VERSION = "adv/orders", 1
FORM_KEYS = ("schema", "schema_version", "orders")
BUYER_ID_KEYS = ("scheme", "id")
CHARGE_KEYS = ("amount", "reason", "tax_category", "tax_percent")
ORDER_KEYS = (*(field.name for field in HEADER_FIELDS), "lines")
LINE_KEYS = (
    *(field.name for field in LINE_FIELDS),
    "price_base_quantity",
    "requested_on",
)
_OF_A_SHOP = frozenset(("line_items", "financial_status"))
_PLAIN = frozenset(ORDER_KEYS) - {"document", "buyer_ids", "charges", "lines"}
_RENAMED = {"price_base_quantity": "base_quantity"}


def read_json(name: str, data: bytes) -> DocumentOrders:
    """Read the file; raises FileRefused for what is no JSON or not of our form."""
    try:
        documents = _documents(parsed_json(data))
    except UnreadableJson as wrong:
        fault = FileFault(name, 0, "", wrong.code, f"the file {wrong.message}")
        raise FileRefused(fault) from wrong
    reader = _Reader(name)
    found = [
        assembled(name, reader.stated(document, f"orders[{at}]"))
        for at, document in enumerate(documents, start=1)
    ]
    return DocumentOrders(name, found, tuple(reader.warnings.values()))


def _documents(form: Any) -> list[Any]:
    if _is_of_a_shop(form):
        message = (
            "is an export of a Shopify shop in JSON; export the orders as CSV and read "
            "them with the mapping shopify/orders.toml"
        )
        raise UnreadableJson("unsupported_format", message)
    if isinstance(form, dict) and "orders" in form:
        if form.get("schema", SCHEMA) != SCHEMA:
            message = f"says it is {str(form['schema'])[:80]!r}; {SCHEMA} is read"
            raise UnreadableJson("unsupported_format", message)
        if form.get("schema_version", str(SCHEMA_VERSION)) != str(SCHEMA_VERSION):
            message = f"is of another version; {SCHEMA_VERSION} is read"
            raise UnreadableJson("unsupported_format", message)
        form = form["orders"]
    elif isinstance(form, dict) and "lines" not in form and "document" not in form:
        message = (
            'holds no orders; write them in a list under "orders", as '
            "orders_schema.json says"
        )
        raise UnreadableJson("unsupported_format", message)
    documents = form if isinstance(form, list) else [form]
    if not documents:
        raise UnreadableJson(
            "empty_file", "holds an empty list of orders; send it again"
        )
    return documents


def _is_of_a_shop(form: Any) -> bool:
    orders = form.get("orders") if isinstance(form, dict) else None
    first = orders[0] if isinstance(orders, list) and orders else None
    return isinstance(first, dict) and bool(_OF_A_SHOP & first.keys())


class _Reader:
    """Turns JSON objects into stated orders; rows count the lines of the file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.row = 0
        self.warnings: dict[str, FileFault] = {}

    def stated(self, document: Any, path: str) -> StatedOrder:
        stated = StatedOrder(DocumentKind.ORDER, row=self.row + 1, path=path)
        order = JsonValues(self.name, self.row + 1, stated.faults)
        if not isinstance(document, dict):
            order.fault(path, "not_an_object", "must be an order in braces")
            self.row += 1
            return stated
        self._note_unknown(document, ORDER_KEYS, path)
        stated.kind = order.kind(document, path)
        for key in document:
            if key in _PLAIN:
                stated.put(key, order.given(document, key, path))
        self._put_lists(stated, document, order, path)
        for line_path, line in order.objects(document, "lines", path):
            self.row += 1
            stated.lines.append(self._line(line, line_path, stated))
        if not stated.lines:
            self.row += 1
        stated.sum("payable", stated.values.get("document_total"))
        stated.sum("prepaid", stated.values.get("prepaid"))
        return stated

    def _put_lists(
        self,
        stated: StatedOrder,
        document: Mapping[str, Any],
        order: JsonValues,
        path: str,
    ) -> None:
        for at, one in order.objects(document, "buyer_ids", path):
            self._note_unknown(one, BUYER_ID_KEYS, at)
            scheme = order.given(one, "scheme", at)
            stated.id(scheme.text if scheme else "", order.given(one, "id", at))
        for at, one in order.objects(document, "charges", path):
            self._note_unknown(one, CHARGE_KEYS, at)
            stated.charges.append(
                StatedAdjustment(
                    is_charge=True,
                    amount=order.given(one, "amount", at),
                    reason=order.given(one, "reason", at),
                    tax_category=order.given(one, "tax_category", at),
                    tax_percent=order.given(one, "tax_percent", at),
                )
            )

    def _line(
        self, line: Mapping[str, Any], path: str, stated: StatedOrder
    ) -> StatedLine:
        found = StatedLine(row=self.row, path=path)
        values = JsonValues(self.name, self.row, stated.faults)
        self._note_unknown(line, LINE_KEYS, path)
        for key in line:
            given = values.given(line, key, path)
            if key == "discount_percent":
                if given is not None and given.text:
                    found.adjustments.append(StatedAdjustment(False, percent=given))
            elif key in LINE_KEYS:
                found.put(_RENAMED.get(key, key), given)
        return found

    def _note_unknown(
        self, found: Mapping[str, Any], known: Sequence[str], path: str
    ) -> None:
        for key in found:
            if key not in known and key not in self.warnings:
                self.warnings[key] = FileFault(
                    self.name,
                    self.row + 1,
                    f"{path}.{key}",
                    UNKNOWN_COLUMN,
                    f"{key[:80]!r} is not known and is not read; known are "
                    f"{', '.join(known)}",
                )
