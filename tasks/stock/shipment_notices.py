"""Which customers are told that goods of their orders have left, and what is to come?

Each delivery is told once, in one mail for each order and run. What left late before
it could be told as a delay is told with it, and counts as that notice.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial

from sqlalchemy import Connection

from adv_domain.mail.labels import Labels
from adv_domain.mail.order_views import OrderHead
from adv_domain.mail.shipment_view import (
    RestLine,
    Shipped,
    ShippedLine,
    ShippedNote,
    shipment_view,
)
from adv_domain.rules.stock.progress import Progress, wanted_events
from adv_domain.rules.stock.shipments import (
    GoneLine,
    LateDeparture,
    expected_on,
    late_departure,
    shipment_event,
)
from adv_domain.store.outbox import OutboxMail
from adv_domain.store.stock.delay_records import NewNotice, write_notices
from adv_domain.store.stock.told_shipments import (
    LeftOrder,
    LineNow,
    note_told,
    orders_that_left,
    read_left_orders,
)
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.resources import resources
from tasks.step import Outcome, RunRef
from tasks.stock.customer_mail import (
    LabelsIn,
    answers_to,
    contact_name,
    letterhead_about_orders,
    mail_labels,
    mail_language,
    unit_said,
    usual_events,
)
from tasks.stock.progress_rows import ToTell, write_told


@dataclass(frozen=True, slots=True)
class _Decision:
    """The mail about what left, or why there is none, and what it tells as late."""

    why_not: str = ""
    mail: OutboxMail | None = None
    late: Sequence[LateDeparture] = ()


@dataclass(frozen=True, slots=True)
class _Telling:
    """Which event is told, what of it is late, and in which words."""

    event: Progress
    late: Sequence[LateDeparture]
    labels_in: LabelsIn


def tell_shipments(run: RunRef) -> Outcome:
    """Decide shipment mails; unit of retry: an order, key: its deliveries."""
    return work_through(run, claim=_claim, handle=partial(_handle, run))


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    found = orders_that_left(connection, after=after, limit=limit)
    return [Claimed(key=order_id, name=order_no) for order_id, order_no in found]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    orders = read_left_orders(connection, [one.key for one in claimed])
    pairs = decided(
        orders,
        partial(_decide, run, cache(mail_labels)),
        name_of=lambda order: order.order_no,
        result=result,
    )
    told = [
        ToTell(one.mail, order.customer_code, order.order_no)
        for order, one in pairs
        if one.mail
    ]
    result.done["shipment mails queued"] += write_told(
        connection, told, on=run.on, actor=run.actor, run_id=run.run_id
    )
    notices = [
        _notice(order, one.mail, late)
        for order, one in pairs
        for late in one.late
        if one.mail
    ]
    write_notices(connection, notices, told_on=run.on)
    result.done["delays told"] += len(notices)
    for _, one in pairs:
        if one.why_not:
            result.skipped[one.why_not] += 1
        elif one.mail and not one.mail.to_address:
            result.skipped["no mail address"] += 1
    note_told(
        connection,
        [each.delivery_id for order, _ in pairs for each in order.departures],
    )
    return result


def _decide(run: RunRef, labels_in: LabelsIn, order: LeftOrder) -> _Decision:
    if order.state == "cancelled":
        return _Decision("left for a cancelled order")
    wanted = wanted_events(order.progress_mails, usual=usual_events())
    event = shipment_event(line.qty_open for line in order.lines)
    if event not in wanted:
        return _Decision("shipment not wanted by the customer")
    oldest_on = run.on - timedelta(days=resources().policy.delivery.history_days)
    if all(one.shipped_on < oldest_on for one in order.departures):
        return _Decision("left too long ago to be told")
    left = _quantities(order)
    late = [
        found
        for line in order.lines
        if order.address and line.line_id in left
        if (found := late_departure(_gone(order, line), wanted=wanted))
    ]
    telling = _Telling(event, late, labels_in)
    return _Decision(mail=_mail(run, order, telling), late=late)


def _gone(order: LeftOrder, line: LineNow) -> GoneLine:
    shipped_on = max(one.shipped_on for one in order.departures)
    awaited_on = max(
        (day for day in (line.confirmed_on, line.known_on) if day), default=None
    )
    return GoneLine(
        line_id=line.line_id,
        qty_open=line.qty_open,
        shipped_on=shipped_on,
        known_on=line.known_on,
        threshold_days=_threshold(order),
        is_told=shipped_on in line.told_days or awaited_on in line.told_silences,
    )


def _threshold(order: LeftOrder) -> int:
    own = order.threshold_days
    return resources().policy.delivery.delay_threshold_days if own is None else own


def _quantities(order: LeftOrder) -> dict[int, Decimal]:
    """Add up what left of each line."""
    left: dict[int, Decimal] = defaultdict(Decimal)
    for one in order.departed:
        left[one.line_id] += one.qty
    return left


def _mail(run: RunRef, order: LeftOrder, telling: _Telling) -> OutboxMail:
    event = telling.event
    language = mail_language(order.language, template=event)
    told = sorted(one.delivery_id for one in order.departures)
    digest = hashlib.sha256(repr(told).encode()).hexdigest()[:12]
    return OutboxMail(
        outbox_key=f"{event}:{order.order_no}:{digest}",
        kind=event,
        to_address=order.address or "",
        template=event,
        language=language,
        context=shipment_view(
            _shipped(run.on, order, telling.late, telling.labels_in(language)),
            order=OrderHead(order.order_no, order.customer_ref),
            letterhead=letterhead_about_orders(order.customer_name, language=language),
            contact_name=contact_name(),
        ),
        customer_id=order.customer_id,
        entity="order",
        entity_id=order.order_id,
        reply_to=answers_to(),
    )


def _shipped(
    on: date, order: LeftOrder, late: Sequence[LateDeparture], words: Labels
) -> Shipped:
    quantities = _quantities(order)
    late_from = {one.line_id: one.old_on for one in late}
    return Shipped(
        notes=[
            ShippedNote(
                one.delivery_no, one.shipped_on, one.carrier or "", one.tracking or ""
            )
            for one in order.departures
        ],
        lines=[
            ShippedLine(
                product=line.product,
                description=line.description,
                qty=quantities[line.line_id],
                unit=unit_said(line.unit, words),
                late_from=late_from.get(line.line_id),
            )
            for line in order.lines
            if line.line_id in quantities
        ],
        rest=[
            RestLine(
                product=line.product,
                description=line.description,
                qty=line.qty_open,
                unit=unit_said(line.unit, words),
                expected_on=expected_on(
                    None if line.state == "exception" else line.confirmed_on,
                    line.known_on,
                    threshold_days=_threshold(order),
                    on=on,
                ),
            )
            for line in order.lines
            if line.qty_open > 0
        ],
    )


def _notice(order: LeftOrder, mail: OutboxMail, late: LateDeparture) -> NewNotice:
    return NewNotice(
        line_id=late.line_id,
        order_id=order.order_id,
        customer_id=order.customer_id,
        old_on=late.old_on,
        new_on=late.shipped_on,
        days_late=late.days_late,
        outbox_key=mail.outbox_key,
    )
