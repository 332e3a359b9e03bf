"""What has happened with a customer: money, reminders, mails, holds, complaints?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from adv_domain.rules.money import plain_amount
from adv_domain.store.payments.customer_account import CustomerAccount
from adv_domain.store.tables import dunning_notice, event, outbox, sales_order
from adv_domain.store.timeline import TimelineEntry, timelines

_TOLD_BY_ITS_ROW = ("disputed", "promised")
_HELD = "held"
_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that happened; at is None where only the day is known."""

    on: date
    at: datetime | None
    of: str
    what: str
    actor: str
    reason: str | None = None
    from_state: str | None = None
    to_state: str | None = None


def read_story(
    connection: Connection, customer_id: int, *, account: CustomerAccount
) -> list[StoryLine]:
    """Return the customer's history, newest last, in four statements."""
    events = timelines(
        connection,
        {
            "customer": [customer_id],
            "payment": [one.id for one in account.payments],
            "invoice": [one.id for one in account.invoices],
        },
    )
    numbers = {row.id: row.invoice_no for row in account.invoices}
    said = {
        (numbers[one.entity_id], one.what, one.business_date): one
        for one in events
        if one.entity == "invoice" and one.what in _TOLD_BY_ITS_ROW
    }
    lines = [
        *(_event_line(one, numbers) for one in events if one not in said.values()),
        *_dispute_lines(account, said),
        *_promise_lines(account, said),
        *_hold_lines(connection, customer_id),
        *_reminder_lines(connection, customer_id, account),
        *_mail_lines(connection, customer_id),
    ]
    return sorted(lines, key=lambda line: (line.on, line.at or _BEGINNING))


_Said = Mapping[tuple[str, str, date], TimelineEntry]


def _event_line(one: TimelineEntry, numbers: Mapping[int, str]) -> StoryLine:
    whose = {
        "customer": "customer",
        "invoice": f"invoice {numbers.get(one.entity_id, '')}",
    }
    return StoryLine(
        on=one.business_date,
        at=one.at,
        of=whose.get(one.entity, f"{one.entity} {one.entity_id}"),
        what=one.what,
        actor=one.actor,
        reason=one.reason,
        from_state=one.from_state,
        to_state=one.to_state,
    )


def _dispute_lines(account: CustomerAccount, said: _Said) -> Iterator[StoryLine]:
    for row in account.disputes:
        event_ = said.get((row.invoice_no, "disputed", row.opened_on))
        end = f"closed {row.closed_on}" if row.closed_on else "open"
        yield StoryLine(
            on=row.opened_on,
            at=event_.at if event_ else None,
            of=f"invoice {row.invoice_no}",
            what=f"disputed {plain_amount(row.amount, row.currency)} {row.currency}",
            actor=row.opened_by,
            reason=": ".join(part for part in (row.reason, row.note) if part),
            to_state=end,
        )


def _promise_lines(account: CustomerAccount, said: _Said) -> Iterator[StoryLine]:
    for row in account.promises:
        event_ = said.get((row.invoice_no, "promised", row.made_on))
        amount = f"{plain_amount(row.amount, row.currency)} {row.currency}"
        yield StoryLine(
            on=row.made_on,
            at=event_.at if event_ else None,
            of=f"invoice {row.invoice_no}",
            what=f"promised {amount} by {row.promised_on}",
            actor=row.made_by,
            reason=event_.reason if event_ else None,
            to_state=row.state,
        )


def _hold_lines(connection: Connection, customer_id: int) -> Iterator[StoryLine]:
    """Tell which orders were held, and how each hold ended."""
    rows = connection.execute(
        select(event, sales_order.c.order_no)
        .join(sales_order, sales_order.c.id == event.c.entity_id)
        .where(
            event.c.entity == "order",
            sales_order.c.customer_id == customer_id,
            or_(event.c.from_state == _HELD, event.c.to_state == _HELD),
        )
        .order_by(event.c.id)
    )
    for row in rows:
        yield StoryLine(
            on=row.business_date,
            at=row.at,
            of=f"order {row.order_no}",
            what=row.what,
            actor=row.actor,
            reason=row.reason,
            from_state=row.from_state,
            to_state=row.to_state,
        )


def _reminder_lines(
    connection: Connection, customer_id: int, account: CustomerAccount
) -> Iterator[StoryLine]:
    """Tell each reminder once, with the invoices that it names."""
    of_item = {
        part.id: row.invoice_no
        for row in account.invoices
        for part in account.instalments.get(row.id, [])
    }
    rows = connection.execute(
        select(dunning_notice, outbox.c.queued_at)
        .outerjoin(outbox, outbox.c.outbox_key == dunning_notice.c.outbox_key)
        .where(dunning_notice.c.customer_id == customer_id)
        .order_by(dunning_notice.c.id)
    )
    told: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        by = row.outbox_key or row.task_key
        told.setdefault((row.decided_on, row.level, row.state, by), []).append(row)
    for group in told.values():
        yield _reminder_line(
            group, (of_item.get(row.instalment_id, "") for row in group)
        )


def _reminder_line(group: list[Any], numbers: Iterable[str]) -> StoryLine:
    first = group[0]
    total = sum(row.amount for row in group)
    amount = f"{plain_amount(total, first.currency)} {first.currency}"
    return StoryLine(
        on=first.decided_on,
        at=first.queued_at,
        of=f"invoice {', '.join(dict.fromkeys(numbers))}",
        what=f"reminder level {first.level} by {first.channel}: {first.state}",
        actor="dunning",
        reason=f"{amount}: {first.reason}" if first.reason else amount,
        to_state=first.state,
    )


def _mail_lines(connection: Connection, customer_id: int) -> Iterator[StoryLine]:
    rows = connection.execute(
        select(outbox).where(outbox.c.customer_id == customer_id).order_by(outbox.c.id)
    )
    for row in rows:
        yield StoryLine(
            on=row.business_date,
            at=row.queued_at,
            of=f"mail {row.kind}",
            what=f"to {row.to_address}: {row.state}",
            actor="mail",
            reason=row.last_error,
            to_state=row.state,
        )
