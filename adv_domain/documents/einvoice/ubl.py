"""How is an e-invoice written as UBL 2.1, an Invoice or a CreditNote?

The order of the elements is the schemas'; the two differ in few names.
"""

from typing import NamedTuple

from lxml import etree

from adv_domain.documents.einvoice.elements import Element
from adv_domain.documents.einvoice.model import (
    GTIN,
    SPECIFICATION,
    EInvoice,
    Line,
    Payment,
    TaxBreakdown,
    Totals,
)
from adv_domain.documents.einvoice.ubl_parts import (
    CAC,
    CBC,
    CREDIT_NOTE,
    INVOICE,
    address,
    allowance,
    amount,
    cac,
    cbc,
    party,
    tax_category,
)

# EN 16931 writes UNTDID 2005 here: date of issue, date of payment
_VAT_DUE = {"debits": "3", "payment": "432"}


class _Names(NamedTuple):
    """What an Invoice and a CreditNote call differently."""

    namespace: str
    root: str
    type_code: str
    line: str
    qty: str


_INVOICE = _Names(
    INVOICE, "Invoice", "InvoiceTypeCode", "InvoiceLine", "InvoicedQuantity"
)
_CREDIT_NOTE = _Names(
    CREDIT_NOTE,
    "CreditNote",
    "CreditNoteTypeCode",
    "CreditNoteLine",
    "CreditedQuantity",
)


def ubl(invoice: EInvoice) -> Element:
    """Return the Invoice or, for type 381, the CreditNote."""
    names = _CREDIT_NOTE if invoice.is_credit_note else _INVOICE
    root = etree.Element(
        f"{{{names.namespace}}}{names.root}",
        nsmap={None: names.namespace, "cac": CAC, "cbc": CBC},  # type: ignore[dict-item]  # the stubs know no default namespace
    )
    parts = (
        *_head(invoice, names),
        *_references(invoice),
        party("AccountingSupplierParty", invoice.seller),
        party("AccountingCustomerParty", invoice.buyer),
        _delivery(invoice),
        _means(invoice.payment) if invoice.payment else None,
        cac("PaymentTerms", cbc("Note", invoice.terms)),
        *(allowance(one, currency=invoice.currency) for one in invoice.allowances),
        _tax_total(invoice),
        _company_tax_total(invoice.totals),
        _monetary_total(invoice.totals, currency=invoice.currency),
        *(_line(line, names, currency=invoice.currency) for line in invoice.lines),
    )
    root.extend([part for part in parts if part is not None])
    return root


def _head(invoice: EInvoice, names: _Names) -> list[Element | None]:
    due_on = None if invoice.is_credit_note else invoice.due_on
    notes = [
        f"#{note.subject}#{note.text}" if note.subject else note.text
        for note in invoice.notes
    ]
    return [
        cbc("CustomizationID", SPECIFICATION),
        cbc("ProfileID", invoice.process),
        cbc("ID", invoice.number),
        cbc("IssueDate", invoice.issued_on),
        cbc("DueDate", due_on),
        cbc(names.type_code, invoice.type_code),
        *(cbc("Note", note) for note in notes),
        cbc("TaxPointDate", invoice.tax_point_on),
        cbc("DocumentCurrencyCode", invoice.currency),
        cbc("TaxCurrencyCode", invoice.totals.company_currency),
        cbc("BuyerReference", invoice.buyer_reference),
    ]


def _references(invoice: EInvoice) -> list[Element | None]:
    first, last = invoice.period or (None, None)
    # UBL wants an order's own number beside ours
    order_no = invoice.purchase_order or ("NA" if invoice.sales_order else "")
    return [
        cac(
            "InvoicePeriod",
            cbc("StartDate", first),
            cbc("EndDate", last),
            cbc("DescriptionCode", _VAT_DUE.get(invoice.vat_due)),
        ),
        cac(
            "OrderReference",
            cbc("ID", order_no),
            cbc("SalesOrderID", invoice.sales_order),
        ),
        *(
            cac(
                "BillingReference",
                cac(
                    "InvoiceDocumentReference",
                    cbc("ID", one.number),
                    cbc("IssueDate", one.issued_on),
                ),
            )
            for one in invoice.preceding
        ),
        cac("DespatchDocumentReference", cbc("ID", invoice.delivery_note)),
    ]


def _delivery(invoice: EInvoice) -> Element | None:
    where = invoice.delivery
    if where is None:
        return None
    return cac(
        "Delivery",
        cbc("ActualDeliveryDate", where.on),
        cac("DeliveryLocation", where.address and address("Address", where.address)),
        cac("DeliveryParty", cac("PartyName", cbc("Name", where.name))),
    )


def _means(payment: Payment) -> Element | None:
    return cac(
        "PaymentMeans",
        cbc("PaymentMeansCode", payment.code),
        cbc("PaymentID", payment.reference),
        cac(
            "PayeeFinancialAccount",
            cbc("ID", payment.iban),
            cbc("Name", payment.holder),
            cac("FinancialInstitutionBranch", cbc("ID", payment.bic)),
        ),
        cac(
            "PaymentMandate",
            cac("PayerFinancialAccount", cbc("ID", payment.debited_iban)),
        ),
    )


def _tax_total(invoice: EInvoice) -> Element | None:
    currency = invoice.currency
    return cac(
        "TaxTotal",
        amount("TaxAmount", invoice.totals.tax, currency=currency),
        *(_subtotal(group, currency=currency) for group in invoice.taxes),
    )


def _company_tax_total(totals: Totals) -> Element | None:
    """The tax in the seller's currency stands in a total of its own, without groups."""
    return cac(
        "TaxTotal",
        amount("TaxAmount", totals.company_tax, currency=totals.company_currency),
    )


def _subtotal(group: TaxBreakdown, *, currency: str) -> Element | None:
    return cac(
        "TaxSubtotal",
        amount("TaxableAmount", group.base, currency=currency),
        amount("TaxAmount", group.tax, currency=currency),
        tax_category(
            "TaxCategory",
            group.category,
            group.rate,
            reason=group.reason,
            reason_code=group.reason_code,
        ),
    )


def _monetary_total(totals: Totals, *, currency: str) -> Element | None:
    named = (
        ("LineExtensionAmount", totals.lines),
        ("TaxExclusiveAmount", totals.net),
        ("TaxInclusiveAmount", totals.gross),
        ("AllowanceTotalAmount", totals.allowances or None),
        ("ChargeTotalAmount", totals.charges or None),
        ("PrepaidAmount", totals.prepaid or None),
        ("PayableRoundingAmount", totals.rounding or None),
        ("PayableAmount", totals.payable),
    )
    return cac(
        "LegalMonetaryTotal",
        *(amount(name, value, currency=currency) for name, value in named),
    )


def _line(line: Line, names: _Names, *, currency: str) -> Element | None:
    return cac(
        names.line,
        cbc("ID", line.number),
        cbc(names.qty, line.qty, unitCode=line.unit_code),
        amount("LineExtensionAmount", line.net, currency=currency),
        cac("OrderLineReference", cbc("LineID", line.order_line)),
        *(allowance(one, currency=currency) for one in line.allowances),
        cac(
            "Item",
            cbc("Name", line.name),
            cac("BuyersItemIdentification", cbc("ID", line.buyer_item)),
            cac("SellersItemIdentification", cbc("ID", line.seller_item)),
            cac("StandardItemIdentification", cbc("ID", line.gtin, schemeID=GTIN)),
            tax_category("ClassifiedTaxCategory", line.tax_category, line.tax_rate),
        ),
        cac("Price", amount("PriceAmount", line.price, currency=currency)),
    )
