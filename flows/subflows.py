"""How does a parent flow run its steps and learn how each one ended?"""

from datetime import date
from typing import Any, cast

from prefect.client.schemas.objects import State

from flows.directory import prefect_flow
from tasks.catalogue import StepEnd
from tasks.step import Outcome


def run_subflow(step: str, *, on: date) -> StepEnd:
    """Run a step as a subflow for the parent's business date; never raises for it."""
    state = cast("State[Any]", prefect_flow(step)(business_date=on, return_state=True))
    return end_of(step, state)


def end_of(step: str, state: State[Any]) -> StepEnd:
    """Read how a step ended from its state: counts, or the error that broke it."""
    left = state.result(raise_on_failure=False)
    match left:
        case [StepEnd() as end]:
            return end
        case BaseException():
            return StepEnd(step=step, outcome=Outcome(), error=_said(left))
        case _:
            said = state.message or state.name or "ended without a word"
            return StepEnd(step=step, outcome=Outcome(), error=said)


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
