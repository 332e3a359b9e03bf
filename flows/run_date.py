"""Which business day does this flow run close, and what is the run called?"""

from datetime import date

from prefect import runtime

from adv_domain.policy_file import InvalidPolicy
from flows.directory import short_name
from flows.engine_moments import plain_moment
from tasks.dates import check_date
from tasks.resources import business_day, resources


def resolved(business_date: date | None) -> date:
    """Return the date given, else the day that the scheduled start belongs to.

    The scheduled start stays the same when the run is retried the next morning; the
    clock does not (measured on Prefect 3.8). The policy is read before anything is
    done. Raises InvalidPolicy, and DateAhead for a day to come.
    """
    _ = resources().policy
    scheduled_at = plain_moment(runtime.flow_run.scheduled_start_time)
    on = business_date or business_day(scheduled_at)
    check_date(short_name(runtime.flow_run.flow_name or ""), on=on)
    return on


def run_name() -> str:
    """Name the run by its flow and business day, such as 'invoicing 2026-11-23'.

    Never raises for a broken policy: the run itself says what is wrong.
    """
    given = (runtime.flow_run.parameters or {}).get("business_date")
    if given:
        return f"{runtime.flow_run.flow_name} {given}"
    try:
        on = business_day(plain_moment(runtime.flow_run.scheduled_start_time))
    except InvalidPolicy:
        return str(runtime.flow_run.flow_name)
    return f"{runtime.flow_run.flow_name} {on.isoformat()}"
