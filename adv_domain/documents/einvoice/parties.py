"""Who sells, who buys and where did the goods go, as an e-invoice names them?"""

from adv_domain.documents.einvoice.model import Address, Delivery, Party
from adv_domain.rules.billing.issued_documents import DocumentParty, IssuedDocument
from adv_domain.rules.vat_ids import vat_id_with_country

_OUTSIDE_VAT = "O"


def seller_of(document: IssuedDocument) -> Party:
    """Return the seller.

    Outside VAT nobody's VAT number may stand (BR-O-02), so that the seller is known
    by it as a plain tax number then.
    """
    seller = document.seller
    vat_id = vat_id_with_country(seller.vat_id, country=seller.country)
    is_outside = _is_outside_vat(document)
    return Party(
        name=seller.name,
        address=_address(seller),
        identifier=vat_id if is_outside and not seller.legal_id else "",
        vat_id="" if is_outside else vat_id,
        tax_no=vat_id if is_outside else "",
        legal_id=seller.legal_id,
        law=seller.registration,
        endpoint=seller.endpoint,
        phone=seller.phone,
        email=seller.email,
    )


def buyer_of(document: IssuedDocument) -> Party:
    """Return the buyer; a number that is no VAT number is his identifier."""
    buyer = document.buyer
    vat_id = vat_id_with_country(buyer.vat_id, country=buyer.country)
    has_vat_id = bool(vat_id) and not _is_outside_vat(document)
    return Party(
        name=buyer.name,
        address=_address(buyer),
        identifier="" if has_vat_id else buyer.vat_id,
        vat_id=vat_id if has_vat_id else "",
        legal_id=buyer.legal_id,
        endpoint=buyer.endpoint,
        email=buyer.email,
    )


def delivery_of(document: IssuedDocument) -> Delivery | None:
    """Return day and place of the delivery; the place is the buyer's by default."""
    where = document.destination
    if where is not None:
        return Delivery(
            on=document.delivered_on,
            name=where.name,
            address=Address(
                country=where.country,
                street=where.street,
                postal_code=where.postal_code,
                city=where.city,
                region=where.region,
            ),
        )
    if any(group.category == "K" for group in document.taxes):  # BR-IC-12
        return Delivery(on=document.delivered_on, address=_address(document.buyer))
    return Delivery(on=document.delivered_on) if document.delivered_on else None


def _is_outside_vat(document: IssuedDocument) -> bool:
    return any(group.category == _OUTSIDE_VAT for group in document.taxes)


def _address(party: DocumentParty) -> Address:
    """Return the address by its parts; one frozen without them is one line."""
    has_parts = party.street or party.city or party.postal_code
    return Address(
        country=party.country,
        street=party.street if has_parts else ", ".join(party.address_lines),
        postal_code=party.postal_code,
        city=party.city,
        region=party.region,
    )
