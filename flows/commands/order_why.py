"""What does an order that is on record wait for, in one line?"""

from typing import TYPE_CHECKING, Any

from flows.commands.amendments import waits_for
from flows.commands.message_lines import untold

if TYPE_CHECKING:
    from adv_domain.store.orders.view import OrderRecord
    from tasks.billing.next_invoice import BillingWaits


def why_of(record: "OrderRecord", billing: "BillingWaits") -> str:
    """Say in one line what the order waits for."""
    from adv_domain.rules.orders.standing import OrderStanding, why
    from adv_domain.rules.orders.states import OrderState

    head, lines = record.head, record.lines
    dates = [one.confirmed_on for one in lines if one.confirmed_on and _is_to_come(one)]
    moves = [
        one
        for one in record.timeline
        if one.entity == "order" and one.to_state == head.state
    ]
    ending = moves[-1] if moves else None
    return why(
        OrderStanding(
            state=OrderState(head.state),
            held_for=head.held_for or "",
            faults=_codes(record, "block"),
            warnings=_codes(record, "warn"),
            last_reason=(ending.reason or "") if ending else "",
            ended_by=ending.actor if ending else "",
            awaits_payment=bool(head.awaits_money),
            qty=sum(one.qty for one in lines),
            qty_shipped=sum(one.qty_shipped for one in lines),
            qty_cancelled=sum(one.qty_cancelled for one in lines),
            qty_invoiced=sum(one.qty_invoiced for one in lines),
            qty_ignored=sum(one.qty_ignored for one in lines),
            bills_as_ordered=billing.is_as_ordered,
            billed_by=billing.until,
            confirmed_on=max(dates, default=None),
            changes=[waits for one in record.amendments if (waits := waits_for(one))],
            units=len({one.unit for one in lines}),
            untold=untold(record.messages),
            set_aside=[
                f"{one.step}: {one.message} ({one.owner})" for one in record.failures
            ],
        )
    )


def _is_to_come(line: Any) -> bool:
    """Tell whether anything of the line is open that stock has not given up."""
    is_ended = line.state == "cancelled"
    done = line.qty_shipped + line.qty_cancelled + line.qty_given_up
    return not is_ended and line.qty > done


def _codes(record: "OrderRecord", severity: str) -> list[str]:
    """Return the rules of the severity that the order breaks now."""
    standing = (
        one.code
        for one in record.faults
        if one.severity == severity and one.resolved_on is None
    )
    return list(dict.fromkeys(standing))
