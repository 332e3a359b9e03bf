"""What does the policy say of goods, and what is there of each product on a day?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.calendars import holidays_of_years
from adv_domain.policies import Policy
from adv_domain.rules.money import ZERO
from adv_domain.rules.stock.availability import (
    Claim,
    Claimant,
    Cover,
    claim_of,
)
from adv_domain.rules.stock.supply import (
    Supply,
    SupplyRules,
    known_stock,
    on_hand_now,
    supplies_of,
)
from adv_domain.store.stock.back_orders import BackOrder
from adv_domain.store.stock.positions import write_positions
from adv_domain.store.stock.supply import (
    OpenLine,
    left_after,
    receipts,
    reserved_qtys,
    stock_levels,
)

_YEARS_AHEAD = 2


def company_holidays(policy: Policy, on: date) -> frozenset[date]:
    """Return the company's holidays of this year and those that promises reach."""
    years = frozenset(on.year + ahead for ahead in range(_YEARS_AHEAD + 1))
    return holidays_of_years(
        policy.company.country, policy.company.region or None, years
    )


def supply_rules(policy: Policy, on: date) -> SupplyRules:
    """Return how far goods are trusted and how long they take."""
    section = policy.availability
    return SupplyRules(
        max_age_days=section.stock_days,
        receipt_days=section.receipt_days,
        late_days=section.late_receipt_days,
        replenishment_days=section.replenishment_days,
        holidays=company_holidays(policy, on),
    )


def claim_of_line(line: OpenLine, keys: Sequence[str]) -> Claim:
    """Give an open line its place in the queue of its product, by the policy's keys."""
    claimant = Claimant(line.order_id, line.line_no, line.priority, line.requested_on)
    return claim_of(line.line_id, line.qty, line.promised_on, claimant, keys=keys)


def reckon_positions(connection: Connection, *, policy: Policy, on: date) -> None:
    """Write what is there of each product and what open lines need of it.

    Statements: the same few for any number of products.
    """
    on_hand = goods_on_hand(connection, policy=policy, on=on)
    reserved = reserved_qtys(connection) if on_hand else {}
    write_positions(
        connection,
        {code: (qty, reserved.get(code, ZERO)) for code, qty in on_hand.items()},
    )


def goods_on_hand(
    connection: Connection,
    *,
    policy: Policy,
    on: date,
    codes: Collection[str] | None = None,
) -> dict[str, Decimal]:
    """Return what lies there now by product, of these products or of all.

    One without a level that is still good is left out: its stock is not known. One
    that has only receipts has nothing in stock.
    """
    places = policy.availability.locations
    levels = stock_levels(connection, locations=places, codes=codes)
    # without stock no rule is asked for: the holidays in them are 0.2 s to import
    rules = supply_rules(policy, on) if levels else None
    known = {
        code: good
        for code, found in levels.items()
        if rules and (good := known_stock(found, rules=rules, on=on))
    }
    oldest = min((one.as_of for found in known.values() for one in found), default=on)
    coming = receipts(connection, came_after=oldest, locations=places, codes=codes)
    moved = left_after(connection, oldest) if known else {}
    for code, found in coming.items():
        came = [(one.received_on, one.came) for one in found if one.received_on]
        moved.setdefault(code, []).extend(came)
    on_hand = {
        code: on_hand_now(found, moved=moved.get(code, ()))
        for code, found in known.items()
    }
    return on_hand | {code: ZERO for code in coming if code not in levels}


def supplies_by_product(
    connection: Connection,
    on_hand: Mapping[str, Decimal],
    *,
    policy: Policy,
    on: date,
) -> dict[str, list[Supply]]:
    """Return what can be promised of each product, by what lies there of it, in one
    statement."""
    if not on_hand:
        return {}
    rules = supply_rules(policy, on)
    coming = receipts(
        connection,
        came_after=date.max,
        locations=policy.availability.locations,
        codes=list(on_hand),
    )
    return {
        code: supplies_of(qty, coming.get(code, ()), rules=rules, on=on)
        for code, qty in on_hand.items()
    }


def back_order_of(cover: Cover, order_id: int) -> BackOrder:
    """Return what is kept of a line that waits."""
    from_stock = sum(
        (part.qty for part in cover.parts if part.supply.receipt is None), ZERO
    )
    return BackOrder(
        line_id=cover.claim.line_id,
        order_id=order_id,
        receipt_id=cover.last_receipt_id,
        qty_waiting=cover.claim.qty - from_stock,
        available_on=cover.available_on,
    )
