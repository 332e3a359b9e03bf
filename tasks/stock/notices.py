"""The notices step: what do customers hear of their orders under way?"""

from tasks.step import Call, Outcome, RunRef, StepFlow, step
from tasks.stock.confirmations import confirm_orders
from tasks.stock.delay_notices import tell_delays
from tasks.stock.shipment_notices import tell_shipments


@step(name="tell customers", retries=3, run_name="notices {run.on}")
def tell_customers(run: RunRef) -> Outcome:
    """Decide what is told; delays come last: what left late is told with its goods."""
    return confirm_orders(run) + tell_shipments(run) + tell_delays(run)


NOTICES = StepFlow(
    name="notices",
    plan=lambda run: [Call(tell_customers, {"run": run})],
    has_dry_run=True,
)
