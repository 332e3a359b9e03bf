"""What waits for whom, how long in working hours, worth how much, what first?"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from sqlalchemy import Connection

from adv_domain.rules.exchange import NoExchangeRate, converted
from adv_domain.rules.working_hours import in_hours, working_time
from adv_domain.store.exchange import read_exchange_rates
from adv_domain.store.orders.heads import StandingFault
from adv_domain.store.orders.holds import OpenHold
from adv_domain.store.orders.work_list import HeldWork, read_held_work
from tasks.office_hours import moment_on, office_hours
from tasks.orders.holds import routed_why
from tasks.resources import resources

_ZERO = Decimal(0)
_Worked = Callable[[datetime], Decimal]
_Worth = Callable[[Decimal | None, str], Decimal | None]


@dataclass(frozen=True, slots=True)
class TeamPart:
    """A team's part in a held order; waited and overdue are working hours.

    overdue is None until the answer is due; told are those whom silence went on to.
    """

    team: str
    since: datetime
    due_at: datetime
    waited: Decimal
    overdue: Decimal | None
    told: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A held order in the work list.

    value is in the company's currency, None where it cannot be told.
    """

    order_no: str
    customer_code: str
    customer_name: str | None
    held_on: date
    held_for: str
    currency: str
    net: Decimal | None
    value: Decimal | None
    parts: tuple[TeamPart, ...]
    faults: tuple[StandingFault, ...]

    @property
    def is_overdue(self) -> bool:
        return any(part.overdue is not None for part in self.parts)

    @property
    def due_at(self) -> datetime:
        """Return when the first of its answers is due; unknown is due at once."""
        unknown = datetime.min.replace(tzinfo=UTC)
        return min((part.due_at for part in self.parts), default=unknown)


@dataclass(frozen=True, slots=True)
class TeamSum:
    """A team's part of the work list in one line; unvalued are orders whose worth
    cannot be told in the company's currency."""

    team: str
    count: int
    overdue: int
    value: Decimal
    unvalued: int
    longest: Decimal


def work_list(
    connection: Connection, *, on: date, team: str | None = None
) -> list[WorkItem]:
    """Read the held orders as of the business date, the most urgent first.

    The most urgent is the one whose answer was, or will be, due the earliest. team
    narrows the list to its own part.
    """
    works = read_held_work(connection, team=team)
    if not works:
        return []
    at = moment_on(on)
    worked = _worked_until(at, works)
    worth = _worth_on(connection, works, on=on)
    items = [_item(work, team, at=at, worked=worked, worth=worth) for work in works]
    return sorted(items, key=lambda item: (item.due_at, item.order_no))


def teams_waited_for(connection: Connection) -> tuple[str, ...]:
    """Return the teams that held orders wait for, by name."""
    works = read_held_work(connection)
    return tuple(sorted({hold.team for work in works for hold in work.holds}))


def by_team(items: Iterable[WorkItem]) -> list[TeamSum]:
    """Sum the work list by team; an order counts in full for each of its teams."""
    found: dict[str, list[tuple[WorkItem, TeamPart]]] = {}
    for item in items:
        for part in item.parts:
            found.setdefault(part.team, []).append((item, part))
    return [_sum(team, parts) for team, parts in sorted(found.items())]


def _sum(team: str, parts: Sequence[tuple[WorkItem, TeamPart]]) -> TeamSum:
    return TeamSum(
        team=team,
        count=len(parts),
        overdue=sum(part.overdue is not None for _, part in parts),
        value=sum((item.value or _ZERO for item, _ in parts), _ZERO),
        unvalued=sum(item.value is None for item, _ in parts),
        longest=max(part.waited for _, part in parts),
    )


def _worked_until(at: datetime, works: Sequence[HeldWork]) -> _Worked:
    """Return a count of working hours until the moment, each start walked once.

    Holds of a batch were opened at one moment, so that there are few of them.
    """
    starts = [hold.opened_at for work in works for hold in work.holds]
    hours = office_hours(since=min([at, *starts]).date(), until=at.date())
    return cache(lambda since: in_hours(working_time(since, at, hours=hours)))


def _worth_on(connection: Connection, works: Sequence[HeldWork], *, on: date) -> _Worth:
    company = resources().policy.company.currency
    currencies = {work.order.currency for work in works} | {company}
    rates = read_exchange_rates(connection, currencies=currencies, on=on)

    def _worth(amount: Decimal | None, currency: str) -> Decimal | None:
        if amount is None:
            return None
        try:
            return converted(
                amount, source=currency, target=company, on=on, rates=rates
            )
        except NoExchangeRate:
            return None

    return _worth


def _item(
    work: HeldWork,
    team: str | None,
    *,
    at: datetime,
    worked: _Worked,
    worth: _Worth,
) -> WorkItem:
    order = work.order
    return WorkItem(
        order_no=order.order_no,
        customer_code=order.customer_code,
        customer_name=order.customer_name,
        held_on=order.held_on,
        held_for=order.held_for or "",
        currency=order.currency,
        net=order.net,
        value=worth(order.net, order.currency),
        parts=tuple(
            _part(hold, work.told[hold.id], at=at, worked=worked)
            for hold in work.holds
            if team in {None, hold.team}
        ),
        faults=work.faults,
    )


def _part(
    hold: OpenHold, told: tuple[str, ...], *, at: datetime, worked: _Worked
) -> TeamPart:
    return TeamPart(
        team=hold.team,
        since=hold.opened_at,
        due_at=hold.due_at,
        waited=worked(hold.opened_at),
        overdue=worked(hold.due_at) if at >= hold.due_at else None,
        told=told,
        why=routed_why(
            is_one_desk=hold.is_one_desk,
            of_day=hold.orders_of_day,
            below=hold.one_desk_below,
        ),
    )
