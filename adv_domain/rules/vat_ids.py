"""How is a VAT number written so that a machine of another country knows it?"""

from adv_domain.rules.countries import COUNTRIES, EU_MEMBERS

# Greece and Northern Ireland have prefixes of their own (Directive 2006/112/EC
# art. 215)
_OWN_PREFIXES = {"GR": "EL"}
_PREFIXES = COUNTRIES | {"EL", "XI"}


def bears_country(vat_id: str, *, country: str) -> bool:
    """Tell whether the number begins with its country's letters, as a VAT number."""
    prefixes = (_OWN_PREFIXES.get(country, country), "XI")
    return bool(country) and vat_id.upper().startswith(prefixes)


def vat_id_with_country(vat_id: str, *, country: str) -> str:
    """Return the number with its country's prefix, empty where none can be known.

    A national tax number of an EU member gets the prefix that makes it the VAT
    number; one of another country that bears no prefix is no VAT number.
    """
    compact = "".join(char for char in vat_id.upper() if char.isalnum())
    if not compact or compact[:2] in _PREFIXES:
        return compact
    if country not in EU_MEMBERS:
        return ""
    return _OWN_PREFIXES.get(country, country) + compact
