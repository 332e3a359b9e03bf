"""How does a step or a chain run without the engine? The same bodies, called."""

import logging
from datetime import date

from tasks.catalogue import CHAINS, StepEnd, run_chain, step_flow
from tasks.conduct import conduct
from tasks.retrying import with_retries
from tasks.step import Call, Outcome

_log = logging.getLogger("adv.runs")


def run_directly(name: str, *, on: date, dry_run: bool = False) -> list[StepEnd]:
    """Run a step or a chain (hourly, nightly) for the business date.

    Returns how each step ended. A single step's error is raised; in a chain it is
    noted and the steps that do not depend on it go on.
    """
    if name not in CHAINS:
        outcome = conduct(step_flow(name), on=on, execute=execute, dry_run=dry_run)
        return [StepEnd(step=name, outcome=outcome)]

    def _one(step_name: str) -> StepEnd:
        try:
            outcome = conduct(step_flow(step_name), on=on, execute=execute)
        except Exception as error:
            cause = str(error) or type(error).__name__
            _log.error("%s broke: %s", step_name, cause)
            _log.debug("%s broke here", step_name, exc_info=True)
            return StepEnd(step=step_name, outcome=Outcome(), error=cause)
        return StepEnd(step=step_name, outcome=outcome)

    return run_chain(name, _one)


def execute(plan: list[Call]) -> list[Outcome]:
    """Call the planned bodies one after the other, with the named retries."""
    return [
        with_retries(
            lambda call=call: call.step.body(**call.arguments),  # type: ignore[misc]  # default binds the call
            retries=call.step.retries,
        )
        for call in plan
    ]
