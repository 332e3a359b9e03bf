"""How does a step of the chain run under Prefect?

Results are neither kept nor cached: the tables alone decide what is left (measured:
a kept result comes back on a retry and mended documents are never taken up). Flows
have no retries, since a returned Failed would be scheduled again; tasks have them,
for transient errors only.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, ParamSpec

from prefect import Flow, Task, flow, runtime
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed, Failed
from prefect.task_engine import TaskRunTimeoutError
from prefect.tasks import exponential_backoff

from flows.ends import DocumentsFailed
from flows.failure_hook import tell_operations
from flows.form_fields import described
from flows.run_date import run_name
from flows.run_logs import prepare_logs
from flows.run_report import publish_chain_report, publish_step_report
from tasks.catalogue import StepEnd, step_flow
from tasks.conduct import RunBy, conduct
from tasks.resources import resources
from tasks.retrying import is_transient
from tasks.step import Call, Outcome, Step

# Prefect's server records about 12 task runs a second (design P3)
MOST_TASK_RUNS = 20
_P = ParamSpec("_P")

# a run's process begins by importing its flow, and so this module
prepare_logs()


class PlanTooWide(Exception):
    """A step planned more task runs than the Prefect server should record."""

    def __init__(self, *, planned: int) -> None:
        super().__init__(
            f"{planned} task runs planned, at most {MOST_TASK_RUNS} allowed"
        )
        self.planned = planned


def adv_flow(name: str) -> Callable[[Callable[_P, State]], Flow[_P, State]]:
    """Make a function a flow: runs named, nothing kept, operations told of failure."""
    made = flow(
        name=name,
        flow_run_name=run_name,
        persist_result=False,
        on_failure=[tell_operations],
        on_crashed=[tell_operations],
    )
    return lambda function: made(described(function))


def run_step(name: str, *, on: date) -> State:
    """Run a step of the chain for a business date and return the state it ends in.

    Failed where a document was newly set aside, else Completed; the message has the
    counts. A step that breaks raises, which ends the run Failed with its cause.
    """
    outcome = conduct(
        step_flow(name),
        on=on,
        execute=through_prefect,
        by=RunBy(engine="prefect", engine_run=str(runtime.flow_run.id)),
    )
    publish_step_report(name, on=on, outcome=outcome)
    end = StepEnd(step=name, outcome=outcome)
    return ended(outcome.message, failed=end.is_failed, ends=[end])


def chain_ended(name: str, *, on: date, ends: list[StepEnd]) -> State:
    """Return the state that a chain ends in, naming every step that failed."""
    publish_chain_report(name, on=on, ends=ends)
    failed = [end for end in ends if end.is_failed]
    message = "; ".join(f"{end.step}: {_told(end)}" for end in failed or ends)
    return ended(message, failed=bool(failed), ends=ends)


def ended(message: str, *, failed: bool, ends: list[StepEnd]) -> State:
    """Make the state of a finished run; ends go to a caller in the same process."""
    if failed:
        return Failed(message=message, data=DocumentsFailed(message, ends=ends))
    return Completed(message=message, data=ends)


def through_prefect(plan: list[Call]) -> list[Outcome]:
    """Run the planned bodies as task runs, inside a flow run.

    On SQLite one after the other, since it has one writer. Every task run ends
    before the first error is raised. Raises PlanTooWide.
    """
    if len(plan) > MOST_TASK_RUNS:
        raise PlanTooWide(planned=len(plan))
    if resources().engine.dialect.name == "sqlite":
        return [as_task(call.step)(**call.arguments) for call in plan]
    runs = [as_task(call.step).submit(**call.arguments) for call in plan]
    for run in runs:
        run.wait()
    return [run.result() for run in runs]


@cache
def as_task(step: Step) -> Task[..., Outcome]:
    """Wrap a step's body as a Prefect task, once."""
    return Task(
        fn=step.body,
        name=step.name,
        task_run_name=step.run_name,
        retries=step.retries,
        retry_delay_seconds=exponential_backoff(backoff_factor=1),
        retry_jitter_factor=0.25,
        retry_condition_fn=_may_pass_by_itself,
        timeout_seconds=step.timeout,
        persist_result=False,
        cache_policy=NO_CACHE,
    )


def _may_pass_by_itself(
    _task: Task[..., Any], _run: TaskRun, state: State[Any]
) -> bool:
    """Tell Prefect to retry; a body that ran out of its time would do so again."""
    error = state.result(raise_on_failure=False)
    if isinstance(error, TaskRunTimeoutError) or not isinstance(error, BaseException):
        return False
    return is_transient(error)


def _told(end: StepEnd) -> str:
    if end.kept_by:
        return f"not run, since {end.kept_by} broke"
    return end.error or end.outcome.message
