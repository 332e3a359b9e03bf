"""How did a person's task end?"""

from prefect.client.schemas.objects import State

from flows.actions.form import By, Result, TaskKey, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.worklist import finish_task as finish


@action("finish-task", run_name="finish task {task}")
def finish_task(
    task: TaskKey,
    result: Result,
    by: By,
    business_date: BusinessDate = None,
) -> State:
    """Close a task with how it ended; a reminder's letter, call or referral completes
    its level."""
    finished = finish(task, by=by, result=result, on=resolved(business_date))
    return done(f"{finished.kind} {task} is done: {result}")
