"""Which business day does this flow run close, and what is the run called?"""

from datetime import date

from prefect import runtime

from tasks.resources import business_day, now


def resolved(business_date: date | None) -> date:
    """Return the date given, else the day that the scheduled start belongs to.

    The scheduled start stays the same when the run is retried the next morning; the
    clock does not (measured on Prefect 3.8).
    """
    if business_date is not None:
        return business_date
    return business_day(runtime.flow_run.scheduled_start_time or now())


def run_name() -> str:
    """Name the run by its flow and business day, such as 'invoicing 2026-11-23'."""
    given = (runtime.flow_run.parameters or {}).get("business_date")
    on = date.fromisoformat(str(given)) if given else resolved(None)
    return f"{runtime.flow_run.flow_name} {on.isoformat()}"
