"""Are levels in stock fresh enough to promise days by them?"""

from collections.abc import Iterator

from adv_domain.rules.stock.supply import known_stock
from adv_domain.store.engine import reading
from adv_domain.store.stock.supply import stock_levels
from tasks.checks import Check
from tasks.resources import Resources, business_day, now
from tasks.stock.supply import supply_rules

_NAME = "goods"


def goods_check(known: Resources) -> Iterator[Check]:
    """Tell of how many products the level is too old; without any, nothing is wrong."""
    section = known.policy.availability
    if not section.enabled:
        yield Check(_NAME, "ok", "dates are not promised by goods")
        return
    on = business_day(now())
    rules = supply_rules(known.policy, on)
    with reading(known.engine) as connection:
        levels = stock_levels(connection, locations=section.locations)
    old = [
        code
        for code, found in levels.items()
        if not known_stock(found, rules=rules, on=on)
    ]
    if not levels:
        yield Check(_NAME, "ok", "no stock is imported: the lead time alone decides")
    elif old:
        yield Check(
            _NAME,
            "warn",
            f"{len(old)} of {len(levels)} products have no level of the last "
            f"{section.stock_days} days (first {old[0]}): the lead time alone decides",
            "import stock more often, or raise [availability] stock_days",
        )
    else:
        yield Check(_NAME, "ok", f"levels of {len(levels)} products are fresh")
