"""Which products are sold whose stock was counted too long ago to promise by?

Nothing is known of their goods: no date moves with a receipt and no line is at risk. A
person is told once; his task closes by itself when the counts come again.
"""

from sqlalchemy import Connection

from adv_domain.store.stock.supply import reserved_qtys, stock_levels
from adv_domain.store.worklist import PersonTask, close_tasks_of_kind, open_tasks
from tasks.resources import now, resources
from tasks.step import RunRef

KIND = "old_stock_count"


def tell_old_counts(connection: Connection, run: RunRef) -> None:
    """Open the task about counts that are too old, or close it; two statements more
    for any number of products."""
    policy = resources().policy
    max_age = policy.availability.stock_days
    needed = reserved_qtys(connection)
    counted_on = [
        max(one.as_of for one in levels)
        for code, levels in stock_levels(
            connection, locations=policy.availability.locations
        ).items()
        if code in needed
    ]
    old = [day for day in counted_on if (run.on - day).days > max_age]
    if not old:
        result = "the counts are new enough"
        close_tasks_of_kind(connection, KIND, by=run.actor, result=result, now=now())
        return
    products = "1 product" if len(old) == 1 else f"{len(old)} products"
    task = PersonTask(
        task_key=f"old-stock-count:{min(old)}",
        kind=KIND,
        team=policy.owner_of_step(run.step),
        text=f"the stock count of {products} with open lines is older than {max_age} "
        f"days (the oldest is of {min(old)}): their late receipts move no date and "
        "their lines at risk are not listed; import new counts (adv import stock)",
    )
    open_tasks(connection, [task], opened_on=run.on)
