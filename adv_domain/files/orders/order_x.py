"""Which order, change or cancellation does an Order-X document state?

Order-X (1.0, all profiles) is the UN/CEFACT cross industry order, alone or in a PDF.
"""

from adv_domain.files.orders.assemble import assembled
from adv_domain.files.orders.order_x_line import stated_line
from adv_domain.files.orders.order_x_party import put_buyer, put_delivery
from adv_domain.files.orders.order_x_values import day_of, stated_charge
from adv_domain.files.orders.source import DocumentOrders
from adv_domain.files.orders.stated import StatedOrder
from adv_domain.files.orders.xml_document import Lines, Node, read_xml
from adv_domain.files.text import refused
from adv_domain.rules.orders.incoming import DocumentKind

ROOT = "SCRDMCCBDACIOMessageStructure"
NAMESPACE = f"urn:un:unece:uncefact:data:{ROOT}:"
"""How the namespace of the root begins; its version follows."""

_LINES = Lines("IncludedSupplyChainTradeLineItem", depth=2)
_ORDER, _CHANGE = "220", "230"
_CANCELLATION = "1"
_LONGEST_TERMS = 40
_SUMS = (
    ("lines", "LineTotalAmount"),
    ("charges", "ChargeTotalAmount"),
    ("allowances", "AllowanceTotalAmount"),
    ("net", "TaxBasisTotalAmount"),
    ("tax", "TaxTotalAmount"),
    ("rounding", "RoundingAmount"),
    ("prepaid", "TotalPrepaidAmount"),
    ("payable", "DuePayableAmount"),
)


def read_order_x(name: str, data: bytes) -> DocumentOrders:
    """Read the document; raises FileRefused for what is no order in sound XML."""
    stated = StatedOrder(DocumentKind.ORDER, row=1)

    def _take(line: Node) -> None:
        stated.lines.append(stated_line(line))

    root = read_xml(name, data, _LINES, _take)
    stated.row, stated.path = root.row, root.name
    _refuse_test(name, root)
    head = root.child("ExchangedDocument") or root
    stated.kind = _kind(name, head)
    _put_document(stated, head)
    trade = root.child("SupplyChainTradeTransaction") or root
    agreement = trade.child("ApplicableHeaderTradeAgreement")
    if agreement is not None:
        _put_references(stated, agreement)
        put_buyer(stated, agreement)
    delivery = trade.child("ApplicableHeaderTradeDelivery")
    if delivery is not None:
        put_delivery(stated, delivery)
    settlement = trade.child("ApplicableHeaderTradeSettlement")
    if settlement is not None:
        _put_settlement(stated, settlement)
    return DocumentOrders(name, [assembled(name, stated)])


def _refuse_test(name: str, root: Node) -> None:
    context = ("ExchangedDocumentContext", "TestIndicator", "Indicator")
    if root.text(*context).lower() in ("true", "1"):
        message = "says that it is a test; send it without the mark if it is meant"
        raise refused(name, "test_document", message)


def _kind(name: str, head: Node) -> DocumentKind:
    code = head.text("TypeCode") or _ORDER
    if code not in (_ORDER, _CHANGE):
        message = (
            f"is no order and no change of one but a document of type {code}; "
            "send it to those whom it concerns"
        )
        raise refused(name, "other_document", message, code)
    if head.text("PurposeCode") == _CANCELLATION:
        return DocumentKind.CANCEL
    return DocumentKind.ORDER if code == _ORDER else DocumentKind.CHANGE


def _put_document(stated: StatedOrder, head: Node) -> None:
    own = "customer_ref" if stated.kind is DocumentKind.ORDER else "document_ref"
    stated.put(own, head.given("ID"))
    stated.put("ordered_on", day_of(head, "IssueDateTime"))
    for note in head.children("IncludedNote"):
        contents = (one.given() for one in note.children("Content"))
        stated.notes += filter(None, contents)


def _put_references(stated: StatedOrder, agreement: Node) -> None:
    stated.put("buyer_reference", agreement.given("BuyerReference"))
    if stated.kind is not DocumentKind.ORDER:
        for document in ("BuyerOrder", "PreviousOrder"):
            reference = f"{document}ReferencedDocument"
            stated.put("customer_ref", agreement.given(reference, "IssuerAssignedID"))
    terms = agreement.child("ApplicableTradeDeliveryTerms")
    if terms is not None:
        stated.put("incoterm", terms.given("DeliveryTypeCode"))
        for name in ("ID", "Name"):
            stated.put("incoterm_place", terms.given("RelevantTradeLocation", name))
        if told := terms.given("Description"):
            stated.notes.append(told)


def _put_settlement(stated: StatedOrder, settlement: Node) -> None:
    stated.put("currency", settlement.given("OrderCurrencyCode"))
    terms = settlement.given("SpecifiedTradePaymentTerms", "Description")
    if terms is not None and len(" ".join(terms.text.split())) <= _LONGEST_TERMS:
        stated.put("payment_terms", terms)
    elif terms is not None:
        stated.notes.append(terms)
    for charge in settlement.children("SpecifiedTradeAllowanceCharge"):
        stated.charges.append(stated_charge(charge))
    sums = settlement.child("SpecifiedTradeSettlementHeaderMonetarySummation")
    if sums is not None:
        for name, element in _SUMS:
            stated.sum(name, sums.given(element))
        total = sums.given("GrandTotalAmount")
        stated.sum("gross" if "payable" in stated.sums else "payable", total)
