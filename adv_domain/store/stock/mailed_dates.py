"""Does a queued mail still say what is so? And what if it must not leave?"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    delete,
    or_,
    select,
    union_all,
    update,
)

from adv_domain.store.rows import among
from adv_domain.store.stock.confirmations import KIND as CONFIRMATION
from adv_domain.store.stock.delay_records import note_untold
from adv_domain.store.stock.late_lines import waits_at_stock
from adv_domain.store.tables import (
    delay_notice,
    order_line,
    outbox,
    sales_order,
    silence,
    untold_date,
)

# each table of dates told by mail: its key, and the day that was told or awaited
_TOLD = (
    (delay_notice, delay_notice.c.outbox_key, delay_notice.c.new_on),
    (delay_notice, delay_notice.c.back_outbox_key, delay_notice.c.back_on),
    (silence, silence.c.outbox_key, silence.c.confirmed_on),
)
_STANDING = ("accepted", "handed_off", "in_fulfilment", "fulfilled", "closed")


def outdated_mails(
    connection: Connection, outbox_keys: Collection[str]
) -> dict[str, str]:
    """Return which of these mails say what is so no longer, with the reason.

    A date that is another one by now, goods that left or were given up, an order that
    was cancelled or changed. Two statements.
    """
    dates = connection.execute(
        union_all(*(_moved(connection, *told, outbox_keys) for told in _TOLD))
    )
    outdated = {
        row.outbox_key: f"order {row.order_no} line {row.line_no} has left, was given "
        "up or has another date by now"
        for row in dates
    }
    orders = connection.execute(
        select(outbox.c.outbox_key, sales_order.c.order_no, sales_order.c.state)
        .join(sales_order, sales_order.c.id == outbox.c.entity_id)
        .where(
            among(connection, outbox.c.outbox_key, outbox_keys),
            outbox.c.kind == CONFIRMATION,
            or_(sales_order.c.to_confirm, sales_order.c.state.not_in(_STANDING)),
        )
    )
    for key, order_no, state in orders:
        how = "changed" if state in _STANDING else state
        outdated[key] = f"order {order_no} is {how} since"
    return outdated


def take_back(
    connection: Connection, outbox_keys: Collection[str], *, on: date, at: datetime
) -> None:
    """Forget that these mails told anything: the next run decides anew.

    What still differs from what the customer knows has differed since then.
    """
    lines = set(
        connection.execute(
            union_all(
                *(
                    select(table.c.order_line_id).where(
                        among(connection, key, outbox_keys),
                        waits_at_stock(table.c.order_line_id),
                        table.c.order_line_id.not_in(
                            select(untold_date.c.order_line_id)
                        ),
                    )
                    for table, key, _ in _TOLD[:2]
                )
            )
        ).scalars()
    )
    note_untold(connection, lines, on=on, at=at)
    connection.execute(
        delete(delay_notice).where(
            among(connection, delay_notice.c.outbox_key, outbox_keys)
        )
    )
    connection.execute(
        update(delay_notice)
        .where(among(connection, delay_notice.c.back_outbox_key, outbox_keys))
        .values(back_on=None, back_outbox_key=None)
    )
    connection.execute(
        update(silence)
        .where(among(connection, silence.c.outbox_key, outbox_keys))
        .values(told_on=None, outbox_key=None)
    )


def _moved(
    connection: Connection,
    table: Table,
    key: ColumnElement[str],
    day: ColumnElement[date],
    outbox_keys: Collection[str],
) -> Select[tuple[str, str, int]]:
    """Select the lines told by these mails whose date is not that one any more, or
    comes after the day that passed."""
    is_another = (
        order_line.c.confirmed_on > day
        if table is silence
        else order_line.c.confirmed_on != day
    )
    return (
        select(key.label("outbox_key"), sales_order.c.order_no, order_line.c.line_no)
        .select_from(table)
        .join(order_line, order_line.c.id == table.c.order_line_id)
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .where(
            among(connection, key, outbox_keys),
            or_(is_another, ~waits_at_stock(table.c.order_line_id)),
        )
    )
