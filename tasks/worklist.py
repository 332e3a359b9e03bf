"""What becomes of a task that the chain left to a person?"""

from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.dunning.outcome import COMPLETING
from adv_domain.store.engine import writing
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.worklist import OpenTask, close_task, find_open_task
from tasks.dunning.acts import finish_dunning_task
from tasks.resources import now, resources

# what only an act of its own settles: that act closes the task
_SETTLED_BY = {
    "stock_exception": "adv stock resolve ORDER LINE --choose recreate|drop",
    "amendment_held": "adv amendment accept|refuse NUMBER",
    "amendment_unanswered": "adv amendment accept|refuse NUMBER",
    "rebill": "adv rebill INVOICE --choose recreate|ignore",
    "handoff_failed": "adv stock resend KEY, or adv stock settle KEY",
    "credit_note": "adv credit-note INVOICE --amount A, or a payment of the rest",
}
_WITH_HISTORY = frozenset({"order", "invoice"})


class TaskRefused(ValueError):
    """A task cannot be closed like this."""


def finish_task(task_key: str, *, by: str, result: str, on: date) -> OpenTask:
    """Close a task with its result; a dunning letter, call or referral completes its
    level, so that the next one may come.

    Returns the task as it was. Raises TaskRefused where none of this key is open,
    nobody says how it ended, or another command settles it.
    """
    by, result = by.strip(), result.strip()
    if not by or not result:
        raise TaskRefused("closing a task needs a name and a result")
    with writing(resources().engine) as connection:
        found = find_open_task(connection, task_key)
    if found is None:
        raise TaskRefused(f"no task {task_key} is open; see: adv tasks")
    if found.kind in _SETTLED_BY:
        raise TaskRefused(f"{found.text}: settle it with {_SETTLED_BY[found.kind]}")
    if found.kind in COMPLETING:
        finish_dunning_task(task_key, by=by, result=result, on=on)
        return found
    with writing(resources().engine) as connection:
        if not close_task(connection, task_key, by=by, result=result, now=now()):
            raise TaskRefused(f"no task {task_key} is open; see: adv tasks")
        _record(connection, found, by=by, result=result, on=on)
    return found


def _record(
    connection: Connection, done: OpenTask, *, by: str, result: str, on: date
) -> None:
    """Tell it in the history of what the task was about, if that has one."""
    entity, entity_id = done.entity, done.entity_id
    if entity not in _WITH_HISTORY:
        entity, entity_id = "customer", done.customer_id
    if entity_id is None:
        return
    what = f"task {done.kind} done"
    happening = Happening(entity, entity_id, what, by, reason=result)
    record_events(connection, [happening], business_date=on, now=now())
