"""Which messages did stock not acknowledge in time, and who must ask?

One task for each day on which unacknowledged messages were decided, not one a
message; it closes by itself once all of the day's are acknowledged.
"""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Connection

from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.stock.acknowledgements import (
    SILENCE_TASK,
    Silence,
    acknowledge_by_news,
    days_dealt_with,
    forget_silence,
    open_silence_tasks,
    silences,
)
from adv_domain.store.worklist import PersonTask, close_tasks, open_tasks
from tasks.resources import now, resources
from tasks.step import Outcome, RunRef


def news_heard(run: RunRef) -> Outcome:
    """Take what stock has said of orders as the acknowledgement of their messages."""
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        heard = acknowledge_by_news(connection, now=now())
    return Outcome(done={"acknowledged by news": heard} if heard else {})


def silence_told(run: RunRef) -> Outcome:
    """Open and close the tasks about unacknowledged messages; key: the day."""
    with writing(resources().engine) as connection:
        keep_lease(connection, run.lease, now=now())
        silent = _still_silent(connection)
        team = resources().policy.owner_of_step("handoff")
        opened = open_tasks(
            connection, [_task(one, team) for one in silent], opened_on=run.on
        )
        _close_answered(connection, {_key(one.decided_on) for one in silent})
    return Outcome(done={"silences told": opened} if opened else {})


def _still_silent(connection: Connection) -> Sequence[Silence]:
    """Return the days to ask about; those that a person has dealt with are over."""
    found = silences(connection, now=now())
    over = days_dealt_with(connection, [_key(one.decided_on) for one in found])
    forget_silence(
        connection,
        [one.decided_on for one in found if _key(one.decided_on) in over],
        now=now(),
    )
    return [one for one in found if _key(one.decided_on) not in over]


def _close_answered(connection: Connection, silent: Collection[str]) -> None:
    answered = [key for key in open_silence_tasks(connection) if key not in silent]
    close_tasks(
        connection,
        SILENCE_TASK,
        about=[key.partition(":")[2] for key in answered],
        by="adv",
        result="all of them are acknowledged",
        now=now(),
    )


def _key(day: date) -> str:
    return f"{SILENCE_TASK}:{day}"


def _task(one: Silence, team: str) -> PersonTask:
    more = f" and {one.messages - 1} more" if one.messages > 1 else ""
    return PersonTask(
        task_key=_key(one.decided_on),
        kind=SILENCE_TASK,
        team=team,
        text=f"stock has not acknowledged message {one.first_key}{more} of "
        f"{one.decided_on}: ask whether they arrived (adv stock messages "
        "--unacknowledged)",
    )
