"""The notices step: what do customers hear of their orders under way?"""

from tasks.step import Call, StepFlow
from tasks.stock.delay_notices import tell_delays

NOTICES = StepFlow(
    name="notices",
    plan=lambda run: [Call(tell_delays, {"run": run})],
    has_dry_run=True,
)
