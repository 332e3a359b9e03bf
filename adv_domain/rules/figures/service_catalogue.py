"""Which KPIs of service to customers are there, and what does each count?

Goods are on time on the day they leave. Early counts as on time, and apart; a part
that left in time does not make its line on time, and counts apart too. What is open
on its day, or after it, is late: only what was cancelled by its day, or rejected, is
left out.
"""

from adv_domain.rules.figures.kpis import Better, Family, Grain, Kpi, Unit

_STOCK = "stock department"
_ADV = "sales administration"
_OPEN_TOO = (
    "open and overdue ones and those cancelled later included, those cancelled by "
    "then and rejected ones left out"
)
PERCENTILES = (50, 90, 95)
CYCLE_DAYS = 28
TO_SHIPMENT = "order_to_shipment_days"
TO_INVOICE = "order_to_invoice_days"


def percentile_name(name: str, percentile: int) -> str:
    """Return the name of a percentile of a cycle time: order_to_shipment_days_p90."""
    return f"{name}_p{percentile}"


def _share(name: str, above: str, below: str, *, better: Better = Better.UP) -> Kpi:
    return Kpi(
        name=name,
        family=Family.QUALITY,
        unit=Unit.RATE,
        grain=Grain.DAY,
        better=better,
        owner=_STOCK,
        numerator=above,
        denominator=below,
        formula=f"{above} ÷ {below}",
    )


def _cycle(name: str, what: str, ends: str, *, owner: str) -> tuple[Kpi, ...]:
    """Define a cycle time: its mean by day, and its percentiles over four weeks."""
    days = f"calendar days from the order's date to {ends}"
    mean = Kpi(
        name=name,
        family=Family.QUALITY,
        unit=Unit.DAYS,
        grain=Grain.DAY,
        better=Better.DOWN,
        owner=owner,
        numerator=days,
        denominator=f"{what} that day",
        formula=f"{days} ÷ {what} that day",
    )
    return mean, *(
        Kpi(
            name=percentile_name(name, percentile),
            family=Family.QUALITY,
            unit=Unit.DAYS,
            grain=Grain.CLOSE,
            better=Better.DOWN,
            owner=owner,
            numerator=days,
            formula=f"the least number of {days} that {percentile} % of the {what} in "
            f"the last {CYCLE_DAYS} days did not pass",
        )
        for percentile in PERCENTILES
    )


SERVICE = (
    _share(
        "on_time_rate",
        "orders shipped in full that day, by their requested date",
        "orders shipped in full that day that had a requested date",
    ),
    _share(
        "on_time_in_full_rate",
        "orders requested for that day and shipped in full by then",
        f"orders requested for that day, {_OPEN_TOO}",
    ),
    _share(
        "on_time_in_full_lines_rate",
        "order lines requested for that day and shipped in full by then, early ones "
        "included",
        f"order lines requested for that day, {_OPEN_TOO}",
    ),
    _share(
        "on_time_in_full_to_confirmed_rate",
        "orders whose last line was first confirmed for that day and of which each "
        "line was shipped in full by its first confirmed date",
        f"orders whose last line was first confirmed for that day, {_OPEN_TOO}",
    ),
    _share(
        "on_time_to_confirmed_rate",
        "order lines first confirmed for that day and shipped in full by then",
        f"order lines first confirmed for that day, {_OPEN_TOO}",
    ),
    _share(
        "shipped_early_rate",
        "order lines requested for that day whose last goods left before it",
        f"order lines requested for that day, {_OPEN_TOO}",
        better=Better.NEITHER,
    ),
    _share(
        "shipped_in_part_rate",
        "order lines requested for that day of which a part, and not all, had left "
        "by then (they count as late)",
        f"order lines requested for that day, {_OPEN_TOO}",
        better=Better.DOWN,
    ),
    _share(
        "back_order_rate",
        "lines of orders accepted that day of which stock was not enough then",
        "lines of orders accepted that day",
        better=Better.DOWN,
    ),
    *_cycle(
        TO_SHIPMENT,
        "orders shipped in full",
        "the day on which the last goods left",
        owner=_STOCK,
    ),
    *_cycle(
        TO_INVOICE,
        "invoices of orders (an order counts with each of its invoices)",
        "the invoice's date",
        owner=_ADV,
    ),
)
