"""Which steps does the chain have, in which order, and what runs when one fails?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from tasks.step import Outcome, StepFlow

_STEPS: Mapping[str, str] = {
    "intake": "tasks.intake.step:INTAKE",
    "validation": "tasks.orders.validation:VALIDATION",
    "handoff": "tasks.stock.handoff:HANDOFF",
    "delivery": "tasks.stock.delivery:DELIVERY",
    "notices": "tasks.stock.notices:NOTICES",
    "books": "tasks.stock.order_book:ORDER_BOOKS",
    "invoicing": "tasks.billing.invoicing:INVOICING",
    "documents": "tasks.documents.documents:DOCUMENTS",
    "payments": "tasks.payments.step:PAYMENTS",
    "dunning": "tasks.dunning.step:DUNNING",
    "mail": "tasks.mail.step:MAIL",
    "kpis": "tasks.figures.kpis:KPIS",
    "digest": "tasks.figures.digest:DIGEST",
}

HOURLY = (
    "payments",
    "intake",
    "validation",
    "handoff",
    "delivery",
    "notices",
    "books",
    "mail",
)
NIGHTLY = (
    "delivery",
    "payments",
    "invoicing",
    "documents",
    "dunning",
    "mail",
    "kpis",
    "digest",
)
CHAINS: Mapping[str, tuple[str, ...]] = {"hourly": HOURLY, "nightly": NIGHTLY}

# What a broken step keeps from running (design.md, section 4). A step that merely set
# documents aside is not broken: what depends on a single document looks at that
# document itself (who never got an invoice is not chased).
KEPT_FROM_RUNNING: Mapping[str, tuple[str, ...]] = {
    "delivery": ("notices", "books"),
    "payments": ("dunning",),
}


class UnknownFlow(ValueError):
    """No step or chain has this name."""

    def __init__(self, name: str) -> None:
        names = ", ".join([*CHAINS, *_STEPS])
        super().__init__(f"no flow is called {name!r}; there are: {names}")
        self.name = name


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How one step of a chain ended: its outcome, or why it broke or did not run."""

    step: str
    outcome: Outcome
    error: str | None = None
    kept_by: str | None = None

    @property
    def is_failed(self) -> bool:
        return bool(self.error or self.outcome.failed)


def step_names() -> tuple[str, ...]:
    """Return the names of all steps."""
    return tuple(_STEPS)


def step_flow(name: str) -> StepFlow:
    """Import and return the step of this name; raises UnknownFlow."""
    if name not in _STEPS:
        raise UnknownFlow(name)
    module, _, attribute = _STEPS[name].partition(":")
    found: StepFlow = getattr(import_module(module), attribute)
    return found


def run_chain(name: str, run_step: Callable[[str], StepEnd]) -> list[StepEnd]:
    """Run the steps of a chain in order; a broken step keeps back only its dependants.

    run_step must not raise for a broken step: it says so in StepEnd.error.
    """
    ends: list[StepEnd] = []
    for step_name in CHAINS[name]:
        breaker = next((end.step for end in ends if _keeps_back(end, step_name)), None)
        if breaker is None:
            ends.append(run_step(step_name))
        else:
            ends.append(StepEnd(step=step_name, outcome=Outcome(), kept_by=breaker))
    return ends


def _keeps_back(end: StepEnd, step_name: str) -> bool:
    return end.error is not None and step_name in KEPT_FROM_RUNNING.get(end.step, ())
