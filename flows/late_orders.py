"""Which orders are late and why, and which will be? One Markdown artifact with a key of
its own, so that the Prefect UI shows the current list and those before it."""

from collections.abc import Sequence
from datetime import date

from prefect.artifacts import create_markdown_artifact

from adv_domain.rules.counted import counted
from adv_domain.rules.money import plain_amount
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.risk import WaitingLine
from adv_domain.store.engine import reading
from adv_domain.store.figures.late_lines import LateLine, late_lines
from flows.run_report import cell
from tasks.figures.late_orders import Delays, delays_by_cause, lines_at_risk
from tasks.resources import resources

KEY = "late-orders"
_LISTED = 200


def publish_late_orders(on: date) -> None:
    """Show the late lines by reason and the lines at risk, as they are now."""
    with reading(resources().engine) as connection:
        delays = delays_by_cause(connection, on=on)
        late = late_lines(connection, on=on, limit=_LISTED)
        at_risk = lines_at_risk(connection, on=on)
    create_markdown_artifact(
        key=KEY,
        markdown=late_orders_page(delays, late, at_risk, on=on),
        description=f"{counted(sum(one.lines for one in delays), 'lines late')}, "
        f"{len(at_risk)} at risk",
    )


def late_orders_page(
    delays: Sequence[Delays],
    late: Sequence[LateLine],
    at_risk: Sequence[WaitingLine],
    *,
    on: date,
) -> str:
    """Write the sums by reason, the late lines, then those that will be late."""
    parts = [f"# Late orders, {on}"]
    if delays:
        parts += ["\n".join(_sums(delays)), "\n".join(_late(late, on))]
        left = sum(one.lines for one in delays) - len(late)
        parts += [f"… and {left} more: `adv delays`."] if left > 0 else []
    else:
        parts.append("No open line is late.")
    parts.append("## At risk: due soon, goods not there in time")
    if at_risk:
        parts.append("\n".join(_at_risk(at_risk[:_LISTED])))
        left = len(at_risk) - _LISTED
        more = f"… and {left} more: `adv stock back-orders --at-risk`."
        parts += [more] if left > 0 else []
    else:
        parts.append("Every line that is due soon has its goods.")
    return "\n\n".join(parts)


def _sums(delays: Sequence[Delays]) -> list[str]:
    currency = resources().policy.company.currency
    return [
        f"| reason | orders | lines | without a word of stock | worth in {currency} |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {one.cause} | {one.orders} | {one.lines} | {one.silent} | "
            + ("" if one.amount is None else plain_amount(one.amount, currency))
            + " |"
            for one in delays
        ),
    ]


def _late(lines: Sequence[LateLine], on: date) -> list[str]:
    return [
        "| order | customer | line | open | first | now | days late | reason | told |",
        "|---|---|---|---:|---|---|---:|---|---|",
        *(
            f"| {cell(one.order_no)} | {cell(one.customer_name or one.customer_code)} "
            f"| {one.line_no} {cell(one.product)} | {plain_number(one.qty)} {one.unit} "
            f"| {one.first_on or ''} | {_now(one)} | {one.days_late(on)} "
            f"| {cell(_reason(one))} | {one.told_on or ''} |"
            for one in lines
        ),
    ]


def _now(line: LateLine) -> str:
    return f"**{line.now_on} passed**" if line.is_passed else str(line.now_on)


def _reason(line: LateLine) -> str:
    return f"{line.cause}: {line.note}" if line.note else line.cause


def _at_risk(lines: Sequence[WaitingLine]) -> list[str]:
    return [
        "| order | customer | line | missing | confirmed | goods there | receipt |",
        "|---|---|---|---:|---|---|---|",
        *(
            f"| {cell(one.order_no)} | {cell(one.customer_name)} "
            f"| {one.line_no} {cell(one.product_code)} "
            f"| {plain_number(one.qty_waiting)} of {plain_number(one.qty)} "
            f"| {one.confirmed_on} | {one.available_on or 'not on their way'} "
            f"| {cell(one.receipt_ref or '')} |"
            for one in lines
        ),
    ]
