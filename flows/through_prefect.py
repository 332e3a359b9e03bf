"""How does `adv run` run a flow through Prefect, in this process?"""

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flows.prefect_home import prepare_environment
from tasks.catalogue import StepEnd
from tasks.dates import a_date_ahead_is_meant

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def run_through_prefect(
    name: str, *, on: date, home: Path, is_ahead_meant: bool = False
) -> list[StepEnd]:
    """Run a step or a chain (hourly, nightly) as a Prefect flow run.

    Uses the server of PREFECT_API_URL, else the one that `adv up` runs for this home,
    else one inside this process. Returns how each step ended; a single step's error
    is raised. Raises NoSuchFlow, and DateAhead for a day to come that is not meant.
    """
    # Prefect reads its settings when it is imported, and takes seconds to do so
    prepare_environment(home, os.environ)
    from flows.directory import prefect_flow
    from flows.ends import ends_of

    with a_date_ahead_is_meant(is_ahead_meant):
        run = prefect_flow(name)(business_date=on, return_state=True)
    return ends_of(name, cast("State[Any]", run))
