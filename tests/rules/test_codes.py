"""Are the codes of countries and currencies those of the standards?"""

from babel import Locale
from babel.numbers import get_territory_currencies

from adv_domain.rules.countries import COUNTRIES
from adv_domain.rules.money import _EXCEPTIONAL_DIGITS, CURRENCIES

# CLDR's list still has these unions, islands of others and codes for tests
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
PARTS_OF_OTHERS = {"AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
# units of account besides the money that is paid with; the euro came to Bulgaria
UNITS = {"BOV", "CHE", "CHW", "COU", "MXV", "USN", "UYI", "VED", "SVC"}
WITHDRAWN = {"BGN"}


def test_countries_are_those_of_cldr():
    codes = {code for code in Locale.parse("en").territories if len(code) == 2}
    assert codes - NO_COUNTRIES - PARTS_OF_OTHERS == COUNTRIES


def test_currencies_are_those_that_a_country_pays_with():
    paid_with = {
        code for country in COUNTRIES for code in get_territory_currencies(country)
    }
    assert paid_with - WITHDRAWN - UNITS == CURRENCIES - UNITS
    assert _EXCEPTIONAL_DIGITS.keys() <= CURRENCIES
