"""Is what was delivered to a customer, or of an order, to be invoiced now?"""

from typing import Annotated

from prefect.client.schemas.objects import State
from prefect.states import Failed
from pydantic import Field

from flows.actions.form import By, Reason, action, done
from flows.direct import execute
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.billing.by_hand import Billing, bill_by_hand, not_billed
from tasks.dates import not_ahead

Orders = Annotated[
    str, Field(description="Order numbers or references, between commas.")
]
Customer = Annotated[
    str, Field(description="Or a customer's code: all that waits of his.")
]
Together = Annotated[
    bool, Field(description="On as few invoices as terms, address and tax allow.")
]

Ordered = Annotated[
    bool, Field(description="All that is ordered, also what is still to be shipped.")
]


@action("bill", run_name="bill {orders}{customer}")
def bill(  # noqa: PLR0913, PLR0917  # a form has a field for each choice
    by: By,
    reason: Reason,
    orders: Orders = "",
    customer: Customer = "",
    together: Together = False,
    ordered: Ordered = False,
    business_date: BusinessDate = None,
) -> State:
    """Invoice now what was delivered, whatever the customer's schedule says."""
    names = tuple(one.strip() for one in orders.split(",") if one.strip())
    if bool(names) == bool(customer):
        return Failed(message="name orders, or a customer")
    day = not_ahead(resolved(business_date))
    billing = Billing(names, customer or None, together, by, reason, as_ordered=ordered)
    outcome = bill_by_hand(billing, on=day, execute=execute)
    if outcome.failed or outcome.details:
        waits = [f"not billed: {not_billed(one)}" for one in outcome.details]
        return Failed(message="; ".join([outcome.message, *waits]))
    return done(outcome.message)
