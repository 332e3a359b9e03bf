"""How are amounts, quantities, rates and dates written in a language?"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.lists import format_list
from babel.numbers import NumberPattern, format_percent, parse_pattern

from adv_domain.rules.money import minor_digits

_LOCALES = {"es": "es_ES", "en": "en_GB", "fr": "fr_FR"}
_FALLBACK = "en_GB"
_MOST_QTY_DIGITS = 6
_LETTER_BEFORE_DIGIT = re.compile(r"([^\W\d_])(\d)")


def locale_of(language: str) -> Locale:
    """Return the locale that documents in this language are written in."""
    return Locale.parse(_LOCALES.get(language, _FALLBACK))


def money_text(amount: Decimal, *, currency: str, locale: Locale) -> str:
    """Write an amount with its currency, in the currency's own digits."""
    pattern = _money_pattern(locale, currency)
    return _with_currency(pattern, amount, currency=currency, locale=locale)


def price_text(price: Decimal, *, currency: str, locale: Locale) -> str:
    """Write a unit price with its currency, with up to six decimals."""
    pattern = _money_pattern(locale, currency)
    pattern.frac_prec = (minor_digits(currency), _MOST_QTY_DIGITS)
    return _with_currency(pattern, price, currency=currency, locale=locale)


def amount_text(amount: Decimal, *, currency: str, locale: Locale) -> str:
    """Write an amount without its currency, for a column that names it once."""
    digits = minor_digits(currency)
    return _written(amount, locale=locale, least=digits, most=digits)


def unit_price_text(price: Decimal, *, currency: str, locale: Locale) -> str:
    """Write a unit price with at least the currency's digits, six at most."""
    least = minor_digits(currency)
    return _written(price, locale=locale, least=least, most=_MOST_QTY_DIGITS)


def qty_text(qty: Decimal, *, locale: Locale, unit: str = "") -> str:
    """Write a quantity with the decimals that it has, and its unit's word if given."""
    text = _written(qty, locale=locale, least=0, most=_MOST_QTY_DIGITS)
    return f"{text} {unit}" if unit else text


def rate_text(rate: Decimal, *, locale: Locale) -> str:
    """Write a fraction as a percentage with up to two decimals."""
    pattern = parse_pattern(locale.percent_formats[None].pattern)
    pattern.frac_prec = (0, 2)
    return format_percent(rate, format=pattern, locale=locale)


def date_text(day: date, *, locale: Locale) -> str:
    """Write a date with the month's name, which no reader can take for the day."""
    return format_date(day, format="medium", locale=locale)


def long_date_text(day: date, *, locale: Locale) -> str:
    """Write a date as it stands in a sentence: 17 de marzo de 2026, 1er mars 2026."""
    text = format_date(day, format="long", locale=locale)
    if locale.language == "fr" and day.day == 1:
        # CLDR writes 1 mars; French says the first of a month as an ordinal
        return text.replace("1 ", "1er ", 1)
    return text


def weekday_text(weekday: int, *, locale: Locale) -> str:
    """Write a day of the week (Monday = 0) in full."""
    return str(get_day_names("wide", locale=locale)[weekday])


def country_text(code: str, *, locale: Locale) -> str:
    """Write the name of a country, its code where the language has no name for it."""
    return str(locale.territories.get(code, code))


def listed(parts: Sequence[str], *, locale: Locale) -> str:
    """Write parts as a list is spoken: Monday, Wednesday and Friday."""
    return format_list(parts, locale=locale)


def _with_currency(
    pattern: NumberPattern, amount: Decimal, *, currency: str, locale: Locale
) -> str:
    text = pattern.apply(amount, locale, currency=currency, currency_digits=False)
    # CLDR sets a space between a letter and a digit; babel's pattern does not
    return _LETTER_BEFORE_DIGIT.sub("\\1\N{NO-BREAK SPACE}\\2", text)


def _money_pattern(locale: Locale, currency: str) -> NumberPattern:
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    digits = minor_digits(currency)
    pattern.frac_prec = (digits, digits)
    return pattern


def _written(number: Decimal, *, locale: Locale, least: int, most: int) -> str:
    pattern = parse_pattern(locale.decimal_formats[None].pattern)
    pattern.frac_prec = (least, most)
    return str(pattern.apply(number, locale))
