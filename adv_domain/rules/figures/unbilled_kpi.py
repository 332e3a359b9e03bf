"""What had been delivered and not invoiced at the close of each of many days?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from adv_domain.rules.billing.unbilled import DeliveredGoods
from adv_domain.rules.exchange import ExchangeRates, converted
from adv_domain.rules.figures.kpis import ZERO, Figure, total


def unbilled_figures(
    goods: Iterable[DeliveredGoods],
    days: Sequence[date],
    *,
    currency: str,
    rates: ExchangeRates,
) -> Mapping[date, Figure]:
    """Return the figure of each day, in the company's currency; n counts lines.

    Each line is converted at the rate of the day on which it left. Raises
    NoExchangeRate.
    """
    starts: dict[date, list[tuple[Decimal, int]]] = {}
    for one in goods:
        value = converted(
            one.value or ZERO,
            source=one.currency,
            target=currency,
            on=one.shipped_on,
            rates=rates,
        )
        begins = max(one.from_on, days[0])
        starts.setdefault(begins, []).append((value, 1))
        if one.ended_on is not None and one.ended_on > begins:
            starts.setdefault(one.ended_on, []).append((-value, -1))
        elif one.ended_on is not None:
            starts[begins].append((-value, -1))
    figures = {}
    standing, lines = ZERO, 0
    for day in days:
        for value, count in starts.get(day, ()):
            standing, lines = standing + value, lines + count
        figures[day] = total(standing, n=lines)
    return figures
