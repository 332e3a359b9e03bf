"""How is one value of a fault, kept as plain text, written in a language?"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from babel import Locale

from adv_domain import wording
from adv_domain.rules.calendar_rules import WEEKDAY_CODES

_Form = Callable[[str, str, Locale], str]
_FORMS: dict[str, _Form] = {
    "date": lambda value, _, locale: wording.date_text(
        date.fromisoformat(value), locale=locale
    ),
    "weekday": lambda value, _, locale: wording.weekday_text(
        WEEKDAY_CODES.index(value), locale=locale
    ),
    "country": lambda value, _, locale: wording.country_text(value, locale=locale),
    "qty": lambda value, _, locale: wording.qty_text(Decimal(value), locale=locale),
    "money": lambda value, currency, locale: wording.money_text(
        Decimal(value), currency=currency, locale=locale
    ),
    "price": lambda value, currency, locale: wording.unit_price_text(
        Decimal(value), currency=currency, locale=locale
    ),
}


def value_text(value: str, form: str, *, currency: str, language: str) -> str:
    """Write the value in the form that a sentence of templates/faults names."""
    if form not in _FORMS:
        raise ValueError(f"{form!r} is no form; known are {', '.join(_FORMS)}")
    return _FORMS[form](value, currency, wording.locale_of(language))
