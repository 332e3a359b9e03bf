"""How is an order written as UBL 2.1, for a partner's system or to be read back?"""

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

_SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:"
_SPACES = {
    "order": f"{_SCHEMA}Order-2",
    "cac": f"{_SCHEMA}CommonAggregateComponents-2",
    "cbc": f"{_SCHEMA}CommonBasicComponents-2",
}
_GLN_SCHEME = "0088"
_GTIN_SCHEME = "0160"
_STREETS = 9


def order_ubl(order: IncomingOrder, seller: Seller) -> bytes:
    """Write the order; how it came and who entered it is not in UBL."""
    header = order.header
    root = document("order:Order", _SPACES, default="order")
    root.leaf("cbc:UBLVersionID", "2.1")
    root.leaf("cbc:ID", header.customer_ref)
    root.leaf("cbc:IssueDate", header.ordered_on)
    root.leaf("cbc:Note", header.instructions)
    root.leaf("cbc:DocumentCurrencyCode", header.currency)
    root.leaf("cbc:CustomerReference", header.buyer_reference)
    root.leaf("cbc:LineCountNumeric", len(order.lines))
    _buyer(root.branch("cac:BuyerCustomerParty"), header)
    party = root.branch("cac:SellerSupplierParty").branch("cac:Party")
    party.branch("cac:PartyName").leaf("cbc:Name", seller.name)
    _delivery(root.branch("cac:Delivery"), header)
    terms = root.branch("cac:DeliveryTerms")
    terms.leaf("cbc:ID", header.incoterm)
    terms.branch("cac:DeliveryLocation").leaf("cbc:ID", header.incoterm_place)
    root.branch("cac:PaymentTerms").leaf("cbc:Note", header.payment_terms)
    for charge in header.charges:
        _charge(root.branch("cac:AllowanceCharge"), charge, header.currency)
    _total(root, order)
    for line in order.lines:
        _line(root.branch("cac:OrderLine").branch("cac:LineItem"), order, line)
    return root.written()


def _buyer(branch: Branch, header: IncomingHeader) -> None:
    account = account_of(header.customer, header.buyer_ids)
    branch.leaf("cbc:SupplierAssignedAccountID", account)
    party = branch.branch("cac:Party")
    for one in header.buyer_ids:
        if one.scheme != VAT:
            scheme = _GLN_SCHEME if one.scheme == GLN else one.scheme or None
            number_of = party.branch("cac:PartyIdentification")
            number_of.leaf("cbc:ID", one.value, schemeID=scheme)
    party.branch("cac:PartyName").leaf("cbc:Name", header.buyer_name)
    for one in header.buyer_ids:
        if one.scheme == VAT:
            tax = party.branch("cac:PartyTaxScheme")
            tax.leaf("cbc:CompanyID", one.value)
            tax.branch("cac:TaxScheme").leaf("cbc:ID", "VAT")
    contact = party.branch("cac:Contact")
    contact.leaf("cbc:Name", header.contact_name)
    contact.leaf("cbc:Telephone", header.contact_phone)
    contact.leaf("cbc:ElectronicMail", header.contact_email)


def _delivery(branch: Branch, header: IncomingHeader) -> None:
    branch.leaf("cbc:LatestDeliveryDate", header.deliver_until)
    location = branch.branch("cac:DeliveryLocation")
    location.leaf("cbc:ID", header.ship_to_id)
    location.leaf("cbc:Name", header.ship_to_name)
    address = location.branch("cac:Address")
    streets = address_parts(header.ship_to_address, _STREETS)
    names = ("StreetName", "AdditionalStreetName")
    for name, street in zip(names, streets, strict=False):
        address.leaf(f"cbc:{name}", street)
    address.leaf("cbc:CityName", header.ship_to_city)
    address.leaf("cbc:PostalZone", header.ship_to_postal_code)
    address.leaf("cbc:CountrySubentity", header.ship_to_region)
    for street in streets[2:]:
        address.branch("cac:AddressLine").leaf("cbc:Line", street)
    country = address.branch("cac:Country")
    country.leaf("cbc:IdentificationCode", header.ship_to_country)
    period = branch.branch("cac:RequestedDeliveryPeriod")
    period.leaf("cbc:StartDate", header.deliver_from)
    period.leaf("cbc:EndDate", header.requested_on)


def _charge(branch: Branch, charge: OrderCharge, currency: str | None) -> None:
    branch.leaf("cbc:ChargeIndicator", str(charge.amount >= 0).lower())
    branch.leaf("cbc:AllowanceChargeReason", charge.reason)
    branch.leaf("cbc:Amount", number(abs(charge.amount)), currencyID=currency)
    if charge.tax_category is not None or charge.tax_rate is not None:
        tax = branch.branch("cac:TaxCategory")
        tax.leaf("cbc:ID", charge.tax_category)
        tax.leaf("cbc:Percent", per_cent(charge.tax_rate))
        tax.branch("cac:TaxScheme").leaf("cbc:ID", "VAT")


def _total(root: Branch, order: IncomingOrder) -> None:
    """Write the total as the order stated it; money paid ahead needs one beside it."""
    header = order.header
    payable, lines = header.document_total, order.total()
    if payable is None and header.prepaid is not None and lines is not None:
        payable = lines + sum((one.amount for one in header.charges), ZERO)
    if payable is None and header.prepaid is None:
        return
    currency = header.currency
    total = root.branch("cac:AnticipatedMonetaryTotal")
    total.leaf("cbc:LineExtensionAmount", number(lines), currencyID=currency)
    total.leaf("cbc:PrepaidAmount", number(header.prepaid), currencyID=currency)
    total.leaf("cbc:PayableAmount", number(payable), currencyID=currency)


def _line(item: Branch, order: IncomingOrder, line: IncomingLine) -> None:
    currency = order.header.currency
    amounts = line_amounts(line, currency_of(order))
    item.leaf("cbc:ID", line_name(line))
    item.leaf("cbc:Note", line.note)
    item.leaf("cbc:Quantity", number(line.qty), unitCode=line.unit)
    if amounts is not None:
        net = number(amounts.net)
        item.leaf("cbc:LineExtensionAmount", net, currencyID=currency)
    delivery = item.branch("cac:Delivery").branch("cac:RequestedDeliveryPeriod")
    delivery.leaf("cbc:EndDate", line.requested_on)
    if line.discount_rate:
        allowance = item.branch("cac:AllowanceCharge")
        allowance.leaf("cbc:ChargeIndicator", "false")
        allowance.leaf("cbc:MultiplierFactorNumeric", per_cent(line.discount_rate))
        if amounts is not None:
            discount, gross = number(amounts.discount), number(amounts.gross)
            allowance.leaf("cbc:Amount", discount, currencyID=currency)
            allowance.leaf("cbc:BaseAmount", gross, currencyID=currency)
    price = item.branch("cac:Price")
    price.leaf("cbc:PriceAmount", stated_price(line), currencyID=currency)
    base = unless_one(line.price_base_qty)
    price.leaf("cbc:BaseQuantity", base, unitCode=line.unit)
    _item(item.branch("cac:Item"), line)


def _item(branch: Branch, line: IncomingLine) -> None:
    branch.leaf("cbc:Name", line.description)
    article = branch.branch("cac:BuyersItemIdentification")
    article.leaf("cbc:ID", line.customer_article)
    branch.branch("cac:SellersItemIdentification").leaf("cbc:ID", line.product)
    standard = branch.branch("cac:StandardItemIdentification")
    standard.leaf("cbc:ID", line.gtin, schemeID=_GTIN_SCHEME)
    if line.tax_category is not None or line.tax_rate is not None:
        tax = branch.branch("cac:ClassifiedTaxCategory")
        tax.leaf("cbc:ID", line.tax_category)
        tax.leaf("cbc:Percent", per_cent(line.tax_rate))
        tax.branch("cac:TaxScheme").leaf("cbc:ID", "VAT")
