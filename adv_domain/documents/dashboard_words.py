"""How is a figure, or its change against before, written for a manager?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import (
    format_compact_decimal,
    format_decimal,
    format_percent,
    parse_pattern,
)

from adv_domain.rules.figures.kpis import Better, Figure, Unit
from adv_domain.wording import locale_of, money_text

NOTHING = "–"
# a change smaller than what is shown of it is no change
_SHOWN = {
    Unit.COUNT: Decimal("0.001"),
    Unit.AMOUNT: Decimal("0.001"),
    Unit.RATE: Decimal("0.001"),
    Unit.DAYS: Decimal("0.1"),
    Unit.SCORE: Decimal("0.01"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A language's way of writing, with its catalogue and the company's currency."""

    language: str
    currency: str
    labels: dict[str, Any]

    @property
    def locale(self) -> Locale:
        return locale_of(self.language)

    def label(self, section: str, key: str) -> str:
        """Return the catalogue's text; a code without one is written in plain words,
        and words that are no code stay as they are.
        """
        text = self.labels[section].get(key)
        if text is not None:
            return str(text)
        return key if " " in key else key.replace("_", " ")

    def count(self, number: Decimal | int) -> str:
        return format_decimal(number, format="#,##0", locale=self.locale)

    def number(self, number: Decimal, *, decimals: int) -> str:
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(number, format=pattern, locale=self.locale)

    def percent(self, rate: Decimal, *, decimals: int = 1) -> str:
        pattern = parse_pattern(self.locale.percent_formats[None].pattern)
        pattern.frac_prec = (decimals, decimals)
        return format_percent(rate, format=pattern, locale=self.locale)

    def money(self, amount: Decimal) -> str:
        """Write a company amount in whole units: a summary needs no cents."""
        pattern = parse_pattern(self.locale.currency_formats["standard"].pattern)
        pattern.frac_prec = (0, 0)
        text = pattern.apply(
            amount, self.locale, currency=self.currency, currency_digits=False
        )
        return str(text)

    def exact_money(self, amount: Decimal, currency: str) -> str:
        """Write an amount of a document in its own currency, to the cent."""
        return money_text(amount, currency=currency, locale=self.locale)

    def short_number(self, number: Decimal) -> str:
        """Write an axis mark: 120 thousand as 120K in the language's own way."""
        return str(
            format_compact_decimal(number, fraction_digits=1, locale=self.locale)
        )

    def day(self, on: date) -> str:
        return str(format_date(on, format="medium", locale=self.locale))

    def short_day(self, on: date) -> str:
        return str(format_skeleton("MMMd", on, locale=self.locale))

    def long_day(self, on: date) -> str:
        return str(format_date(on, format="full", locale=self.locale))


def value_text(value: Decimal | None, *, unit: Unit, words: Words) -> str:
    """Write a KPI's value; undefined is a dash, never 0 or 100 %."""
    if value is None:
        return NOTHING
    match unit:
        case Unit.COUNT:
            return words.count(value)
        case Unit.AMOUNT:
            return words.money(value)
        case Unit.RATE:
            return words.percent(value)
        case Unit.DAYS:
            return f"{words.number(value, decimals=1)} {words.label('page', 'days')}"
        case Unit.SCORE:
            return f"{words.number(value, decimals=2)} / 5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change in words; tone is good, bad or plain."""

    text: str
    tone: str
    arrow: str


def change(
    now: Figure, before: Figure, *, unit: Unit, better: Better, words: Words
) -> Change | None:
    """Compare two figures; None where either is undefined or no base to compare."""
    if now.value is None or before.value is None:
        return None
    moved = now.value - before.value
    relative = unit in {Unit.COUNT, Unit.AMOUNT}
    if relative and not before.value:
        return None
    share = (moved / abs(before.value) if relative else moved).quantize(_SHOWN[unit])
    if not share:
        return Change(text="", tone="plain", arrow="=")
    rising = share > 0
    return Change(
        text=_change_text(share, unit=unit, words=words),
        tone=_tone(rising=rising, better=better),
        arrow="▲" if rising else "▼",
    )


def _change_text(share: Decimal, *, unit: Unit, words: Words) -> str:
    size = abs(share)
    match unit:
        case Unit.COUNT | Unit.AMOUNT:
            return words.percent(size)
        case Unit.RATE:
            points = words.number(size.scaleb(2), decimals=1)
            return f"{points} {words.label('page', 'points')}"
        case Unit.DAYS:
            return f"{words.number(size, decimals=1)} {words.label('page', 'days')}"
        case Unit.SCORE:
            return words.number(size, decimals=2)


def _tone(*, rising: bool, better: Better) -> str:
    if better is Better.NEITHER:
        return "plain"
    return "good" if rising == (better is Better.UP) else "bad"
