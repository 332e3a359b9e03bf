"""Are the deliveries of a cancelled invoice billed anew, or never?"""

from typing import Annotated, Literal

from prefect.client.schemas.objects import State
from pydantic import Field

from adv_domain.rules.counted import counted
from flows.actions.form import By, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.credits.rebilling import Rebilling, rebill_named
from tasks.dates import not_ahead

Cancelled = Annotated[
    str, Field(min_length=1, description="The cancelled invoice, or run:N for a run.")
]
Choice = Annotated[
    Literal["recreate", "ignore"], Field(description="Bill them anew, or never.")
]


@action("rebill", run_name="rebill {invoice}")
def rebill(
    invoice: Cancelled,
    choice: Choice,
    by: By,
    reason: Reason,
    business_date: BusinessDate = None,
) -> State:
    """Decide on the deliveries of a cancelled invoice."""
    count = rebill_named(
        invoice,
        choice=Rebilling(choice),
        by=by,
        reason=reason,
        on=not_ahead(resolved(business_date)),
    )
    return done(f"{choice}: the deliveries of {counted(count, 'cancelled invoices')}")
