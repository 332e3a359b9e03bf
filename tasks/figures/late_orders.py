"""Which orders are late and why, and which will be: for digest, artifact, dashboard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.risk import WaitingLine
from adv_domain.store.exchange import read_exchange_rates
from adv_domain.store.figures.late_lines import LateSum, late_sums
from adv_domain.store.figures.waiting_cases import (
    WaitingCase,
    WaitingPart,
    WaitingWork,
)
from tasks.figures.worth import worth
from tasks.resources import resources
from tasks.stock.goods import at_risk

AT_RISK = "at_risk"
NO_GOODS = "no_goods_coming"
_STOCK = "stock"
_PRODUCTS_NAMED = 2


@dataclass(frozen=True, slots=True)
class Delays:
    """The late lines of a reason over all currencies; amount in the company's, None
    where a rate is missing. An order of two reasons counts with each.
    """

    cause: str
    orders: int
    lines: int
    silent: int
    amount: Decimal | None
    since: date | None


def delays_by_cause(connection: Connection, *, on: date) -> list[Delays]:
    """Return the late lines summed by reason, the most lines first."""
    sums = late_sums(connection, on=on)
    currency = resources().policy.company.currency
    rates = read_exchange_rates(
        connection, currencies={one.currency for one in sums} | {currency}, on=on
    )

    def _worth(of_cause: Sequence[LateSum]) -> Decimal | None:
        parts = [
            WaitingPart(
                team=one.cause,
                count=one.lines,
                amount=one.amount,
                currency=one.currency,
                since=one.since,
            )
            for one in of_cause
        ]
        return worth(parts, currency=currency, on=on, rates=rates)

    causes = dict.fromkeys(one.cause for one in sums)
    found = [_delays([one for one in sums if one.cause == c], _worth) for c in causes]
    return sorted(found, key=lambda one: (-one.lines, one.cause))


def _delays(
    sums: Sequence[LateSum], amount_of: Callable[[Sequence[LateSum]], Decimal | None]
) -> Delays:
    return Delays(
        cause=sums[0].cause,
        orders=sum(one.orders for one in sums),
        lines=sum(one.lines for one in sums),
        silent=sum(one.silent for one in sums),
        amount=amount_of(sums),
        since=min((one.since for one in sums if one.since), default=None),
    )


def lines_at_risk(connection: Connection, *, on: date) -> list[WaitingLine]:
    """Return the lines due soon whose goods will not be there in time."""
    return at_risk(connection, policy=resources().policy, on=on)


def orders_at_risk(connection: Connection, *, on: date, limit: int) -> WaitingWork:
    """Return the orders with such a line as work that waits, the first due first."""
    by_order: dict[int, list[WaitingLine]] = {}
    for line in lines_at_risk(connection, on=on):
        by_order.setdefault(line.order_id, []).append(line)
    if not by_order:
        return WaitingWork(kind=AT_RISK, parts=(), cases=())
    part = WaitingPart(
        team=_STOCK,
        count=len(by_order),
        amount=None,
        currency="",
        since=min(line.waits_since for lines in by_order.values() for line in lines),
    )
    cases = tuple(_case(lines) for lines in list(by_order.values())[:limit])
    return WaitingWork(kind=AT_RISK, parts=(part,), cases=cases)


def _case(lines: Sequence[WaitingLine]) -> WaitingCase:
    first = lines[0]
    coming = [one.available_on for one in lines if one.available_on]
    missing = len(coming) < len(lines)
    return WaitingCase(
        document=first.order_no,
        party=first.customer_name,
        reasons=(
            *(NO_GOODS for _ in range(missing)),
            *(
                f"{one.product_code} × {plain_number(one.qty_waiting)}"
                for one in lines[:_PRODUCTS_NAMED]
            ),
        ),
        who=_STOCK,
        since=min(one.waits_since for one in lines),
        old_on=None if missing else first.confirmed_on,
        new_on=None if missing else max(coming),
    )
