"""What closes the day: feedback, payments, invoices, reminders, mail, figures?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, chain_ended
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from flows.subflows import run_subflow
from tasks.catalogue import run_chain


@adv_flow("nightly-close")
def nightly_close(business_date: BusinessDate = None) -> State:
    """Stock feedback, payments, invoicing, documents, dunning, mail, KPIs and digest.

    A step that fails keeps back only what would work on its missing data. Retrying
    this run runs every step again; those that are done say "nothing to do".
    """
    on = resolved(business_date)
    ends = run_chain("nightly", lambda step: run_subflow(step, on=on))
    return chain_ended("nightly", on=on, ends=ends)
