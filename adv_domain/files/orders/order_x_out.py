"""How is an order written as Order-X, for a partner's system or to be read back?"""

from datetime import date

from adv_domain.files.orders.order_x import NAMESPACE
from adv_domain.files.orders.texts_out import (
    Seller,
    account_of,
    address_parts,
    currency_of,
    line_amounts,
    line_name,
    number,
    per_cent,
    stated_price,
    unless_one,
)
from adv_domain.files.orders.xml_out import Branch, document
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.incoming import (
    IncomingHeader,
    IncomingLine,
    IncomingOrder,
    OrderCharge,
)
from adv_domain.rules.orders.naming import GLN, VAT

_STANDARD = "urn:un:unece:uncefact:data:standard"
_SPACES = {
    "rsm": f"{NAMESPACE}100",
    "ram": f"{_STANDARD}:ReusableAggregateBusinessInformationEntity:128",
    "udt": f"{_STANDARD}:UnqualifiedDataType:128",
}
_PROFILE = "urn:order-x.eu:1p0:extended"
_ORDER, _ORIGINAL = "220", "9"
_GLN_SCHEME, _GTIN_SCHEME, _OTHER_SCHEME = "0088", "0160", "ZZZ"
_GLN_LENGTH = 13
_STREETS = ("One", "Two", "Three")


def order_order_x(order: IncomingOrder, seller: Seller) -> bytes:
    """Write the order; how it came and who entered it is not in Order-X."""
    root = document("rsm:SCRDMCCBDACIOMessageStructure", _SPACES)
    context = root.branch("rsm:ExchangedDocumentContext")
    guideline = context.branch("ram:GuidelineSpecifiedDocumentContextParameter")
    guideline.leaf("ram:ID", _PROFILE)
    head = root.branch("rsm:ExchangedDocument")
    head.leaf("ram:ID", order.header.customer_ref)
    head.leaf("ram:TypeCode", _ORDER)
    _day(head, "IssueDateTime", order.header.ordered_on)
    head.leaf("ram:PurposeCode", _ORIGINAL)
    head.branch("ram:IncludedNote").leaf("ram:Content", order.header.instructions)
    trade = root.branch("rsm:SupplyChainTradeTransaction")
    for line in order.lines:
        _line(trade.branch("ram:IncludedSupplyChainTradeLineItem"), order, line)
    _agreement(trade.branch("ram:ApplicableHeaderTradeAgreement"), order.header, seller)
    _delivery(trade.branch("ram:ApplicableHeaderTradeDelivery"), order.header)
    _settlement(trade.branch("ram:ApplicableHeaderTradeSettlement"), order)
    return root.written()


def _day(branch: Branch, name: str, on: date | None) -> None:
    if on is not None:
        day = branch.branch(f"ram:{name}")
        day.leaf("udt:DateTimeString", f"{on:%Y%m%d}", format="102")


def _flag(branch: Branch, is_charge: bool) -> None:  # a value, no switch
    flag = branch.branch("ram:ChargeIndicator")
    flag.leaf("udt:Indicator", str(is_charge).lower())


def _agreement(branch: Branch, header: IncomingHeader, seller: Seller) -> None:
    branch.leaf("ram:BuyerReference", header.buyer_reference)
    branch.branch("ram:SellerTradeParty").leaf("ram:Name", seller.name)
    _buyer(branch.branch("ram:BuyerTradeParty"), header)
    terms = branch.branch("ram:ApplicableTradeDeliveryTerms")
    terms.leaf("ram:DeliveryTypeCode", header.incoterm)
    terms.branch("ram:RelevantTradeLocation").leaf("ram:Name", header.incoterm_place)


def _buyer(party: Branch, header: IncomingHeader) -> None:
    party.leaf("ram:ID", account_of(header.customer, header.buyer_ids))
    for one in header.buyer_ids:
        if one.scheme != VAT:
            scheme = _GLN_SCHEME if one.scheme == GLN else one.scheme or _OTHER_SCHEME
            party.leaf("ram:GlobalID", one.value, schemeID=scheme)
    party.leaf("ram:Name", header.buyer_name)
    contact = party.branch("ram:DefinedTradeContact")
    contact.leaf("ram:PersonName", header.contact_name)
    phone = contact.branch("ram:TelephoneUniversalCommunication")
    phone.leaf("ram:CompleteNumber", header.contact_phone)
    mail = contact.branch("ram:EmailURIUniversalCommunication")
    mail.leaf("ram:URIID", header.contact_email)
    for one in header.buyer_ids:
        if one.scheme == VAT:
            tax = party.branch("ram:SpecifiedTaxRegistration")
            tax.leaf("ram:ID", one.value, schemeID="VA")


def _delivery(branch: Branch, header: IncomingHeader) -> None:
    place = branch.branch("ram:ShipToTradeParty")
    number_of = header.ship_to_id
    if number_of and number_of.isdigit() and len(number_of) == _GLN_LENGTH:
        place.leaf("ram:GlobalID", number_of, schemeID=_GLN_SCHEME)
    else:
        place.leaf("ram:ID", number_of)
    place.leaf("ram:Name", header.ship_to_name)
    address = place.branch("ram:PostalTradeAddress")
    address.leaf("ram:PostcodeCode", header.ship_to_postal_code)
    streets = address_parts(header.ship_to_address, len(_STREETS))
    for which, street in zip(_STREETS, streets, strict=False):
        address.leaf(f"ram:Line{which}", street)
    address.leaf("ram:CityName", header.ship_to_city)
    address.leaf("ram:CountryID", header.ship_to_country)
    address.leaf("ram:CountrySubDivisionName", header.ship_to_region)
    event = branch.branch("ram:RequestedDeliverySupplyChainEvent")
    _day(event, "OccurrenceDateTime", header.requested_on)
    period = event.branch("ram:OccurrenceSpecifiedPeriod")
    _day(period, "StartDateTime", header.deliver_from)
    _day(period, "EndDateTime", header.deliver_until)


def _settlement(branch: Branch, order: IncomingOrder) -> None:
    header = order.header
    branch.leaf("ram:OrderCurrencyCode", header.currency)
    for charge in header.charges:
        _charge(branch.branch("ram:SpecifiedTradeAllowanceCharge"), charge)
    terms = branch.branch("ram:SpecifiedTradePaymentTerms")
    terms.leaf("ram:Description", header.payment_terms)
    sums = branch.branch("ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    lines = order.total()
    if lines is not None:
        more = sum((one.amount for one in header.charges if one.amount > 0), ZERO)
        less = -sum((one.amount for one in header.charges if one.amount < 0), ZERO)
        sums.leaf("ram:LineTotalAmount", number(lines))
        sums.leaf("ram:ChargeTotalAmount", number(more))
        sums.leaf("ram:AllowanceTotalAmount", number(less))
        sums.leaf("ram:TaxBasisTotalAmount", number(lines + more - less))
    sums.leaf("ram:GrandTotalAmount", number(header.document_total))
    sums.leaf("ram:TotalPrepaidAmount", number(header.prepaid))


def _charge(branch: Branch, charge: OrderCharge) -> None:
    _flag(branch, charge.amount >= 0)
    branch.leaf("ram:ActualAmount", number(abs(charge.amount)))
    branch.leaf("ram:Reason", charge.reason)
    if charge.tax_category is not None or charge.tax_rate is not None:
        tax = branch.branch("ram:CategoryTradeTax")
        tax.leaf("ram:TypeCode", "VAT")
        tax.leaf("ram:CategoryCode", charge.tax_category)
        tax.leaf("ram:RateApplicablePercent", per_cent(charge.tax_rate))


def _line(branch: Branch, order: IncomingOrder, line: IncomingLine) -> None:
    head = branch.branch("ram:AssociatedDocumentLineDocument")
    head.leaf("ram:LineID", line_name(line))
    head.branch("ram:IncludedNote").leaf("ram:Content", line.note)
    product = branch.branch("ram:SpecifiedTradeProduct")
    product.leaf("ram:GlobalID", line.gtin, schemeID=_GTIN_SCHEME)
    product.leaf("ram:SellerAssignedID", line.product)
    product.leaf("ram:BuyerAssignedID", line.customer_article)
    product.leaf("ram:Name", line.description)
    price = branch.branch("ram:SpecifiedLineTradeAgreement").branch(
        "ram:NetPriceProductTradePrice"
    )
    price.leaf("ram:ChargeAmount", stated_price(line))
    base = unless_one(line.price_base_qty)
    price.leaf("ram:BasisQuantity", base, unitCode=line.unit)
    delivery = branch.branch("ram:SpecifiedLineTradeDelivery")
    delivery.leaf("ram:RequestedQuantity", number(line.qty), unitCode=line.unit)
    event = delivery.branch("ram:RequestedDeliverySupplyChainEvent")
    _day(event, "OccurrenceDateTime", line.requested_on)
    _line_settlement(branch.branch("ram:SpecifiedLineTradeSettlement"), order, line)


def _line_settlement(branch: Branch, order: IncomingOrder, line: IncomingLine) -> None:
    if line.tax_category is not None or line.tax_rate is not None:
        tax = branch.branch("ram:ApplicableTradeTax")
        tax.leaf("ram:TypeCode", "VAT")
        tax.leaf("ram:CategoryCode", line.tax_category)
        tax.leaf("ram:RateApplicablePercent", per_cent(line.tax_rate))
    amounts = line_amounts(line, currency_of(order))
    if line.discount_rate:
        allowance = branch.branch("ram:SpecifiedTradeAllowanceCharge")
        _flag(allowance, is_charge=False)
        allowance.leaf("ram:CalculationPercent", per_cent(line.discount_rate))
        if amounts is not None:
            allowance.leaf("ram:BasisAmount", number(amounts.gross))
            allowance.leaf("ram:ActualAmount", number(amounts.discount))
    if amounts is not None:
        sums = branch.branch("ram:SpecifiedTradeSettlementLineMonetarySummation")
        sums.leaf("ram:LineTotalAmount", number(amounts.net))
