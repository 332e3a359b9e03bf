"""Which products are sold whose stock was counted too long ago to promise by?

Nothing is known of their goods: no date moves with a receipt and no line is at risk. A
person is told once; his task closes by itself when the counts come again.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.counted import counted
from adv_domain.rules.stock.supply import is_too_old
from adv_domain.store.stock.supply import reserved_qtys, stock_levels
from adv_domain.store.worklist import PersonTask, close_tasks_of_kind, open_tasks
from tasks.resources import now, resources
from tasks.step import RunRef

KIND = "old_stock_count"


@dataclass(frozen=True, slots=True)
class OldCounts:
    """How many products with open lines were counted too long ago, and the oldest."""

    products: int
    oldest_on: date
    max_age_days: int

    def __str__(self) -> str:
        return (
            f"the stock count of {counted(self.products, 'products')} with open lines "
            f"is older than {counted(self.max_age_days, 'days')} (the oldest is of "
            f"{self.oldest_on}): their late receipts move no date and their lines at "
            "risk are not listed; import new counts (adv import stock)"
        )


def old_counts(connection: Connection, *, policy: Policy, on: date) -> OldCounts | None:
    """Return the counts that are too old, in two statements; None: there are none."""
    if not policy.availability.enabled:
        return None
    max_age = policy.availability.stock_days
    places = policy.availability.locations
    needed = reserved_qtys(connection)
    levels = stock_levels(connection, locations=places)
    newest = [
        max(one.as_of for one in of_product)
        for code, of_product in levels.items()
        if code in needed
    ]
    old = [day for day in newest if is_too_old(day, max_age_days=max_age, on=on)]
    return OldCounts(len(old), min(old), max_age) if old else None


def tell_old_counts(connection: Connection, run: RunRef) -> None:
    """Open the task about counts that are too old, or close it."""
    policy = resources().policy
    old = old_counts(connection, policy=policy, on=run.on)
    if old is None:
        result = "the counts are new enough"
        close_tasks_of_kind(connection, KIND, by=run.actor, result=result, now=now())
        return
    task = PersonTask(
        task_key=f"old-stock-count:{old.oldest_on}",
        kind=KIND,
        team=policy.owner_of_step(run.step),
        text=str(old),
    )
    open_tasks(connection, [task], opened_on=run.on)
