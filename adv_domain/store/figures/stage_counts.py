"""How much of everything is in the database, stage by stage?"""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from adv_domain.store.tables import (
    allocation,
    delay_notice,
    delivery,
    dispute,
    dunning_notice,
    handoff_message,
    instalment,
    invoice,
    not_chased,
    order_fault,
    outbox,
    payment,
    payment_request,
    promise,
    sales_order,
    survey_answer,
    task,
)


def stage_counts(connection: Connection) -> dict[str, dict[str, int]]:
    """Return counts by stage and word; a constant number of statements."""
    return {
        "orders": {"taken": _count(connection, sales_order.c.id)}
        | _by(connection, sales_order.c.state, sales_order.c.id),
        "orders_by_fault": _by(
            connection, order_fault.c.code, order_fault.c.order_id.distinct()
        ),
        "handoff": _by(connection, handoff_message.c.state, handoff_message.c.id),
        "deliveries": {
            "shipments": _count(connection, delivery.c.id),
            "delayed_lines_told": _count(connection, delay_notice.c.id),
        },
        "invoices": _by(connection, invoice.c.kind, invoice.c.id),
        "advances": {
            f"requests_{state}": count
            for state, count in _by(
                connection, payment_request.c.state, payment_request.c.id
            ).items()
        }
        | _advance_documents(connection),
        "payments": _by(connection, payment.c.state, payment.c.id)
        | {"part_payments": _part_payments(connection)},
        "reminders": {
            f"level_{level}": count
            for level, count in _by(
                connection, dunning_notice.c.level, dunning_notice.c.id
            ).items()
        },
        "not_chased": _by(connection, not_chased.c.reason, not_chased.c.id),
        "mails": _by(connection, outbox.c.state, outbox.c.id),
        "mails_by_kind": _by(connection, outbox.c.kind, outbox.c.id),
        "disputes": {"noted": _count(connection, dispute.c.id)},
        "promises": _by(connection, promise.c.state, promise.c.id),
        "survey": {"answers": _count(connection, survey_answer.c.id)},
        "tasks": _by(connection, task.c.kind, task.c.id),
    }


def _by(connection: Connection, word: Any, counted: Any) -> dict[str, int]:
    rows = connection.execute(
        select(word, func.count(counted)).group_by(word).order_by(word)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _count(connection: Connection, column: Any) -> int:
    return _total(connection, select(func.count(column)))


def _total(connection: Connection, statement: Select[tuple[int]]) -> int:
    return int(connection.execute(statement).scalar() or 0)


def _advance_documents(connection: Connection) -> dict[str, int]:
    """Count the invoices of advances, and those that deduct one."""
    is_invoice = invoice.c.kind == "invoice"
    counted = {
        "invoiced": select(func.count(invoice.c.id)).where(
            is_invoice, invoice.c.is_advance
        ),
        "deducted_by": select(func.count(invoice.c.id)).where(
            is_invoice, invoice.c.deducted != 0
        ),
    }
    return {word: _total(connection, one) for word, one in counted.items()}


def _part_payments(connection: Connection) -> int:
    """Count payments that left something of an instalment open when they came."""
    return _total(
        connection,
        select(func.count(func.distinct(allocation.c.payment_id)))
        .join(instalment, instalment.c.id == allocation.c.instalment_id)
        .where(
            allocation.c.payment_id.is_not(None),
            allocation.c.amount < instalment.c.amount,
            instalment.c.amount > 0,
        ),
    )
