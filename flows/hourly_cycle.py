"""What does the chain do through the day, once an hour?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, chain_ended
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from flows.subflows import run_subflow
from tasks.catalogue import run_chain


@adv_flow("hourly-cycle")
def hourly_cycle(business_date: BusinessDate = None) -> State:
    """Payments, intake, validation, handoff, stock feedback, notices, books, mail.

    A step that fails keeps back only what would work on its missing data. Retrying
    this run runs every step again; those that are done say "nothing to do".
    """
    on = resolved(business_date)
    ends = run_chain("hourly", lambda step: run_subflow(step, on=on))
    return chain_ended("hourly", on=on, ends=ends)
