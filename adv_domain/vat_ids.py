"""Is this a VAT id of the European Union with the right check digits?"""

from functools import lru_cache

# the ids of Greece begin with the language's code, not the country's
_PREFIXES = {"GR": "EL"}


@lru_cache(maxsize=4096)
def is_eu_vat_id(vat_id: str, country: str) -> bool:
    """Tell by form and check digits; whether it is registered, only VIES knows.

    An id without its two letters is taken for one of the country.
    """
    from stdnum.eu import vat  # customers of other member states are few

    prefix = _PREFIXES.get(country, country)
    return bool(vat.is_valid(vat_id) or vat.is_valid(f"{prefix}{vat_id}"))
