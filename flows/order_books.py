"""Which customers get the book of their open orders?"""

from prefect.client.schemas.objects import State

from flows.engine import adv_flow, run_step
from flows.form_fields import BusinessDate
from flows.run_date import resolved


@adv_flow("order-books")
def order_books(business_date: BusinessDate = None) -> State:
    """Queue the weekly books of open orders that are due, each once in its week.

    A week in which nothing ran is made up for once, by the next run.
    """
    return run_step("books", on=resolved(business_date))
