"""How does a parent flow run its steps and learn how each one ended?"""

from datetime import date
from typing import Any, cast

from prefect.client.schemas.objects import State

from flows.directory import prefect_flow
from flows.ends import ends_of
from tasks.catalogue import StepEnd
from tasks.step import Outcome


def run_subflow(step: str, *, on: date) -> StepEnd:
    """Run a step as a subflow for the parent's business date; never raises for it."""
    try:
        run = prefect_flow(step)(business_date=on, return_state=True)
        [end] = ends_of(step, cast("State[Any]", run))
    except Exception as error:
        said = str(error) or type(error).__name__
        return StepEnd(step=step, outcome=Outcome(), error=said)
    return end
