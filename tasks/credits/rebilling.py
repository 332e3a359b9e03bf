"""What becomes of the deliveries of a cancelled invoice: billed anew, or never?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.credits.creditable import Creditable
from adv_domain.rules.money import plain_amount
from adv_domain.store.billing.posting import settle_orders
from adv_domain.store.credits import cancelling as store
from adv_domain.store.credits import rebilling as goods
from adv_domain.store.credits.cancelling import Cancelled, Decision
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
    """No cancelled invoice of this name waits for this choice."""

    def __init__(self, name: str, why: str = "") -> None:
        waits = why or "no cancelled invoice of it waits for a choice"
        super().__init__(f"{name}: {waits}; what waits: adv tasks --kind {REBILL_TASK}")


class BilledAnew(ValueError):
    """What was let go of stands on another invoice already."""

    def __init__(self, name: str, anew: Collection[str]) -> None:
        super().__init__(
            f"the deliveries of {name} are billed anew already, by "
            f"{', '.join(sorted(anew))}; credit that first (adv credit-note), and "
            "choose for it"
        )


@dataclass(frozen=True, slots=True)
class NoteFor:
    """An invoice, the credit note that takes the last of it back, and whether the
    customer has it; credited_before is what other notes gave back of it."""

    invoice_id: int
    invoice_no: str
    note_id: int
    was_sent: bool = True
    credited_before: str = ""


def note_for(invoice: Creditable, note_id: int, *, was_sent: bool = True) -> NoteFor:
    """Say which note takes the invoice back, and what was credited of it before.

    Who has had a credit note of an invoice must have the other ones too.
    """
    before = ""
    if not invoice.is_untouched:
        amount = plain_amount(invoice.gross_credited, invoice.currency)
        before = f"{amount} {invoice.currency}"
    return NoteFor(
        invoice.invoice_id,
        invoice.invoice_no,
        note_id,
        was_sent=was_sent or bool(before),
        credited_before=before,
    )


def note_cancelled(
    connection: Connection, notes: Sequence[NoteFor], decision: Decision
) -> None:
    """Note the cancelled invoices and do with their deliveries as was decided.

    Where nobody has decided yet, a task asks for each; also where they were to be
    billed anew and a part was credited before: a new invoice would take that back.
    """
    asked = [one for one in notes if _is_asked(one, decision)]
    decided = [one for one in notes if not _is_asked(one, decision)]
    store.write_cancelled(
        connection,
        [
            Cancelled(one.invoice_id, one.note_id, one.was_sent, choice, decision.on)
            for some, choice in ((asked, Rebilling.ASKED), (decided, decision.choice))
            for one in some
        ],
    )
    _ask(connection, asked, decision)
    if decided:
        _decide(connection, [one.invoice_id for one in decided], decision)


def _is_asked(one: NoteFor, decision: Decision) -> bool:
    if decision.choice == Rebilling.RECREATE:
        return bool(one.credited_before)
    return decision.choice == Rebilling.ASKED


def rebill_named(
    name: str, *, choice: Rebilling, by: str, reason: str, on: date
) -> int:
    """Bill the deliveries of a cancelled invoice, or of run:N, anew, or never.

    Who chose otherwise before is overruled, as long as nothing is billed anew.
    Returns of how many invoices. Raises NothingToRebill and BilledAnew.
    """
    decision = Decision(choice, by, reason, on)
    run_id = name.removeprefix(_RUN)
    of_run = name.startswith(_RUN) and run_id.isdecimal()
    with writing(resources().engine) as connection:
        known: Sequence[Row[Any]] = store.cancelled_invoices(
            connection,
            invoice.c.run_id == int(run_id) if of_run else invoice.c.invoice_no == name,
        )
        found = [one for one in known if one.choice != choice]
        if not found:
            raise NothingToRebill(name, _stands(known))
        _overrule(connection, found, decision, name=name)
        _decide(connection, [one.invoice_id for one in found], decision)
    return len(found)


def _stands(known: Sequence[Row[Any]]) -> str:
    """Say which choice stands already; nothing where nothing was cancelled."""
    if not known:
        return ""
    last = known[-1]
    return (
        f"that is how {last.decided_by} chose on {last.decided_on} ({last.reason}); "
        "nothing is to be done"
    )


def _overrule(
    connection: Connection,
    found: Sequence[Row[Any]],
    decision: Decision,
    *,
    name: str,
) -> None:
    """Undo what was chosen otherwise for these invoices, as if nobody had yet."""
    ignored = [one.invoice_id for one in found if one.choice == Rebilling.IGNORE]
    if ignored:
        goods.stop_ignoring(connection, ignored)
    let_go = [one.invoice_id for one in found if one.choice == Rebilling.RECREATE]
    if let_go:
        anew = goods.billed_anew(connection, let_go)
        if anew:
            raise BilledAnew(name, anew)
        orders = goods.orders_of(connection, let_go)
        goods.take_up_again(connection, let_go, orders)
        closed = settle_orders(connection, sorted(orders))
        record_events(
            connection,
            [
                Happening("order", one, "not billed anew", decision.by, state, "closed")
                for one, state in closed.items()
            ],
            business_date=decision.on,
            now=now(),
        )


def _ask(connection: Connection, notes: Sequence[NoteFor], decision: Decision) -> None:
    open_tasks(
        connection,
        [
            PersonTask(
                task_key=f"rebill:{one.invoice_no}",
                kind=REBILL_TASK,
                team=resources().policy.owner_of_step("invoicing"),
                text=f"{one.invoice_no} was cancelled{_partly(one)}: are its "
                "deliveries billed anew, or never? "
                f"adv rebill {one.invoice_no} --choose recreate|ignore",
                entity="invoice",
                entity_id=one.invoice_id,
            )
            for one in notes
        ],
        opened_on=decision.on,
    )


def _partly(one: NoteFor) -> str:
    if not one.credited_before:
        return ""
    return (
        f", and {one.credited_before} of it had been credited before (a new invoice "
        "bills all that stayed with the customer in full: credit that again after it)"
    )


def _decide(
    connection: Connection, invoice_ids: Collection[int], decision: Decision
) -> None:
    store.write_choice(connection, invoice_ids, decision)
    orders = goods.orders_of(connection, invoice_ids)
    told = f"{decision.choice}: {decision.reason}"
    if decision.choice == Rebilling.RECREATE:
        goods.make_billable(connection, invoice_ids, orders)
        happenings = _reopened(connection, orders, by=decision.by, told=told)
    else:
        goods.ignore_deliveries(connection, invoice_ids, orders, decision)
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
    goods.reopen_orders(connection, orders)
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
