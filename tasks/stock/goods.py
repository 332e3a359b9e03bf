"""What is there of a product, who gets it, and what does a line wait for?

For people who ask: `adv stock availability`, `adv order`, the digest and the
dashboard. Nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.stock.availability import Cover, LineUp, covers
from adv_domain.rules.stock.availability_words import cover_said, unknown_said
from adv_domain.rules.stock.risk import WaitingLine, due_until, lines_at_risk
from adv_domain.rules.stock.supply import (
    StockLevel,
    Supply,
    known_stock,
    replenished_on,
)
from adv_domain.store.stock.back_orders import waiting_lines
from adv_domain.store.stock.supply import (
    OpenLine,
    open_lines,
    products_of_order,
    stock_levels,
)
from tasks.stock.supply import (
    claim_of_line,
    goods_on_hand,
    supplies_by_product,
    supply_rules,
)


@dataclass(frozen=True, slots=True)
class ServedLine:
    """An open line and how it is served; cover is None where stock is not known."""

    line: OpenLine
    cover: Cover | None
    why: str


@dataclass(frozen=True, slots=True)
class FreeGoods:
    """What a new line can have from a day on; qty is None where it can have any."""

    from_on: date
    qty: Decimal | None


@dataclass(frozen=True, slots=True)
class ProductGoods:
    """All that is known of a product's goods on a day.

    levels are those that still tell something; on_hand is what lies there now, None
    where stock is not known: unknown says why.
    """

    product_code: str
    levels: Sequence[StockLevel]
    on_hand: Decimal | None
    unknown: str
    supplies: Sequence[Supply]
    lines: Sequence[ServedLine]
    free: Sequence[FreeGoods]


def goods_of(
    connection: Connection, codes: Sequence[str], *, policy: Policy, on: date
) -> list[ProductGoods]:
    """Return the goods of these products in the order given, in the same few
    statements for any number."""
    on_hand = goods_on_hand(connection, policy=policy, on=on, codes=codes)
    supplies = supplies_by_product(connection, on_hand, policy=policy, on=on)
    places = policy.availability.locations
    levels = stock_levels(connection, locations=places, codes=codes)
    lines = open_lines(connection, codes)
    rules = supply_rules(policy, on)
    found = []
    for code in codes:
        coming, waiting = supplies.get(code), lines.get(code, ())
        counts = levels.get(code, ())
        why = "" if code in on_hand else unknown_said(counts, rules=rules, on=on)
        found.append(
            ProductGoods(
                product_code=code,
                levels=known_stock(counts, rules=rules, on=on),
                on_hand=on_hand.get(code),
                unknown=why,
                supplies=coming or (),
                lines=[ServedLine(line, None, why) for line in waiting]
                if coming is None
                else _served(waiting, coming, policy, on),
                free=_free(waiting, coming, policy, on),
            )
        )
    return found


def _served(
    lines: Sequence[OpenLine],
    supplies: Sequence[Supply],
    policy: Policy,
    on: date,
) -> list[ServedLine]:
    by_id = {line.line_id: line for line in lines}
    keys = policy.availability.priority
    claims = [claim_of_line(line, keys) for line in lines]
    return [
        ServedLine(by_id[one.claim.line_id], one, cover_said(one, supplies, on=on))
        for one in covers(supplies, claims)
    ]


def _free(
    lines: Sequence[OpenLine],
    supplies: Sequence[Supply] | None,
    policy: Policy,
    on: date,
) -> list[FreeGoods]:
    """Return what is free from today on, and from each day on which goods come."""
    if supplies is None:
        return []
    keys = policy.availability.priority
    until = replenished_on(supplies, rules=supply_rules(policy, on), on=on)
    queue = LineUp(supplies, [claim_of_line(line, keys) for line in lines], until)
    days = {max(on, one.available_on) for one in supplies} | {on, until}
    found = [(day, queue.free_on(day)) for day in sorted(days)]
    return [FreeGoods(day, qty if qty.is_finite() else None) for day, qty in found]


def explained_lines(
    connection: Connection, order_id: int, *, policy: Policy, on: date
) -> dict[int, str]:
    """Say of each open line of an accepted order how it is served, by line id."""
    codes = products_of_order(connection, order_id)
    return {
        one.line.line_id: one.why
        for goods in goods_of(connection, codes, policy=policy, on=on)
        for one in goods.lines
        if one.line.order_id == order_id
    }


def at_risk(connection: Connection, *, policy: Policy, on: date) -> list[WaitingLine]:
    """Return the lines due soon, by the policy's days, whose goods come later than
    their confirmed date or are not on their way; in one statement."""
    days = policy.availability.at_risk_days
    lines = waiting_lines(connection, until=due_until(on, days=days))
    return lines_at_risk(lines, on=on, days=days)
