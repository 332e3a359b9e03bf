"""What of a judged batch of orders is new, and how is it put on record?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.faults import OrderFault
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import ValidationRules
from adv_domain.rules.orders.states import OrderState, next_state
from adv_domain.rules.orders.validation import Verdict
from adv_domain.rules.orders.waivers import Waiver, standing_waivers
from adv_domain.store.orders.validation import (
    WaitingOrder,
    write_known_faults,
    write_lines,
    write_new_faults,
    write_orders,
)
from adv_domain.store.runs import Happening, record_events
from tasks.orders.cases import BatchFacts
from tasks.orders.faults import fault_rows
from tasks.orders.promises import Accepted, promise


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at the orders, on which business date, under which policy.

    act is what a person does by this look, told even where nothing changes; waives
    has the ids of the faults that he waives by it.
    """

    policy: Policy
    on: date
    now: datetime
    actor: str
    run_id: int | None = None
    reason: str | None = None
    act: str = ""
    waives: frozenset[int] = frozenset()


@dataclass(slots=True)
class Judged:
    """An order on its way through the pass."""

    order: WaitingOrder
    case: OrderCase
    faults: list[OrderFault]
    net: Decimal | None
    gross: Decimal | None
    verdict: Verdict
    waivers: tuple[Waiver, ...]
    waits_for: tuple[str, ...] = ()
    routed_why: str = ""

    @property
    def waived(self) -> frozenset[tuple[int, str]]:
        """Return line number and code of what a person's waiver covers."""
        return standing_waivers(self.waivers, self.faults)

    @property
    def lapsed(self) -> list[Waiver]:
        """Return the waivers that the order has gone beyond."""
        waived = self.waived
        return [one for one in self.waivers if (one.line_no, one.code) not in waived]

    @property
    def is_prepaid(self) -> bool:
        """Tell whether the order needs no credit: all of it is paid already."""
        return bool(self.gross and self.order.prepaid >= self.gross)

    @property
    def held_for(self) -> str | None:
        """Name the teams that must answer, None where the order is not held."""
        return ", ".join(self.waits_for)[:200] or None

    @property
    def is_moved(self) -> bool:
        """Tell whether its state or its teams are others than before."""
        return (self.order.state, self.order.held_for) != (
            self.verdict.state,
            self.held_for,
        )


def write_judged(
    connection: Connection,
    judged: Sequence[Judged],
    facts: BatchFacts,
    rules: ValidationRules,
    look: Look,
) -> None:
    """Write faults, prices, states and events; what did not change is not written."""
    faults = fault_rows(
        [(one.order.id, one.faults, one.waived) for one in judged],
        known=facts.faults,
        settings=rules.settings,
        on=look.on,
        waived_now=look.waives,
    )
    write_new_faults(connection, faults.new)
    write_known_faults(connection, faults.changed)
    promises = promise(
        connection,
        [
            Accepted(one.order, one.case, facts.lines[one.order.id])
            for one in judged
            if one.verdict.state is OrderState.ACCEPTED
        ],
        rules=rules,
        policy=look.policy,
        on=look.on,
    )
    write_lines(
        connection,
        [row for one in judged for row in _line_rows(one, facts, promises.days)],
    )
    promises.write(connection, on=look.on)
    rows = [_order_row(one, facts, look.on) for one in judged]
    write_orders(connection, [row for row in rows if row])
    record_events(
        connection,
        [one for each in judged for one in _happenings(each, faults.order_ids, look)],
        business_date=look.on,
        now=look.now,
        run_id=look.run_id,
    )


def _line_rows(
    one: Judged, facts: BatchFacts, promised: Mapping[int, Sequence[date | None]]
) -> list[tuple[Any, ...]]:
    """Return the lines that change; promised has the days of what is accepted."""
    rows: list[tuple[Any, ...]] = []
    lines = facts.lines[one.order.id]
    dates = promised.get(one.order.id) or [None] * len(lines)
    for line, case, confirmed_on in zip(lines, one.case.lines, dates, strict=True):
        product = facts.products.get(line.product_code)
        price = case.price
        new = (
            None if product is None else product.id,
            price.unit_price,
            price.discount_rate,
            price.source,
            price.net,
            line.first_confirmed_on or confirmed_on,
            line.confirmed_on or confirmed_on,
        )
        old = (
            line.product_id,
            line.unit_price,
            line.discount_rate,
            line.price_source,
            line.net,
            line.first_confirmed_on,
            line.confirmed_on,
        )
        if new != old:
            rows.append((line.id, *new))
    return rows


def _order_row(one: Judged, facts: BatchFacts, on: date) -> tuple[Any, ...] | None:
    order, state = one.order, one.verdict.state
    customer = facts.customers.get(order.customer_code)
    is_held = state is OrderState.HELD
    if state != order.state:
        next_state(order.state, state)
    new = (
        str(state),
        None if customer is None else customer.id,
        one.net,
        one.gross,
        one.is_prepaid,
        one.held_for,
        (order.held_on or on) if is_held else order.held_on,
        facts.twins.goods_keys[order.id],
    )
    old = (
        order.state,
        order.customer_id,
        order.net,
        order.gross,
        order.is_prepaid,
        order.held_for,
        order.held_on,
        order.goods_key,
    )
    if new == old:
        return None
    is_accepted = state is OrderState.ACCEPTED
    return (order.id, *new, on if is_accepted else None, is_accepted)


def _happenings(one: Judged, touched: set[int], look: Look) -> list[Happening]:
    order, found = one.order, one.verdict
    if not (one.is_moved or order.id in touched or look.act):
        return []
    changed = order.state != found.state
    return [
        Happening(
            entity="order",
            entity_id=order.id,
            what=str(found.state) if changed else look.act or "looked at again",
            actor=look.actor,
            from_state=order.state if changed else None,
            to_state=str(found.state) if changed else None,
            reason=_reason(one, look),
        )
    ]


def _reason(one: Judged, look: Look) -> str | None:
    parts = [look.reason, one.verdict.reason]
    if one.waits_for:
        parts.append(f"waits for {', '.join(one.waits_for)}")
    parts.append(one.routed_why)
    lapsed = ", ".join(dict.fromkeys(waiver.code for waiver in one.lapsed))
    if lapsed:
        parts.append(f"other values than those waived: {lapsed}")
    return "; ".join(part for part in parts if part) or None
