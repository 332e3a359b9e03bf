"""How long may a buyer be given to pay, by the law of his country, from when to when?

Every law names where it was read; a country that is not listed has no cap that we know
of. The caps of particular goods (fresh food, transport) are not here: they hang on more
than country and buyer.
"""

from dataclasses import dataclass
from datetime import date

from adv_domain.rules.terms.terms import TermBase

BUSINESS, PUBLIC_BODY = "business", "public_body"


@dataclass(frozen=True, slots=True)
class Law:
    """A law in force on some days, half-open, and from which date it counts."""

    country: str
    name: str
    source: str
    valid_from: date
    counts_from: TermBase
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class LegalCap:
    """The longest time that a law leaves a kind of buyer to pay, in days.

    Where there are month_end_days, so many days and the end of the month, in either
    order, are as lawful; an invoice over deliveries of several days has periodic_days
    instead. With can_be_agreed the parties may agree on more, if that is express and
    not unfair.
    """

    law: Law
    buyer: str
    days: int
    month_end_days: int | None = None
    periodic_days: int | None = None
    can_be_agreed: bool = False


_SPAIN = Law(
    "ES",
    "Ley 3/2004, art. 4",
    "gestoresderiesgo.com and aobauditores.com, after Ley 11/2013",
    date(2013, 2, 24),
    TermBase.DELIVERY,
)
_SPAIN_PUBLIC = Law(
    "ES",
    "Ley 15/2010, art. 3",
    "carreteros.org, text of Ley 15/2010; gestoresderiesgo.com, August 2013",
    date(2013, 1, 1),
    TermBase.DELIVERY,
)
_FRANCE = Law(
    "FR",
    "Code de commerce, art. L441-10",
    "solon.law, 27 October 2023; fiducial.fr, date de paiement",
    date(2009, 1, 1),
    TermBase.INVOICE,
)
_BELGIUM = Law(
    "BE",
    "Loi du 2 août 2002, art. 4",
    "credendo.com and deloitte.com/be on the law of 14 August 2021",
    date(2022, 2, 1),
    TermBase.INVOICE,
)
_GERMANY = Law(
    "DE",
    "BGB § 271a",
    "lutzabel.com, 9 September 2014: of public bodies above 60 days always void; "
    "baurecht-ratgeber.de",
    date(2014, 7, 29),
    TermBase.DELIVERY,
)
_BRITAIN = Law(
    "GB",
    "Late Payment of Commercial Debts Regulations 2013",
    "magrath.co.uk and mills-reeve.com on the regulations of 2013",
    date(2013, 3, 16),
    TermBase.INVOICE,
)
# what the directive asks of every member state; those above have laws of their own
_MEMBER_STATES = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
).split()


def _directive(country: str) -> Law:
    return Law(
        country,
        "Directive 2011/7/EU",
        "eur-lex.europa.eu, Directive 2011/7/EU, art. 3(5) and 4(3), 12",
        date(2013, 3, 16),
        TermBase.INVOICE,
    )


LEGAL_CAPS = (
    LegalCap(_SPAIN, BUSINESS, 60),
    LegalCap(_SPAIN_PUBLIC, PUBLIC_BODY, 30),
    LegalCap(_FRANCE, BUSINESS, 60, month_end_days=45, periodic_days=45),
    LegalCap(_BELGIUM, BUSINESS, 60),
    LegalCap(_GERMANY, BUSINESS, 60, can_be_agreed=True),
    LegalCap(_GERMANY, PUBLIC_BODY, 60),
    LegalCap(_BRITAIN, BUSINESS, 60, can_be_agreed=True),
    LegalCap(_BRITAIN, PUBLIC_BODY, 30),
    *(
        LegalCap(_directive(country), buyer, days, can_be_agreed=True)
        for country in _MEMBER_STATES
        for buyer, days in ((BUSINESS, 60), (PUBLIC_BODY, 30))
    ),
)
"""The first row that holds for a country, a buyer and a day is the one that counts."""
