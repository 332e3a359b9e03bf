"""What becomes of the deliveries of a cancelled invoice: billed anew, or never?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.store.billing import cancelling as store
from adv_domain.store.billing.cancelling import Cancelled, Decision
from adv_domain.store.engine import writing
from adv_domain.store.runs import Happening, record_events
from adv_domain.store.tables import invoice
from adv_domain.store.worklist import PersonTask, close_tasks_about, open_tasks
from tasks.resources import now, resources

REBILL_TASK = "rebill"
_RUN = "run:"


class Rebilling(StrEnum):
    """What a person may choose for the deliveries of a cancelled invoice."""

    ASKED = "asked"
    RECREATE = "recreate"
    IGNORE = "ignore"


class NothingToRebill(LookupError):
    """No cancelled invoice of this name waits for a choice."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"no cancelled invoice of {name} waits for a choice; what waits: "
            f"adv tasks --kind {REBILL_TASK}"
        )


@dataclass(frozen=True, slots=True)
class NoteFor:
    """An invoice, the credit note that cancels it, and whether the customer has it."""

    invoice_id: int
    invoice_no: str
    note_id: int
    was_sent: bool = True


def note_cancelled(
    connection: Connection, notes: Sequence[NoteFor], decision: Decision
) -> None:
    """Note the cancelled invoices and do with their deliveries as was decided.

    Where nobody has decided yet, a task asks for each.
    """
    if not notes:
        return
    choice = Rebilling(decision.choice)
    store.write_cancelled(
        connection,
        [
            Cancelled(one.invoice_id, one.note_id, one.was_sent, choice, decision.on)
            for one in notes
        ],
    )
    if choice is Rebilling.ASKED:
        _ask(connection, notes, decision)
    else:
        _decide(connection, [one.invoice_id for one in notes], decision)


def rebill_named(
    name: str, *, choice: Rebilling, by: str, reason: str, on: date
) -> int:
    """Bill the deliveries of a cancelled invoice, or of run:N, anew, or never.

    Returns of how many invoices. Raises NothingToRebill.
    """
    decision = Decision(choice, by, reason, on)
    run_id = name.removeprefix(_RUN)
    of_run = name.startswith(_RUN) and run_id.isdecimal()
    with writing(resources().engine) as connection:
        found: Sequence[Row[Any]] = store.asked_invoices(
            connection,
            invoice.c.run_id == int(run_id) if of_run else invoice.c.invoice_no == name,
        )
        if not found:
            raise NothingToRebill(name)
        _decide(connection, [one.invoice_id for one in found], decision)
    return len(found)


def _ask(connection: Connection, notes: Sequence[NoteFor], decision: Decision) -> None:
    open_tasks(
        connection,
        [
            PersonTask(
                task_key=f"rebill:{one.invoice_no}",
                kind=REBILL_TASK,
                team=resources().policy.owner_of_step("invoicing"),
                text=f"{one.invoice_no} was cancelled: are its deliveries billed anew, "
                f"or never? adv rebill {one.invoice_no} --choose recreate|ignore",
                entity="invoice",
                entity_id=one.invoice_id,
            )
            for one in notes
        ],
        opened_on=decision.on,
    )


def _decide(
    connection: Connection, invoice_ids: Collection[int], decision: Decision
) -> None:
    store.write_choice(connection, invoice_ids, decision)
    orders = store.orders_of(connection, invoice_ids)
    told = f"{decision.choice}: {decision.reason}"
    if decision.choice == Rebilling.RECREATE:
        store.make_billable(connection, invoice_ids, orders)
        happenings = _reopened(connection, orders, by=decision.by, told=told)
    else:
        store.ignore_deliveries(connection, invoice_ids, orders, decision)
        happenings = [
            Happening("order", one, "never billed", decision.by, reason=told)
            for one in orders
        ]
    happenings += [
        Happening(
            "invoice", one, f"deliveries: {decision.choice}", decision.by, reason=told
        )
        for one in invoice_ids
    ]
    record_events(connection, happenings, business_date=decision.on, now=now())
    close_tasks_about(
        connection,
        "invoice",
        invoice_ids,
        kinds=(REBILL_TASK,),
        by=decision.by,
        now=now(),
    )


def _reopened(
    connection: Connection, orders: dict[int, str], *, by: str, told: str
) -> list[Happening]:
    store.reopen_orders(connection, orders)
    moved = {"closed": "fulfilled"}
    return [
        Happening(
            "order",
            order_id,
            "billable again",
            by,
            state if state in moved else None,
            moved.get(state),
            told,
        )
        for order_id, state in orders.items()
    ]
