"""What do the last days look like in figures?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("kpi-refresh")
def kpi_refresh(business_date: BusinessDate = None) -> State:
    """Compute the KPI tables of the last days again and draw the dashboard.

    The unit of retry is a day; each is written whole or not at all.
    """
    return run_step("kpis", on=resolved(business_date))
