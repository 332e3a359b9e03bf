"""By which of our names does a scheme of party numbers go?"""

from adv_domain.rules.orders.naming import GLN, VAT

_GLN_NAMES = frozenset(("gln", "0088", "ean", "iln", "ean.ucc", "9"))
_GS1_AGENCY = "9"


def scheme_name(scheme: str, agency: str = "") -> str:
    """Return the name of a scheme: gln and vat are ours, any other is kept as it is.

    agency is the code of who gives out the numbers (UN/EDIFACT 3055; 9 is GS1).
    """
    name = scheme.strip().lower()
    if name in _GLN_NAMES or (not name and agency == _GS1_AGENCY):
        return GLN
    if name == "zzz":
        return ""
    if name in ("va", VAT) or name.endswith(":vat"):
        return VAT
    return name
