"""What are amounts of several currencies worth in the company's own?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from adv_domain.rules.exchange import ExchangeRates, NoExchangeRate, converted
from adv_domain.store.figures.waiting_cases import WaitingPart


def worth(
    parts: Sequence[WaitingPart], *, currency: str, on: date, rates: ExchangeRates
) -> Decimal | None:
    """Add the amounts up in the company's currency; None without one or a rate."""
    amounts = [(part.amount, part.currency) for part in parts if part.amount]
    try:
        return (
            sum(
                (
                    converted(
                        amount, source=source, target=currency, on=on, rates=rates
                    )
                    for amount, source in amounts
                ),
                Decimal(0),
            )
            if amounts
            else None
        )
    except NoExchangeRate:
        return None
