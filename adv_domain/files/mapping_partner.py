"""Who sends the files that a mapping reads, and where does he want to be answered?"""

from dataclasses import dataclass

from adv_domain.files.cells import BadCell, email_of
from adv_domain.files.mapping_reading import Reading

_LANGUAGES = ("es", "en", "fr")


@dataclass(frozen=True, slots=True)
class Partner:
    """Who sends such files; without an address nothing is mailed to him.

    language is empty where he reads the company's.
    """

    name: str = ""
    email: str = ""
    language: str = ""


def partner_of(reading: Reading) -> Partner | None:
    """Read [partner], noting each mistake; None where there is none."""
    stated = reading.texts("partner", reading.section("partner"))
    if not stated:
        return None
    reading.expect("partner", dict(stated), "name", "email", "language")
    partner = Partner(
        name=stated.get("name", "").strip(),
        email=stated.get("email", "").strip(),
        language=stated.get("language", "").strip().lower(),
    )
    if partner.email:
        try:
            email_of(partner.email)
        except BadCell as bad:
            reading.mistakes.append(f"partner.email {bad.message}")
    if partner.language and partner.language not in _LANGUAGES:
        listed = ", ".join(_LANGUAGES)
        reading.mistakes.append(f"partner.language must be one of {listed}")
    return partner
