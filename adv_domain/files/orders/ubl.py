"""Which order, change or cancellation does a UBL 2.1 document state?

Plain UBL and Peppol BIS 3 alike: Peppol only narrows what may stand in it. A
cancellation may name several orders.
"""

from adv_domain.files.orders.assemble import assembled
from adv_domain.files.orders.source import DocumentOrders
from adv_domain.files.orders.stated import StatedOrder
from adv_domain.files.orders.ubl_line import stated_line
from adv_domain.files.orders.ubl_party import put_buyer, put_delivery
from adv_domain.files.orders.ubl_values import Amounts, day_of, stated_charge
from adv_domain.files.orders.xml_document import Lines, Node, read_xml
from adv_domain.rules.orders.incoming import DocumentKind

_SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:"
ROOTS = {
    (f"{_SCHEMA}{name}-2", name): kind
    for name, kind in (
        ("Order", DocumentKind.ORDER),
        ("OrderChange", DocumentKind.CHANGE),
        ("OrderCancellation", DocumentKind.CANCEL),
    )
}
"""The documents that are read, by namespace and name of their root."""

_LINES = Lines("OrderLine", depth=1)
_LONGEST_TERMS = 40
_SUMS = (
    ("lines", "LineExtensionAmount"),
    ("allowances", "AllowanceTotalAmount"),
    ("charges", "ChargeTotalAmount"),
    ("net", "TaxExclusiveAmount"),
    ("gross", "TaxInclusiveAmount"),
    ("prepaid", "PrepaidAmount"),
    ("rounding", "PayableRoundingAmount"),
    ("payable", "PayableAmount"),
)


def read_ubl(name: str, data: bytes, kind: DocumentKind) -> DocumentOrders:
    """Read the document; raises FileRefused for what is no sound XML."""
    stated = StatedOrder(kind, row=1)
    amounts = Amounts()

    def _take(line: Node) -> None:
        stated.lines.append(stated_line(line, amounts))

    root = read_xml(name, data, _LINES, _take)
    stated.row, stated.path = root.row, root.name
    _put_header(stated, root)
    put_buyer(stated, root)
    put_delivery(stated, root)
    _put_sums(stated, root, amounts)
    amounts.settle(name, stated)
    if kind is DocumentKind.CANCEL:
        orders = [assembled(name, one) for one in _one_each(stated, root)]
    else:
        orders = [assembled(name, stated)]
    return DocumentOrders(name, orders)


def _put_header(stated: StatedOrder, root: Node) -> None:
    number = root.given("ID")
    if stated.kind is DocumentKind.ORDER:
        stated.put("customer_ref", number)
    else:
        stated.put("customer_ref", root.given("OrderReference", "ID"))
        stated.put("document_ref", number)
    stated.put("ordered_on", day_of(root, "IssueDate"))
    stated.put("currency", root.given("DocumentCurrencyCode"))
    stated.put("buyer_reference", root.given("CustomerReference"))
    for name in ("CancellationNote", "Note"):
        stated.notes += filter(None, (one.given() for one in root.children(name)))
    _put_terms(stated, root)
    stated.sum("line_count", root.given("LineCountNumeric"))


def _put_terms(stated: StatedOrder, root: Node) -> None:
    """Note the terms: a short one is a code of ours, a long one is for people."""
    terms = root.given("PaymentTerms", "Note")
    if terms is None:
        return
    if len(" ".join(terms.text.split())) <= _LONGEST_TERMS:
        stated.put("payment_terms", terms)
    else:
        stated.notes.append(terms)


def _put_sums(stated: StatedOrder, root: Node, amounts: Amounts) -> None:
    for charge in root.children("AllowanceCharge"):
        stated.charges.append(stated_charge(charge, amounts))
    stated.sum("tax", amounts.given(root, "TaxTotal", "TaxAmount"))
    total = root.child("AnticipatedMonetaryTotal")
    if total is not None:
        for name, element in _SUMS:
            stated.sum(name, amounts.given(total, element))


def _one_each(stated: StatedOrder, root: Node) -> list[StatedOrder]:
    """Return a cancellation for each order that the document names."""
    references = [one.given("ID") for one in root.children("OrderReference")]
    found = []
    for reference in references or [None]:
        values = {**stated.values}
        if reference is not None and reference.text:
            values["customer_ref"] = reference
        found.append(
            StatedOrder(
                stated.kind,
                row=reference.row if reference else stated.row,
                path=stated.path,
                values=values,
                ids=stated.ids,
                notes=stated.notes,
            )
        )
    return found
