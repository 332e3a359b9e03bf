"""How does the company promise days by the goods it has and those on their way?"""

from dataclasses import dataclass
from typing import Literal

from adv_domain.policy_file import Count, Days, Name, Section

PriorityKey = Literal["customer", "requested", "age"]


@dataclass(frozen=True, slots=True)
class Availability(Section):
    """Whether stock decides the first date, who is served first, and how long goods
    take; without stock data the lead time alone decides."""

    enabled: bool = True
    priority: tuple[PriorityKey, ...] = ("customer", "requested", "age")
    locations: tuple[Name, ...] = ()
    stock_days: Days = 7
    receipt_days: Days = 1
    late_receipt_days: Count = 5
    replenishment_days: Days = 14
    at_risk_days: Days = 5

    def __post_init__(self) -> None:
        for name in ("priority", "locations"):
            listed = getattr(self, name)
            if len(set(listed)) < len(listed):
                raise ValueError(f"{name} names one twice: leave one out")
