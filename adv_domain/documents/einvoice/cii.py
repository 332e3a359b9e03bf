"""How is an e-invoice written as CII (UN/CEFACT D22B, Factur-X profile EN 16931)?

The order of the elements is the schema's.
"""

from datetime import date

from lxml import etree

from adv_domain.documents.einvoice.cii_parts import (
    NAMESPACES,
    RSM,
    VAT,
    address,
    allowance,
    day,
    party,
    qdt,
    ram,
    rsm,
    udt,
)
from adv_domain.documents.einvoice.elements import Element
from adv_domain.documents.einvoice.model import (
    GTIN,
    SPECIFICATION,
    Delivery,
    EInvoice,
    Line,
    Payment,
    Preceding,
    TaxBreakdown,
    Totals,
)

# UNTDID 2475: date of issue, date of payment
_VAT_DUE = {"debits": "5", "payment": "72"}


def cii(invoice: EInvoice) -> Element:
    """Return the CrossIndustryInvoice."""
    root = etree.Element(f"{{{RSM}}}CrossIndustryInvoice", nsmap=NAMESPACES)
    parts = (_context(invoice), _head(invoice), _transaction(invoice))
    root.extend([part for part in parts if part is not None])
    return root


def _context(invoice: EInvoice) -> Element | None:
    return rsm(
        "ExchangedDocumentContext",
        ram("BusinessProcessSpecifiedDocumentContextParameter", _id(invoice.process)),
        ram("GuidelineSpecifiedDocumentContextParameter", _id(SPECIFICATION)),
    )


def _head(invoice: EInvoice) -> Element | None:
    return rsm(
        "ExchangedDocument",
        _id(invoice.number),
        ram("TypeCode", invoice.type_code),
        day("IssueDateTime", invoice.issued_on),
        *(
            ram(
                "IncludedNote",
                ram("Content", note.text),
                ram("SubjectCode", note.subject),
            )
            for note in invoice.notes
        ),
    )


def _transaction(invoice: EInvoice) -> Element | None:
    return rsm(
        "SupplyChainTradeTransaction",
        *(_line(line) for line in invoice.lines),
        _agreement(invoice),
        _delivered(invoice),
        _settlement(invoice),
    )


def _line(line: Line) -> Element | None:
    return ram(
        "IncludedSupplyChainTradeLineItem",
        ram("AssociatedDocumentLineDocument", ram("LineID", line.number)),
        ram(
            "SpecifiedTradeProduct",
            ram("GlobalID", line.gtin, schemeID=GTIN),
            ram("SellerAssignedID", line.seller_item),
            ram("BuyerAssignedID", line.buyer_item),
            ram("Name", line.name),
        ),
        ram(
            "SpecifiedLineTradeAgreement",
            ram("BuyerOrderReferencedDocument", ram("LineID", line.order_line)),
            ram("NetPriceProductTradePrice", ram("ChargeAmount", line.price)),
        ),
        ram(
            "SpecifiedLineTradeDelivery",
            ram("BilledQuantity", line.qty, unitCode=line.unit_code),
        ),
        ram(
            "SpecifiedLineTradeSettlement",
            ram(
                "ApplicableTradeTax",
                ram("TypeCode", VAT),
                ram("CategoryCode", line.tax_category),
                ram("RateApplicablePercent", line.tax_rate),
            ),
            *(allowance(one) for one in line.allowances),
            ram(
                "SpecifiedTradeSettlementLineMonetarySummation",
                ram("LineTotalAmount", line.net),
            ),
        ),
    )


def _agreement(invoice: EInvoice) -> Element | None:
    return ram(
        "ApplicableHeaderTradeAgreement",
        ram("BuyerReference", invoice.buyer_reference),
        party("SellerTradeParty", invoice.seller),
        party("BuyerTradeParty", invoice.buyer),
        ram("SellerOrderReferencedDocument", _assigned(invoice.sales_order)),
        ram("BuyerOrderReferencedDocument", _assigned(invoice.purchase_order)),
    )


def _delivered(invoice: EInvoice) -> Element:
    """The element must be there, empty where nothing is known of the delivery."""
    where = invoice.delivery or Delivery()
    found = ram(
        "ApplicableHeaderTradeDelivery",
        ram(
            "ShipToTradeParty",
            ram("Name", where.name),
            where.address and address("PostalTradeAddress", where.address),
        ),
        ram("ActualDeliverySupplyChainEvent", day("OccurrenceDateTime", where.on)),
        ram("DespatchAdviceReferencedDocument", _assigned(invoice.delivery_note)),
    )
    empty = f"{{{NAMESPACES['ram']}}}ApplicableHeaderTradeDelivery"
    return etree.Element(empty) if found is None else found


def _settlement(invoice: EInvoice) -> Element | None:
    payment = invoice.payment
    first, last = invoice.period or (None, None)
    return ram(
        "ApplicableHeaderTradeSettlement",
        ram("PaymentReference", payment.reference if payment else ""),
        ram("TaxCurrencyCode", invoice.totals.company_currency),
        ram("InvoiceCurrencyCode", invoice.currency),
        payment and _means(payment),
        *(_tax(group, invoice) for group in invoice.taxes),
        ram(
            "BillingSpecifiedPeriod",
            day("StartDateTime", first),
            day("EndDateTime", last),
        ),
        *(allowance(one) for one in invoice.allowances),
        ram(
            "SpecifiedTradePaymentTerms",
            ram("Description", invoice.terms),
            day("DueDateDateTime", invoice.due_on),
        ),
        _summation(invoice.totals, currency=invoice.currency),
        *(_preceding(one) for one in invoice.preceding),
    )


def _means(payment: Payment) -> Element | None:
    return ram(
        "SpecifiedTradeSettlementPaymentMeans",
        ram("TypeCode", payment.code),
        ram("PayerPartyDebtorFinancialAccount", ram("IBANID", payment.debited_iban)),
        ram(
            "PayeePartyCreditorFinancialAccount",
            ram("IBANID", payment.iban),
            ram("AccountName", payment.holder),
        ),
        ram("PayeeSpecifiedCreditorFinancialInstitution", ram("BICID", payment.bic)),
    )


def _tax(group: TaxBreakdown, invoice: EInvoice) -> Element | None:
    return ram(
        "ApplicableTradeTax",
        ram("CalculatedAmount", group.tax),
        ram("TypeCode", VAT),
        ram("ExemptionReason", group.reason),
        ram("BasisAmount", group.base),
        ram("CategoryCode", group.category),
        ram("ExemptionReasonCode", group.reason_code),
        _tax_point(invoice.tax_point_on),
        ram("DueDateTypeCode", _VAT_DUE.get(invoice.vat_due)),
        ram("RateApplicablePercent", group.rate),
    )


def _tax_point(on: date | None) -> Element | None:
    if on is None:
        return None
    return ram("TaxPointDate", udt("DateString", f"{on:%Y%m%d}", format="102"))


def _summation(totals: Totals, *, currency: str) -> Element | None:
    return ram(
        "SpecifiedTradeSettlementHeaderMonetarySummation",
        ram("LineTotalAmount", totals.lines),
        ram("ChargeTotalAmount", totals.charges or None),
        ram("AllowanceTotalAmount", totals.allowances or None),
        ram("TaxBasisTotalAmount", totals.net),
        ram("TaxTotalAmount", totals.tax, currencyID=currency),
        ram("TaxTotalAmount", totals.company_tax, currencyID=totals.company_currency),
        ram("RoundingAmount", totals.rounding or None),
        ram("GrandTotalAmount", totals.gross),
        ram("TotalPrepaidAmount", totals.prepaid or None),
        ram("DuePayableAmount", totals.payable),
    )


def _preceding(one: Preceding) -> Element | None:
    return ram(
        "InvoiceReferencedDocument",
        _assigned(one.number),
        one.issued_on
        and ram(
            "FormattedIssueDateTime",
            qdt("DateTimeString", f"{one.issued_on:%Y%m%d}", format="102"),
        ),
    )


def _id(value: str) -> Element | None:
    return ram("ID", value)


def _assigned(number: str) -> Element | None:
    return ram("IssuerAssignedID", number)
