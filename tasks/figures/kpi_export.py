"""How do the KPI tables leave for a spreadsheet?"""

from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.files.csv_out import csv_bytes
from adv_domain.store.engine import reading
from adv_domain.store.figures.kpi_days import StoredFigure, read_days
from tasks.resources import resources

_LONG = ("day", "name", "value", "numerator", "denominator", "n")


def kpi_csv(*, first: date, last: date, is_wide: bool = False) -> bytes:
    """Return the stored figures as CSV: one row a figure, or one row a day."""
    with reading(resources().engine) as connection:
        stored = read_days(connection, first=first, last=last)
    if is_wide:
        return _wide(stored)
    return csv_bytes(
        _LONG,
        [
            (
                one.day,
                one.name,
                _plain(one.figure.value),
                _plain(one.figure.numerator),
                _plain(one.figure.denominator),
                one.figure.n,
            )
            for one in stored
        ],
    )


def _wide(stored: list[StoredFigure]) -> bytes:
    # pandas takes half a second to import: only this export pays for it
    import pandas as pd

    if not stored:
        return csv_bytes(("day",), [])
    table = pd.DataFrame(
        {
            "day": [one.day for one in stored],
            "name": [one.name for one in stored],
            "value": pd.Series([one.figure.value for one in stored], dtype=object),
        }
    ).pivot(index="day", columns="name", values="value")
    rows: list[list[Any]] = [
        [day, *(_plain(value) for value in values)]
        for day, values in zip(table.index, table.to_numpy(), strict=True)
    ]
    return csv_bytes(("day", *(str(name) for name in table.columns)), rows)


def _plain(value: Any) -> Decimal | None:
    """Return the Decimal as it is; pandas puts a float NaN where a day has none."""
    return value if isinstance(value, Decimal) else None
