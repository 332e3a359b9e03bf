"""How long may a buyer be given to pay, by the law of his country, from when to when?

Every row is half-open and names the law and where it was read; a country that is not
listed has no cap that we know of. The caps of particular goods (fresh food, transport)
and of periodic invoices are not here: they hang on more than country and buyer.
"""

from dataclasses import dataclass
from datetime import date

from adv_domain.rules.billing.terms import TermBase

BUSINESS, PUBLIC_BODY = "business", "public_body"
_DIRECTIVE_ON = date(2013, 3, 16)
_DIRECTIVE = "Directive 2011/7/EU"
_DIRECTIVE_SOURCE = "eur-lex.europa.eu, Directive 2011/7/EU, art. 3(5) and 4(3), 12"


@dataclass(frozen=True, slots=True)
class LegalCap:
    """The longest time that a law leaves a buyer to pay, in force on some days.

    days count from the date that counts_from names. Where there are month_end_days,
    so many days and the end of the month, in either order, are as lawful. With
    can_be_agreed the parties may agree on more, if that is express and not unfair.
    """

    country: str
    buyer: str
    days: int
    counts_from: TermBase
    law: str
    source: str
    valid_from: date
    valid_to: date | None = None
    month_end_days: int | None = None
    can_be_agreed: bool = False


_OWN = (
    LegalCap(
        country="ES",
        buyer=BUSINESS,
        days=60,
        counts_from=TermBase.DELIVERY,
        law="Ley 3/2004, art. 4",
        source="gestoresderiesgo.com and aobauditores.com, after Ley 11/2013",
        valid_from=date(2013, 2, 24),
    ),
    LegalCap(
        country="ES",
        buyer=PUBLIC_BODY,
        days=30,
        counts_from=TermBase.DELIVERY,
        law="Ley 15/2010, art. 3",
        source="carreteros.org, text of Ley 15/2010; gestoresderiesgo.com, August 2013",
        valid_from=date(2013, 1, 1),
    ),
    LegalCap(
        country="FR",
        buyer=BUSINESS,
        days=60,
        counts_from=TermBase.INVOICE,
        law="Code de commerce, art. L441-10",
        source="solon.law, 27 October 2023; fiducial.fr, date de paiement",
        valid_from=date(2009, 1, 1),
        month_end_days=45,
    ),
    LegalCap(
        country="BE",
        buyer=BUSINESS,
        days=60,
        counts_from=TermBase.INVOICE,
        law="Loi du 2 août 2002, art. 4",
        source="credendo.com and deloitte.com/be on the law of 14 August 2021",
        valid_from=date(2022, 2, 1),
    ),
    LegalCap(
        country="DE",
        buyer=BUSINESS,
        days=60,
        counts_from=TermBase.DELIVERY,
        law="BGB § 271a",
        source="lutzabel.com, 9 September 2014; baurecht-ratgeber.de",
        valid_from=date(2014, 7, 29),
        can_be_agreed=True,
    ),
    LegalCap(
        country="DE",
        buyer=PUBLIC_BODY,
        days=60,
        counts_from=TermBase.DELIVERY,
        law="BGB § 271a",
        source="lutzabel.com, 9 September 2014: above 60 days always void",
        valid_from=date(2014, 7, 29),
    ),
    LegalCap(
        country="GB",
        buyer=BUSINESS,
        days=60,
        counts_from=TermBase.INVOICE,
        law="Late Payment of Commercial Debts Regulations 2013",
        source="magrath.co.uk and mills-reeve.com on the regulations of 2013",
        valid_from=_DIRECTIVE_ON,
        can_be_agreed=True,
    ),
    LegalCap(
        country="GB",
        buyer=PUBLIC_BODY,
        days=30,
        counts_from=TermBase.INVOICE,
        law="Late Payment of Commercial Debts Regulations 2013",
        source="magrath.co.uk and mills-reeve.com on the regulations of 2013",
        valid_from=_DIRECTIVE_ON,
    ),
)
# what the directive asks of every member state; those above have laws of their own
_MEMBER_STATES = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
).split()


def _of_the_directive(country: str, buyer: str, days: int) -> LegalCap:
    return LegalCap(
        country=country,
        buyer=buyer,
        days=days,
        counts_from=TermBase.INVOICE,
        law=_DIRECTIVE,
        source=_DIRECTIVE_SOURCE,
        valid_from=_DIRECTIVE_ON,
        can_be_agreed=True,
    )


LEGAL_CAPS = _OWN + tuple(
    _of_the_directive(country, buyer, days)
    for country in _MEMBER_STATES
    for buyer, days in ((BUSINESS, 60), (PUBLIC_BODY, 30))
)
"""The first row that holds for a country, a buyer and a day is the one that counts."""
