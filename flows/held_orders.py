"""Which orders are held now? One Markdown artifact with a key of its own, so that the
Prefect UI shows the current list and those before it."""

from collections.abc import Sequence
from decimal import Decimal

from prefect.artifacts import create_markdown_artifact

from adv_domain.fault_wording import fault_text
from adv_domain.rules.money import plain_amount
from adv_domain.store.engine import reading
from adv_domain.store.orders.heads import StandingFault
from adv_domain.store.orders.work_list import WarnedOrder, read_warned
from flows.run_report import cell
from tasks.office_hours import local_minute
from tasks.orders.work_list import TeamPart, TeamSum, WorkItem, by_team, work_list
from tasks.resources import business_day, now, resources

KEY = "held-orders"
_LISTED = 200
_Warned = Sequence[tuple[WarnedOrder, Sequence[StandingFault]]]


def publish_held_orders() -> None:
    """Show the list as it is now, and what went on with a warning today."""
    on = business_day(now())
    with reading(resources().engine) as connection:
        items = work_list(connection, on=on)
        warned = read_warned(connection, on=on)
    overdue = sum(item.is_overdue for item in items)
    create_markdown_artifact(
        key=KEY,
        markdown=held_orders_page(items, warned),
        description=f"{len(items)} held, {overdue} overdue",
    )


def held_orders_page(items: Sequence[WorkItem], warned: _Warned) -> str:
    """Write the list, the most urgent first, a row for each team that must answer."""
    parts = [f"# Held orders, {local_minute(now())}"]
    if not items:
        parts.append("No order is held.")
    else:
        parts += ["\n".join(_sums(by_team(items))), "\n".join(_rows(items[:_LISTED]))]
    if len(items) > _LISTED:
        parts.append(f"… and {len(items) - _LISTED} more: `adv holds`.")
    if items:
        parts.append(
            "Hours are working hours. Decide with the deployments release-order, "
            "correct-order or reject-order."
        )
    if warned:
        parts += ["## Went on with a warning today", "\n".join(_warned_rows(warned))]
    return "\n\n".join(parts)


def _sums(sums: Sequence[TeamSum]) -> list[str]:
    currency = resources().policy.company.currency
    return [
        f"| team | held | overdue | worth in {currency} | longest, h |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {cell(one.team)} | {one.count} | {one.overdue} "
            f"| {plain_amount(one.value, currency)}{_unvalued(one)} "
            f"| {one.longest:f} |"
            for one in sums
        ),
    ]


def _unvalued(one: TeamSum) -> str:
    return f" + {one.unvalued} unknown" if one.unvalued else ""


def _rows(items: Sequence[WorkItem]) -> list[str]:
    return [
        "| order | customer | worth | waits for | since, h | answer due | why |",
        "|---|---|---:|---|---:|---|---|",
        *(_row(item, part) for item in items for part in item.parts or (None,)),
    ]


def _row(item: WorkItem, part: TeamPart | None) -> str:
    worth = _amount(item.net, item.currency)
    who = cell(item.customer_name or item.customer_code)
    why = "; ".join(_fault(fault) for fault in item.faults)
    if part is None:
        waits = f"{cell(item.held_for)} | | "
    else:
        waits = f"{cell(part.team)} | {part.waited:f} | {_due(part)}"
    return f"| {cell(item.order_no)} | {who} | {worth} | {waits} | {why} |"


def _due(part: TeamPart) -> str:
    due = local_minute(part.due_at)
    if part.overdue is None:
        return due
    told = f", told: {cell(', '.join(part.told))}" if part.told else ""
    return f"**{due}**, {part.overdue:f} h ago{told}"


def _warned_rows(warned: _Warned) -> list[str]:
    return [
        "| order | customer | worth | state | warning |",
        "|---|---|---:|---|---|",
        *(
            f"| {cell(order.order_no)} "
            f"| {cell(order.customer_name or order.customer_code)} "
            f"| {_amount(order.net, order.currency)} | {order.state} "
            f"| {'; '.join(_fault(fault) for fault in faults)} |"
            for order, faults in warned[:_LISTED]
        ),
    ]


def _amount(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else f"{plain_amount(amount, currency)} {currency}"


def _fault(fault: StandingFault) -> str:
    where = f"line {fault.line_no}: " if fault.line_no else ""
    weight = "" if fault.severity == "block" else f"{fault.severity}, "
    language = resources().settings.language
    said = fault_text(fault.message, fault.clash, language=language)
    return cell(f"{fault.code} ({weight}{fault.owner}): {where}{said}")
