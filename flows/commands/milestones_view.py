"""How do `adv milestones` and `adv order` write a milestone and what it waits for?"""

from typing import TYPE_CHECKING, Any

from adv_domain.rules.plain_numbers import plain_number

if TYPE_CHECKING:
    from tasks.advances.milestone_plans import PlanLine


def plan_view(one: "PlanLine") -> dict[str, Any]:
    """Return a milestone as JSON has it."""
    return {field: getattr(one, field) for field in one.__slots__}


def plan_line(one: "PlanLine") -> str:
    """Write a milestone: its share, its name, its invoice or what it waits for."""
    return f"{_share(one):>10}  {one.name}: {_when(one)}"


def _share(one: "PlanLine") -> str:
    if one.percent is not None:
        return f"{plain_number(one.percent)} %"
    return "the rest" if one.amount is None else plain_number(one.amount)


def _when(one: "PlanLine") -> str:
    from tasks.advances.milestone_plans import Waits

    if one.invoice:
        return f"invoiced by {one.invoice} ({one.gross:,f})"
    reached = f"reached on {one.reached_on} ({one.reached_by}), "
    return (reached if one.reached_on else "") + {
        Waits.NOTHING: "invoiced as it was delivered",
        Waits.ACCEPTANCE: "invoiced once the order is accepted",
        Waits.DAY: f"invoiced on {one.due_on}",
        Waits.RUN: "the next run invoices it",
        Waits.PERSON: "waits until it is called reached",
        Waits.DELIVERY: "invoiced as it is delivered",
        Waits.OVER: "not invoiced any more: no goods of the order are to come",
    }[one.waits_for]
