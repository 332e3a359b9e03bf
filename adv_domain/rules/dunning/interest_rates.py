"""Which reference rates does statutory interest stand on, from when to when?

Every row is half-open and names where it was read; past the last row there is no
rate, and interest is held instead of guessed. New half-years are added here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_ECB_SOURCE = "Banque de France, key rates; Banka Slovenije, ECB interest rates"
_ECB_INFERRED = "inferred from the Basiszins, which moved by the same full point"
_BASE_SOURCE = "Deutsche Bundesbank, series BBIN1.M.DE.BBK.BBKBAS2.EUR.ME"
_FRENCH_SOURCE = "legifiscal.fr, taux de l'interet legal for professionals"
_TABLES_END_ON = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class ReferenceRate:
    """A reference rate (fraction a year) in force from valid_from before valid_to."""

    valid_from: date
    valid_to: date
    rate: Decimal
    source: str


def _half_years(first_year: int, percents: str) -> list[tuple[date, str]]:
    return [
        (date(first_year + at // 2, 1 if at % 2 == 0 else 7, 1), percent)
        for at, percent in enumerate(percents.split())
    ]


def _rows(
    starts: list[tuple[date, str]], *, end_on: date, source: str
) -> tuple[ReferenceRate, ...]:
    ends = [start for start, _ in starts[1:]] + [end_on]
    return tuple(
        ReferenceRate(start, end, Decimal(percent) / 100, source)
        for (start, percent), end in zip(starts, ends, strict=True)
    )


_LAST_ECB_ON = date(2025, 7, 1)
ECB_MAIN_REFINANCING = _rows(
    _half_years(
        2013,
        "0.75 0.50 0.25 0.15 0.05 0.05 0.05 0 0 0 0 0 0 0 0 0 0 0 0 0"
        " 2.50 4.00 4.50 4.25 3.15",
    ),
    end_on=_LAST_ECB_ON,
    source=_ECB_SOURCE,
) + _rows([(_LAST_ECB_ON, "2.15")], end_on=_TABLES_END_ON, source=_ECB_INFERRED)
"""The ECB's main refinancing rate of 1 January and 1 July (Directive 2011/7)."""

GERMAN_BASE = _rows(
    [
        (date(2013, 1, 1), "-0.13"),
        (date(2013, 7, 1), "-0.38"),
        (date(2014, 1, 1), "-0.63"),
        (date(2014, 7, 1), "-0.73"),
        (date(2015, 1, 1), "-0.83"),
        (date(2016, 7, 1), "-0.88"),
        *_half_years(2023, "1.62 3.12 3.62 3.37 2.27 1.27"),
    ],
    end_on=_TABLES_END_ON,
    source=_BASE_SOURCE,
)
"""The Basiszins of section 247 BGB; only its changes are listed."""

FRENCH_LEGAL = _rows(
    _half_years(2024, "- 4.92 3.71 2.76 2.62")[1:],
    end_on=date(2026, 7, 1),
    source=_FRENCH_SOURCE,
)
"""The French legal rate, three times which is the floor of a contract's rate."""
