"""Are transient errors retried, and only those, and is a plan kept narrow?"""

import sqlite3

import pytest
from prefect import flow
from prefect.states import Failed
from prefect.task_engine import TaskRunTimeoutError
from sqlalchemy.exc import IntegrityError, OperationalError

from flows.engine import PlanTooWide, _may_pass_by_itself, through_prefect
from tasks.step import Call, Outcome, step

LOCKED = sqlite3.OperationalError("database is locked")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            OperationalError("", {}, sqlite3.OperationalError("database is locked")),
            True,
        ),
        (ConnectionResetError("gone"), True),
        (TimeoutError("slow"), True),
        (TaskRunTimeoutError("an hour has passed"), False),
        (IntegrityError("", {}, sqlite3.IntegrityError("UNIQUE")), False),
        (KeyError("name"), False),
    ],
    ids=[
        "a lock passes",
        "a connection comes back",
        "a server may answer later",
        "a body out of its time is not tried again",
        "a broken constraint stays",
        "a fault in the data stays",
    ],
)
def test_only_what_passes_by_itself_is_retried(error, expected):
    state = Failed(data=error)
    assert _may_pass_by_itself(None, None, state) is expected


def test_transient_error_is_retried_inside_the_run(sqlite_home, prefect_server):
    seen = []

    @step(name="shaky", retries=1, run_name="shaky {first}-{last}")
    def shaky(first, last):
        seen.append((first, last))
        if len(seen) == 1:
            raise ConnectionResetError("gone")
        return Outcome(done={"numbers": last - first})

    @flow(persist_result=False)
    def parent():
        return through_prefect([Call(shaky, {"first": 1, "last": 4})])

    assert parent() == [Outcome(done={"numbers": 3})]
    assert seen == [(1, 4), (1, 4)]


def test_a_step_plans_at_most_twenty_task_runs(sqlite_home):
    @step(name="wide")
    def wide():
        return Outcome()

    with pytest.raises(PlanTooWide, match="21 task runs planned"):
        through_prefect([Call(wide, {})] * 21)
