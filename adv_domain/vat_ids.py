"""Is this a VAT id of the European Union with the right check digits?"""

from functools import lru_cache

from adv_domain.rules.countries import EU_MEMBERS
from adv_domain.rules.vat_ids import vat_id_with_country

# the ids of Greece begin with the language's code, not the country's
_PREFIXES = {"GR": "EL"}
_OF_THE_UNION = EU_MEMBERS | {"EL", "XI"}


@lru_cache(maxsize=4096)
def is_eu_vat_id(vat_id: str, country: str) -> bool:
    """Tell by form and check digits; whether it is registered, only VIES knows.

    An id without its two letters is taken for one of the country.
    """
    from stdnum.eu import vat  # customers of other member states are few

    prefix = _PREFIXES.get(country, country)
    return bool(vat.is_valid(vat_id) or vat.is_valid(f"{prefix}{vat_id}"))


def believed_vat_id(vat_id: str, country: str) -> str:
    """Return the id, empty where it says to be of the Union and cannot be right.

    An id that is known to be wrong frees nobody from tax (Directive 2006/112/EC
    art. 138, 1 b), no more than none.
    """
    if vat_id_with_country(vat_id, country=country)[:2] not in _OF_THE_UNION:
        return vat_id
    return vat_id if is_eu_vat_id(vat_id, country) else ""
