"""Which Prefect flow is meant by the short name that `adv run` and the tables use?"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prefect import Flow

ENTRYPOINTS: Mapping[str, str] = {
    "hourly": "flows.hourly_cycle.hourly_cycle",
    "nightly": "flows.nightly_close.nightly_close",
    "intake": "flows.order_intake.order_intake",
    "validation": "flows.order_validation.order_validation",
    "handoff": "flows.stock_handoff.stock_handoff",
    "delivery": "flows.delivery_tracking.delivery_tracking",
    "notices": "flows.delay_notices.delay_notices",
    "books": "flows.order_books.order_books",
    "invoicing": "flows.invoicing.invoicing",
    "documents": "flows.documents.documents",
    "payments": "flows.payment_monitoring.payment_monitoring",
    "dunning": "flows.dunning.dunning",
    "mail": "flows.mail_delivery.mail_delivery",
    "kpis": "flows.kpi_refresh.kpi_refresh",
    "digest": "flows.digest.digest",
}


class NoSuchFlow(ValueError):
    """No flow has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"no flow is called {name!r}; there are: {', '.join(ENTRYPOINTS)}"
        )
        self.name = name


def prefect_flow(name: str) -> "Flow[Any, Any]":
    """Import and return the flow of this short name; raises NoSuchFlow."""
    if name not in ENTRYPOINTS:
        raise NoSuchFlow(name)
    module, _, function = ENTRYPOINTS[name].rpartition(".")
    found: Flow[Any, Any] = getattr(import_module(module), function)
    return found


def short_name(flow_name: str) -> str:
    """Return the short name of a flow by its Prefect name: mail for mail-delivery."""
    function = flow_name.replace("-", "_")
    names = {
        entrypoint.rpartition(".")[2]: name for name, entrypoint in ENTRYPOINTS.items()
    }
    return names.get(function, flow_name)
