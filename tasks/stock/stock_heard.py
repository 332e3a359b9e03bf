"""Is stock's word fresh enough to take its silence for one?

While nothing comes from stock the silence may be ours: nobody is told of a silent
delay, a person is told that stock is not heard of. His task closes by itself when
stock is heard of again.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from adv_domain.rules.counted import counted
from adv_domain.rules.stock.delays import News
from adv_domain.store.stock.delay_records import last_heard_of_stock
from adv_domain.store.worklist import PersonTask, close_tasks_of_kind, open_tasks
from tasks.office_hours import hours_of_working_days, local_minute
from tasks.resources import now, resources
from tasks.step import RunRef

KIND = "stock_not_heard"


def news_of_stock(connection: Connection, *, moment: datetime) -> News:
    """Tell whether stock said something within the policy's hours of working days."""
    heard_at = last_heard_of_stock(connection)
    if heard_at is None:
        return News.NONE
    hours = timedelta(hours=resources().policy.delivery.stale_hours)
    is_stale = hours_of_working_days(since=heard_at, until=moment) > hours
    return News.STALE if is_stale else News.FRESH


def tell_operator(connection: Connection, run: RunRef, *, silent_lines: int) -> int:
    """Open the task about a stock that is not heard of; return how many are new."""
    heard_at = last_heard_of_stock(connection)
    since = "ever" if heard_at is None else f"since {local_minute(heard_at)}"
    lines = counted(silent_lines, "lines")
    task = PersonTask(
        task_key=f"stock-not-heard:{heard_at.isoformat() if heard_at else 'never'}",
        kind=KIND,
        team=resources().policy.owner_of_step(run.step),
        text=f"nothing has come from stock {since}, and {lines} whose confirmed day "
        "has passed stay untold: find out whether stock's files still arrive; this "
        "closes by itself when they do",
    )
    return open_tasks(connection, [task], opened_on=run.on)


def close_when_heard(connection: Connection, run: RunRef) -> int:
    """Close that task, stock being heard of again; return how many were open."""
    return close_tasks_of_kind(
        connection, KIND, by=run.actor, result="stock is heard of again", now=now()
    )
