"""Which lines wait for goods now, and which dates move because a receipt did?

Stock is told of the dates that move, in the next version of each order that it knows.
Runs with the delivery step, after the news of stock: what left is then known.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial

from sqlalchemy import Connection

from adv_domain.rules.calendar_rules import weekdays_of
from adv_domain.rules.orders.delivery_days import (
    DeliveryCalendar,
    Waiting,
    delivery_day_from,
    earliest_on,
)
from adv_domain.rules.stock.availability import Cover, covers
from adv_domain.rules.stock.availability_words import moved_said
from adv_domain.rules.stock.standing_dates import DatedLine, Move, Reckoning, moves
from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.stock.back_orders import close_unknown, write_back_orders
from adv_domain.store.stock.dated_lines import (
    MovedDate,
    OrderDates,
    dated_lines,
    order_dates,
    write_moved_dates,
)
from adv_domain.store.stock.order_for_stock import read_orders_to_hand_off
from adv_domain.store.stock.positions import read_positions, tight_positions
from adv_domain.store.stock.supply import open_lines
from tasks.batches import BatchResult, Claimed, work_through
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef
from tasks.stock.next_versions import tell_next_versions
from tasks.stock.old_counts import tell_old_counts
from tasks.stock.supply import (
    back_order_of,
    claim_of_line,
    company_holidays,
    reckon_positions,
    supplies_by_product,
)

_BY_THE_ORDER = "the order ships complete"


def reckon_goods(run: RunRef) -> None:
    """Reckon what is there and what is promised, in a transaction of its own."""
    policy = resources().policy
    if run.dry_run or not policy.availability.enabled:
        return
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        reckon_positions(connection, policy=policy, on=run.on)


def follow_goods(run: RunRef) -> Outcome:
    """Say which lines wait for which receipt, and move the dates that must.

    Unit of retry: a batch of products. Reckoned again from the same goods and lines,
    nothing changes.
    """
    if not resources().policy.availability.enabled:
        return Outcome()
    reckon_goods(run)
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        close_unknown(connection, on=run.on)
        if not run.dry_run:
            tell_old_counts(connection, run)
    return work_through(run, claim=_claim, handle=partial(_handle, run))


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    found = tight_positions(connection, after=after, limit=limit)
    return [Claimed(key=position_id, name=code) for position_id, code in found]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    """Write the back orders of a batch of products, then the dates of their orders."""
    result = BatchResult()
    codes = [one.name for one in claimed]
    found = covers_by_product(connection, codes, run=run)
    waiting = [
        back_order_of(cover, order_id)
        for cover, order_id in found
        if cover.is_back_order
    ]
    touched = write_back_orders(
        connection, waiting, products=codes, on=run.on, at_acceptance=False
    )
    said = {
        cover.claim.line_id: moved_said(cover.parts[-1].supply, on=run.on)
        for cover, _ in found
        if cover.last_receipt_id is not None
    }
    moved = _move_dates(run, connection, touched, said)
    result.done.update({"dates moved by goods": moved} if moved else {})
    result.skipped.update({"lines wait for goods": len(waiting)} if waiting else {})
    return result


def covers_by_product(
    connection: Connection, codes: Sequence[str], *, run: RunRef
) -> list[tuple[Cover, int]]:
    """Return how each open line of the products is served, and its order's id."""
    policy = resources().policy
    positions = read_positions(connection, codes)
    on_hand = {code: one.on_hand for code, one in positions.items()}
    supplies = supplies_by_product(connection, on_hand, policy=policy, on=run.on)
    keys = policy.availability.priority
    found: list[tuple[Cover, int]] = []
    for code, lines in open_lines(connection, codes).items():
        claims = [claim_of_line(line, keys) for line in lines]
        orders = {line.line_id: line.order_id for line in lines}
        for cover in covers(supplies[code], claims):
            found.append((cover, orders[cover.claim.line_id]))
    return found


def _move_dates(
    run: RunRef,
    connection: Connection,
    order_ids: Collection[int],
    said: Mapping[int, str],
) -> int:
    if not order_ids:
        return 0
    orders = order_dates(connection, order_ids)
    found = moves(dated_lines(connection, orders), _reckoning(run, orders))
    why = {
        one.line.line_id: said.get(one.line.line_id) or _why_else(one) for one in found
    }
    write_moved_dates(
        connection,
        [
            MovedDate(
                one.line.line_id,
                one.line.confirmed_on,
                one.new_on,
                why[one.line.line_id],
            )
            for one in found
        ],
        known_on=run.on,
    )
    record_events(
        connection,
        [_happening(run, one, why[one.line.line_id]) for one in found],
        business_date=run.on,
        now=now(),
        run_id=run.run_id,
    )
    moved = {one.line.order_id for one in found}
    _tell_stock(run, connection, [key for key in moved if orders[key].is_at_stock])
    return len(found)


def _tell_stock(
    run: RunRef, connection: Connection, order_ids: Collection[int]
) -> None:
    if not order_ids:
        return
    orders = read_orders_to_hand_off(connection, order_ids)
    wanted = {one.order_id: one.order for one in orders}
    tell_next_versions(connection, wanted, on=run.on)


def _reckoning(run: RunRef, orders: Mapping[int, OrderDates]) -> Reckoning:
    calendars = _calendars(run, orders)
    usual = resources().policy.validation

    def _soonest(line: DatedLine) -> date:
        days = line.lead_days or usual.lead_days
        waiting = Waiting(run.on, days, usual.lead_time)
        return earliest_on(waiting, calendars[line.order_id])

    return Reckoning(
        on=run.on,
        rolled=lambda order_id, day: delivery_day_from(day, calendars[order_id]),
        soonest=_soonest,
    )


def _why_else(one: Move) -> str:
    if one.new_on < one.line.confirmed_on:
        return "its goods are there in time again"
    return _BY_THE_ORDER


def _calendars(
    run: RunRef, orders: Mapping[int, OrderDates]
) -> dict[int, DeliveryCalendar]:
    holidays = company_holidays(resources().policy, run.on)
    usual = DeliveryCalendar(holidays=holidays)
    return {
        one.order_id: (
            DeliveryCalendar(weekdays_of(one.delivery_weekdays), holidays)
            if one.delivery_weekdays
            else usual
        )
        for one in orders.values()
    }


def _happening(run: RunRef, one: Move, why: str) -> Happening:
    line = one.line
    return Happening(
        entity="order",
        entity_id=line.order_id,
        what="date moved by goods",
        actor=run.actor,
        reason=f"line {line.line_no}: {line.confirmed_on} to {one.new_on}; {why}",
    )
