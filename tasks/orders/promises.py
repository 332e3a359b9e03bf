"""Which days are a batch of accepted orders promised, by lead time and by goods?

Where stock has enough of a product for all that the batch asks of it, nothing more is
read. Only the lines of scarce products are put into the product's queue, one order
after the other in the order of the policy's priority.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.date_rules import confirmed_dates
from adv_domain.rules.orders.delivery_days import delivery_day_from
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import ValidationRules
from adv_domain.rules.stock.availability import (
    Claim,
    Claimant,
    LineUp,
    covers,
    rank_of,
)
from adv_domain.rules.stock.handoff import DEFAULT_PRIORITY
from adv_domain.rules.stock.shipping import ShippingPolicy
from adv_domain.rules.stock.supply import replenished_on
from adv_domain.store.orders.validation import WaitingLine, WaitingOrder
from adv_domain.store.stock.back_orders import BackOrder, write_back_orders
from adv_domain.store.stock.positions import Position, read_positions, reserve
from adv_domain.store.stock.supply import open_lines
from tasks.stock.supply import (
    back_order_of,
    claim_of_line,
    supplies_by_product,
    supply_rules,
)


class Accepted(NamedTuple):
    """An order that is accepted now, with its lines."""

    order: WaitingOrder
    case: OrderCase
    lines: Sequence[WaitingLine]


@dataclass(slots=True)
class Promises:
    """The days of accepted orders, line by line, and what their lines take.

    taken are quantities by position; waiting are the lines that stock has too little
    for.
    """

    days: dict[int, list[date | None]]
    taken: Sequence[tuple[int, Decimal]] = ()
    waiting: list[BackOrder] = field(default_factory=list)

    def write(self, connection: Connection, *, on: date) -> None:
        """Record what the orders take, and which of their lines wait for goods."""
        reserve(connection, self.taken)
        if self.waiting:
            write_back_orders(
                connection, self.waiting, products=(), on=on, at_acceptance=True
            )


def promise(
    connection: Connection,
    accepted: Sequence[Accepted],
    *,
    rules: ValidationRules,
    policy: Policy,
    on: date,
) -> Promises:
    """Promise each line its first day, in a constant number of statements."""
    by_time = {
        one.order.id: list(confirmed_dates(one.case, rules=rules, on=on))
        for one in accepted
    }
    promises = Promises(by_time)
    if not (accepted and policy.availability.enabled):
        return promises
    asked: dict[str, Decimal] = {}
    for one in accepted:
        for line in one.lines:
            code = line.product_code
            asked[code] = asked.get(code, ZERO) + line.qty
    positions = read_positions(connection, asked)
    promises.taken = [(one.position_id, asked[code]) for code, one in positions.items()]
    scarce = [one for code, one in positions.items() if asked[code] > one.free]
    if scarce:
        own = {line.id for one in accepted for line in one.lines}
        queues = _queues(connection, scarce, own, policy=policy, on=on)
        _Desk(queues, policy.availability.priority, promises).serve(accepted)
    return promises


def _queues(
    connection: Connection,
    scarce: Collection[Position],
    own: Collection[int],
    *,
    policy: Policy,
    on: date,
) -> dict[str, LineUp]:
    """Read the goods and the open lines of the scarce products; their own lines, which
    a change promises anew, stand in nobody's way."""
    on_hand = {one.product_code: one.on_hand for one in scarce}
    supplies = supplies_by_product(connection, on_hand, policy=policy, on=on)
    lines = open_lines(connection, list(supplies))
    rules, keys = supply_rules(policy, on), policy.availability.priority
    return {
        code: LineUp(
            coming,
            [
                claim_of_line(line, keys)
                for line in lines.get(code, ())
                if line.line_id not in own
            ],
            replenished_on(coming, rules=rules, on=on),
        )
        for code, coming in supplies.items()
    }


@dataclass(frozen=True, slots=True)
class _Desk:
    """Serves the orders of a batch from the queues of scarce products."""

    queues: Mapping[str, LineUp]
    keys: Sequence[str]
    promises: Promises

    def serve(self, accepted: Sequence[Accepted]) -> None:
        """Give each order its days in turn, then note whose lines wait."""
        concerned = [
            one
            for one in accepted
            if any(line.product_code in self.queues for line in one.lines)
        ]
        orders: dict[int, int] = {}
        for one in sorted(concerned, key=self._turn):
            days = self.promises.days[one.order.id]
            if one.order.shipping_policy == ShippingPolicy.COMPLETE:
                days = [self._common_day(one, days)] * len(days)
            for at, line in enumerate(one.lines):
                if line.product_code in self.queues:
                    days[at] = self._placed(one, line, days[at])
                    orders[line.id] = one.order.id
            self.promises.days[one.order.id] = days
        self._note_waiting(orders)

    def _turn(self, one: Accepted) -> tuple[object, ...]:
        claimant = self._claimant(one, line_no=0, requested_on=one.case.requested_on)
        return rank_of(claimant, date.max, keys=self.keys)

    def _placed(self, one: Accepted, line: WaitingLine, day: date | None) -> date:
        """Find the line's day and let it take its place."""
        queue = self.queues[line.product_code]
        found = line.first_confirmed_on or self._first_day(one, line, line.qty, day)
        queue.add(Claim(found, self._rank(one, line, found), line.id, line.qty))
        return found

    def _common_day(self, one: Accepted, days: Sequence[date | None]) -> date:
        """Return the first day on which all lines of the order can be had at once."""
        needed: dict[str, Decimal] = {}
        for line in one.lines:
            code = line.product_code
            needed[code] = needed.get(code, ZERO) + line.qty
        first = {
            line.product_code: line
            for line in reversed(one.lines)
            if line.product_code in self.queues
        }
        day = max(day for day in days if day)
        while True:
            later = max(
                self._first_day(one, line, needed[code], day)
                for code, line in first.items()
            )
            if later == day:
                return day
            day = later

    def _first_day(
        self, one: Accepted, line: WaitingLine, qty: Decimal, day: date | None
    ) -> date:
        assert day is not None
        return self.queues[line.product_code].first_day(
            qty,
            from_on=day,
            rolled=partial(delivery_day_from, calendar=one.case.calendar),
        )

    def _rank(self, one: Accepted, line: WaitingLine, day: date) -> tuple[object, ...]:
        wish = line.requested_on or one.case.requested_on
        claimant = self._claimant(one, line_no=line.line_no, requested_on=wish)
        return rank_of(claimant, day, keys=self.keys)

    @staticmethod
    def _claimant(
        one: Accepted, *, line_no: int, requested_on: date | None
    ) -> Claimant:
        customer = one.case.customer
        of_customer = customer.priority if customer else DEFAULT_PRIORITY
        priority = one.order.priority or of_customer
        return Claimant(one.order.id, line_no, priority, requested_on)

    def _note_waiting(self, orders: Mapping[int, int]) -> None:
        for queue in self.queues.values():
            for cover in covers(queue.supplies, queue.claims):
                line_id = cover.claim.line_id
                if line_id in orders and cover.is_back_order:
                    waits = back_order_of(cover, orders[line_id])
                    self.promises.waiting.append(waits)
