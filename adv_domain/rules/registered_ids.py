"""Under which registered identifiers is a company known to the machines of others?

An identifier is written scheme:value. Legal registrations use the schemes of ISO/IEC
6523 (0002 is the French SIREN), electronic addresses those of the EAS code list
(0088 a GLN, 0225 the French directory, 9920 a Spanish VAT number, EM a mail address).
"""

from typing import NamedTuple

_LAST_ICD = 248
_ICD_NEVER_GIVEN = frozenset({1, 92, 103, 181, 182})
# EAS code list as EN 16931 accepts it (rule BR-CL-25, edition of March 2026)
_ADDRESS_SCHEMES = frozenset(
    """
    0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158
    0170 0177 0183 0184 0188 0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201
    0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216 0217 0218 0219 0220
    0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 9919
    9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936
    9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952
    9953 9957 9959 AN AQ AS AU EM
    """.split()
)
_MAIL = "EM"
_SIREN = "0002"
_FRENCH_VAT_LENGTH = 13


class RegisteredId(NamedTuple):
    """An identifier and the scheme that gives it."""

    scheme: str
    value: str


class NotARegisteredId(ValueError):
    """A text is no identifier of the form scheme:value."""

    def __init__(self, text: str, *, why: str) -> None:
        super().__init__(f"{text!r} {why}")
        self.why = why


def legal_id(text: str) -> RegisteredId:
    """Read a legal registration such as 0002:303265045; raises NotARegisteredId."""
    found = _parted(text, example="0002:303265045")
    number = int(found.scheme) if _is_icd(found.scheme) else 0
    if not 1 < number <= _LAST_ICD or number in _ICD_NEVER_GIVEN:
        raise NotARegisteredId(
            text, why="has no scheme of ISO/IEC 6523 before the colon, such as 0002"
        )
    return found


def endpoint(text: str) -> RegisteredId:
    """Read where e-invoices go, 0088:8437000000001; raises NotARegisteredId."""
    found = _parted(text, example="0088:8437000000001")
    if found.scheme not in _ADDRESS_SCHEMES:
        raise NotARegisteredId(
            text, why="has no scheme of the EAS list before the colon, such as 0088"
        )
    return found


def is_endpoint(text: str) -> bool:
    """Tell whether e-invoices can be sent to this address."""
    try:
        endpoint(text)
    except NotARegisteredId:
        return False
    return True


def legal_id_of(*, given: str, vat_id: str) -> RegisteredId | None:
    """Return the legal registration, a French company's SIREN also from its VAT id.

    The nine digits behind FR and the two characters of the key are the SIREN, which
    a French invoice names for the seller and the buyer.
    """
    if given:
        return legal_id(given)
    compact = vat_id.replace(" ", "")
    siren = compact[-9:]
    is_french = compact.startswith("FR") and len(compact) == _FRENCH_VAT_LENGTH
    return RegisteredId(_SIREN, siren) if is_french and siren.isdigit() else None


def endpoint_of(*, given: str, email: str) -> RegisteredId | None:
    """Return where e-invoices go: the address given, else the mail address."""
    if given:
        return endpoint(given)
    return RegisteredId(_MAIL, email) if email else None


def _is_icd(scheme: str) -> bool:
    return len(scheme) == 4 and scheme.isascii() and scheme.isdigit()


def _parted(text: str, *, example: str) -> RegisteredId:
    scheme, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or not scheme or not value:
        raise NotARegisteredId(
            text, why=f"must be written scheme:value, such as {example}"
        )
    return RegisteredId(scheme.upper(), value)
