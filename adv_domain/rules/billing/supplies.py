"""Which tax does a supply bear, by where it comes from, where it goes and who buys?

The one place that decides it, with its reason. Known is the VAT of the European Union
with the territories that lie outside of it (rules/tax_territories.py); a seller of
any other territory, and a customer with a tax category of his own, are taken at their
word.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from adv_domain.rules.countries import EU_MEMBERS
from adv_domain.rules.tax_territories import TaxTerritory, territory, territory_at
from adv_domain.rules.vat_ids import vat_id_with_country

BY_THE_SUPPLY = "standard"
"""The customer's tax category that leaves the tax to the supply."""
SURCHARGED = "equivalence_surcharge"
"""A retailer under the recargo de equivalencia (Ley 37/1992 art. 148 to 163)."""
INTRA_COMMUNITY, REVERSE_CHARGE = "intra_community", "reverse_charge"
EXPORT, OUTSIDE_SCOPE = "export", "outside_scope"

DecidedBy = Literal["supply", "customer"]
DistanceSales = Literal["origin", "destination"]
_BUSINESSES = frozenset({"business", "public_body"})
_VAT_PREFIXES = {"EL": "GR"}
_SERVICE = "service"

REASONS = {
    "own_category": "the customer has the tax category {category} of his own",
    "unknown_territory": "{seller} is no territory whose VAT is known here: the "
    "customer's tax category counts",
    "by_customer": "by policy ([amounts] tax_decided_by) the customer's tax category "
    "counts",
    "domestic": "from {seller} to {buyer}, within one territory of VAT: the tax of the "
    "product",
    "domestic_surcharge": "from {seller} to {buyer} to a retailer under the recargo "
    "de equivalencia: the tax of the product and the surcharge",
    "intra_community": "goods from {seller} to {buyer} for a business with a VAT id of "
    "another member state: exempt (Directive 2006/112/EC art. 138)",
    "no_vat_id": "goods from {seller} to {buyer} for a business without a VAT id of "
    "another member state that can be right: taxed as at home",
    "distance_sale": "goods from {seller} to {buyer} for a consumer: taxed at the "
    "{place} by policy ([amounts] distance_sales)",
    "export": "goods from {seller} to {buyer}, outside of its territory of VAT: exempt "
    "as an export",
    "service_reverse_charge": "a service for a business in {buyer}: it owes the VAT "
    "there (Directive 2006/112/EC art. 44 and 196)",
    "service_outside": "a service for a business in {buyer}: outside the scope of the "
    "VAT of {seller} (Directive 2006/112/EC art. 44)",
    "service_in_country": "a service from {seller} for a business in {buyer}, which "
    "counts as one country for services: the tax of {buyer} (CGI art. 259 and 296)",
    "service_at_home": "a service from {seller} for a buyer in {buyer} who gives no "
    "VAT id that can be right: taxed where the seller is (Directive 2006/112/EC "
    "art. 45)",
}
"""Why a supply bears the tax it bears, in words for an operator."""


class Seller(NamedTuple):
    """Where the company sells from, and what it has decided."""

    territory: str
    decided_by: DecidedBy = "supply"
    distance_sales: DistanceSales = "origin"


class Buyer(NamedTuple):
    """What of the customer decides on the tax; given is his own tax territory."""

    country: str
    postal_code: str = ""
    given: str = ""
    party_kind: str = "business"
    vat_id: str = ""
    category: str = BY_THE_SUPPLY


class Place(NamedTuple):
    """Where goods go, where that is not the customer's address."""

    country: str
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class TaxDecision:
    """Whose rates count, under which category, and why.

    category is None where the product's class decides. buyer is the territory that
    goods go to or that a service's buyer belongs to. reasons says why in words.
    """

    code: str
    seller: str
    buyer: str
    rates_of: tuple[str, ...]
    category: str | None = None
    has_surcharge: bool = False
    reasons: tuple[str, ...] = ()

    def category_of(self, product_class: str) -> str:
        """Return the line's tax category."""
        return self.category or product_class


@lru_cache(maxsize=4096)
def decided_tax(
    seller: Seller, buyer: Buyer, *, nature: str = "goods", place: Place | None = None
) -> TaxDecision:
    """Decide the tax of a supply of goods or a service; the reasons are one text."""
    found = _decided(seller, buyer, nature, place)
    is_there = found.rates_of[0] == found.buyer
    reason = REASONS[found.code].format(
        seller=found.seller,
        buyer=found.buyer,
        category=found.category,
        place="destination" if is_there else "origin",
    )
    return replace(found, reasons=(reason,))


def _decided(
    seller: Seller, buyer: Buyer, nature: str, place: Place | None
) -> TaxDecision:
    if buyer.category not in (BY_THE_SUPPLY, SURCHARGED):
        return _plain("own_category", seller, buyer, category=buyer.category)
    home = territory(seller.territory)
    if home is None:
        return _plain("unknown_territory", seller, buyer)
    if seller.decided_by == "customer":
        return _plain("by_customer", seller, buyer)
    if nature == _SERVICE:
        return _of_service(home, buyer)
    return _of_goods(home, _destination(buyer, place), buyer, seller)


def buyer_territory(buyer: Buyer) -> TaxTerritory:
    """Return the territory that the customer belongs to."""
    return territory_at(
        country=buyer.country, postal_code=buyer.postal_code, given=buyer.given
    )


def _destination(buyer: Buyer, place: Place | None) -> TaxTerritory:
    """Return where goods go; a place with no more than his country is his address."""
    if place is None or place == Place(buyer.country):
        return buyer_territory(buyer)
    return territory_at(country=place.country, postal_code=place.postal_code)


def _of_goods(
    home: TaxTerritory, to: TaxTerritory, buyer: Buyer, seller: Seller
) -> TaxDecision:
    if to.area == home.area:
        return _domestic(home, to, buyer, is_goods=True)
    if not (home.in_eu and to.in_eu):
        return _decision("export", home, to, category=EXPORT)
    if _is_business_elsewhere(buyer, home):
        return _decision("intra_community", home, to, category=INTRA_COMMUNITY)
    if buyer.party_kind in _BUSINESSES:
        return _decision("no_vat_id", home, to)
    at_home = seller.distance_sales == "origin"
    rates_of = home.rates_of if at_home else to.rates_of
    return TaxDecision("distance_sale", home.code, to.code, rates_of)


def _of_service(home: TaxTerritory, buyer: Buyer) -> TaxDecision:
    to = buyer_territory(buyer)
    if to.area == home.area:
        return _domestic(home, to, buyer, is_goods=False)
    is_business = buyer.party_kind in _BUSINESSES
    if is_business and to.services_area == home.services_area:
        return TaxDecision("service_in_country", home.code, to.code, to.rates_of)
    both_in_eu = home.services_in_eu and to.services_in_eu
    if both_in_eu and _is_business_elsewhere(buyer, home):
        code = "service_reverse_charge"
        return _decision(code, home, to, category=REVERSE_CHARGE)
    if not both_in_eu and is_business:
        return _decision("service_outside", home, to, category=OUTSIDE_SCOPE)
    return _decision("service_at_home", home, to)


def _domestic(
    home: TaxTerritory, to: TaxTerritory, buyer: Buyer, *, is_goods: bool
) -> TaxDecision:
    """Tax as at home; the surcharge is for goods that a retailer sells on."""
    has_surcharge = is_goods and buyer.category == SURCHARGED
    code = "domestic_surcharge" if has_surcharge else "domestic"
    return TaxDecision(
        code, home.code, to.code, to.rates_of, has_surcharge=has_surcharge
    )


def _is_business_elsewhere(buyer: Buyer, home: TaxTerritory) -> bool:
    """Tell whether the buyer gives a VAT id of another member state than the seller's.

    Whether the number can be right and is registered is asked before, not here.
    """
    if buyer.party_kind not in _BUSINESSES:
        return False
    prefix = vat_id_with_country(buyer.vat_id, country=buyer.country)[:2]
    state = _VAT_PREFIXES.get(prefix, prefix)
    return state != home.country and (state in EU_MEMBERS or state == "XI")


def _decision(
    code: str, home: TaxTerritory, to: TaxTerritory, *, category: str | None = None
) -> TaxDecision:
    return TaxDecision(code, home.code, to.code, home.rates_of, category)


def _plain(
    code: str, seller: Seller, buyer: Buyer, *, category: str | None = None
) -> TaxDecision:
    """Take the seller's territory and the customer's category as they are."""
    home = territory(seller.territory)
    rates_of = home.rates_of if home else (seller.territory,)
    has_surcharge = buyer.category == SURCHARGED
    to = buyer_territory(buyer).code
    return TaxDecision(
        code, seller.territory, to, rates_of, category, has_surcharge=has_surcharge
    )


def customers_category(seller: Seller, buyer: Buyer, *, place: Place | None) -> str:
    """Return the tax category of goods for a customer, before there is an invoice.

    BY_THE_SUPPLY where the products' classes decide, SURCHARGED where the surcharge
    stands beside them.
    """
    decision = decided_tax(seller, buyer, place=place)
    if decision.has_surcharge:
        return SURCHARGED
    return decision.category or BY_THE_SUPPLY


def tax_category_of(*, customer_category: str, product_class: str) -> str:
    """Return the category that a line counts under where its tax is looked up.

    A class with the surcharge beside it counts as one of its own.
    """
    if customer_category == SURCHARGED:
        return with_surcharge(product_class)
    return product_class if customer_category == BY_THE_SUPPLY else customer_category


def with_surcharge(category: str) -> str:
    """Name a category together with the surcharge beside it."""
    return f"{category} + {SURCHARGED}"
