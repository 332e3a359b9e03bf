"""Which territory of turnover tax does an address lie in, and whose law holds there?

Some parts of a country lie outside its VAT or have rates of their own: Canarias,
Ceuta and Melilla (Ley 37/1992 art. 3), the French overseas departments and Corse (CGI
art. 294 and 297), and a few places that Directive 2006/112/EC art. 6 names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adv_domain.rules.countries import EU_MEMBERS


@dataclass(frozen=True, slots=True)
class TaxTerritory:
    """A territory and the area within which a supply is a domestic one.

    in_eu tells whether the Union's VAT holds there. rates_of are the territories whose
    rates hold, the more particular first. Where services are taxed otherwise than
    goods, services_with is the area within which they are domestic, and goods_only
    tells that the Union's VAT holds for goods alone.
    """

    code: str
    country: str
    area: str
    in_eu: bool
    rates_of: tuple[str, ...]
    services_with: str = ""
    goods_only: bool = False

    @property
    def services_area(self) -> str:
        """The area within which a service is a domestic one."""
        return self.services_with or self.area

    @property
    def services_in_eu(self) -> bool:
        """Whether the Union's VAT holds there for services."""
        return self.in_eu and not self.goods_only


def _own(
    code: str, country: str, *, area: str = "", services_with: str = ""
) -> TaxTerritory:
    """A territory outside of the Union's VAT, with rates of its own."""
    return TaxTerritory(
        code,
        country,
        area or code,
        in_eu=False,
        rates_of=(code,),
        services_with=services_with,
    )


def _overseas(code: str, *, area: str = "") -> TaxTerritory:
    """A French department overseas: goods go there as exports, but services are
    sold within France, at the rates of the buyer's department (CGI art. 259, 294, 296).
    """
    return _own(code, "FR", area=area, services_with="FR")


# codes of ISO 3166-2; Ceuta and Melilla are cities of Spain, Corse a region of France
_SPECIAL = {
    each.code: each
    for each in (
        _own("ES-CN", "ES"),
        _own("ES-CE", "ES"),
        _own("ES-ML", "ES"),
        TaxTerritory("FR-20R", "FR", "FR", in_eu=True, rates_of=("FR-20R", "FR")),
        # Guadeloupe and Martinique are one territory (CGI art. 294, 1)
        _overseas("FR-971", area="FR-ANT"),
        _overseas("FR-972", area="FR-ANT"),
        _overseas("FR-973"),
        _overseas("FR-974"),
        _overseas("FR-976"),
        # Monaco is treated as France (Directive art. 7)
        TaxTerritory("MC", "MC", "FR", in_eu=True, rates_of=("MC", "FR")),
        # for goods Northern Ireland is treated as a member state, for services it is
        # the United Kingdom (Windsor Framework art. 8, Directive art. 215)
        TaxTerritory(
            "GB-NIR",
            "GB",
            "GB-NIR",
            in_eu=True,
            rates_of=("GB-NIR", "GB"),
            goods_only=True,
        ),
        _own("AX", "FI"),
        _own("DE-HGL", "DE"),
        _own("DE-BUS", "DE"),
        _own("IT-LIV", "IT"),
    )
}
SPECIAL_TERRITORIES: Mapping[str, TaxTerritory] = MappingProxyType(_SPECIAL)
"""Territories that are not simply a country, by code."""
_OF_COUNTRY_CODE = {
    "GP": "FR-971",
    "MQ": "FR-972",
    "GF": "FR-973",
    "RE": "FR-974",
    "YT": "FR-976",
    "IC": "ES-CN",
}
_BY_POSTAL_CODE = {
    "ES": {"35": "ES-CN", "38": "ES-CN", "51": "ES-CE", "52": "ES-ML"},
    "FR": {
        "20": "FR-20R",
        "971": "FR-971",
        "972": "FR-972",
        "973": "FR-973",
        "974": "FR-974",
        "976": "FR-976",
        "980": "MC",
    },
    "DE": {"27498": "DE-HGL", "78266": "DE-BUS"},
    "IT": {"23041": "IT-LIV"},
}
_LONGEST_POSTAL_CODE = 5


def territory(code: str) -> TaxTerritory | None:
    """Return a territory by code, None where its law is not known to the product.

    Known are the members of the European Union and the special territories.
    """
    if code in _SPECIAL:
        return _SPECIAL[code]
    if code in EU_MEMBERS:
        return TaxTerritory(code, code, code, in_eu=True, rates_of=(code,))
    return None


def territory_at(
    *, country: str, postal_code: str = "", given: str = ""
) -> TaxTerritory:
    """Return the territory of an address; one that is given counts before it."""
    code = given or _code_of(country, postal_code)
    return territory(code) or _own(code, country)


def _code_of(country: str, postal_code: str) -> str:
    if country in _OF_COUNTRY_CODE:
        return _OF_COUNTRY_CODE[country]
    if country == "GB" and postal_code.upper().startswith("BT"):
        return "GB-NIR"
    starts = _BY_POSTAL_CODE.get(country)
    if starts is None:
        return country
    digits = "".join(char for char in postal_code if char.isdigit())
    if len(digits) != _LONGEST_POSTAL_CODE:
        return country
    found = (starts.get(digits[:length]) for length in (5, 3, 2))
    return next((code for code in found if code), country)
