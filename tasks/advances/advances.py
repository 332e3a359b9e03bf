"""Which advances that came in become advance invoices tonight?

The lawful order: a request without a fiscal number, the money, then the invoice, which
the money has paid already, be it what was asked, a part of it or more, but never more
than is left to bill of its order. Money that its order has no use for any more is the
customer's credit, and a person's to pay back. Unit of retry: a batch of payments.
Harmless to repeat: one is on the list only while it names no invoice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.advances.advances import (
    AdvanceReceived,
    InvoicedAhead,
    draft_advance,
    not_deducted,
)
from adv_domain.rules.advances.paid_ahead import NOTHING_AHEAD
from adv_domain.rules.billing.drafting import draft_invoice, with_company_tax
from adv_domain.rules.billing.posting import BillableOrder, Draft
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.advances import advances_paid as store
from adv_domain.store.advances.payment_requests import bases_from_json
from adv_domain.store.billing.ordered_rest import read_by_order
from adv_domain.store.payments.settling import (
    Giving,
    PaymentChange,
    allocate,
    update_payments,
)
from adv_domain.store.runs import Happening, record_events
from tasks.advances.advances_released import release
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.billing.drafting import Desk, PeriodClosed, read_desk
from tasks.billing.posted_orders import count_posted, told_document
from tasks.billing.posting import Posted, post_drafts
from tasks.documents.document_words import document_words
from tasks.resources import now
from tasks.step import Outcome, RunRef


@dataclass(frozen=True, slots=True)
class _Paid:
    """Money that came ahead and what is left to bill of its order, if anything."""

    row: Row[Any]
    rest: BillableOrder | None


@dataclass(frozen=True, slots=True)
class _Drafting:
    """What drafting a batch's advance invoices needs; ahead grows with each of them."""

    desk: Desk
    words: Mapping[str, str]
    ahead: dict[int, InvoicedAhead]

    def draft(self, paid: _Paid) -> Draft | None:
        """Decide the advance invoice of what came, tax due on the day of the money
        (Directive 2006/112/EC art. 65); None where the order has no use for it."""
        desk, row = self.desk, paid.row
        if desk.is_closed:
            raise PeriodClosed(desk.on)
        if paid.rest is None or row.order_state == OrderState.REJECTED:
            return None
        conditions = desk.amounts.conditions_of(paid.rest)
        rest = draft_invoice(
            replace(paid.rest, advances=NOTHING_AHEAD, is_before_supply=False),
            book=desk.amounts.taxes,
            conditions=conditions,
        )
        draft = draft_advance(
            rest,
            AdvanceReceived(
                amount=row.amount,
                paid_on=row.paid_on,
                asked=bases_from_json(row.bases),
                before=self.ahead[row.order_id],
            ),
            description=self.words[desk.books.buyers[rest.customer_id].language].format(
                order=row.order_no
            ),
            rounding=conditions.rounding,
        )
        if draft is None:
            return None
        draft = with_company_tax(
            draft,
            name=f"order {row.order_no}",
            currency=desk.books.company.currency,
            rates=desk.amounts.exchange,
        )
        self.ahead[row.order_id] = self.ahead[row.order_id].with_draft(draft)
        return draft


def advances_invoiced(run: RunRef, listed: Counter[str]) -> Outcome:
    """Post the advance invoices of what came in, batch by batch.

    listed counts the documents that a dry run has numbered and taken back.
    """
    return work_through(run, claim=_claim, handle=partial(_handle, run, listed))


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    rows = store.advances_to_invoice(connection, after=after, limit=limit)
    return [Claimed(key=row.id, name=f"advance of {row.order_no}") for row in rows]


def _handle(
    run: RunRef,
    listed: Counter[str],
    connection: Connection,
    claimed: Sequence[Claimed],
) -> BatchResult:
    result = BatchResult()
    paid = store.read_paid(connection, [one.key for one in claimed])
    order_ids = list(dict.fromkeys(one.order_id for one in paid))
    rests = {
        one.order_ids[0]: one for one in read_by_order(connection, order_ids, on=run.on)
    }
    desk = read_desk(connection, list(rests.values()), on=run.on)
    words = document_words(
        "advance_of_order", [one.language for one in desk.books.buyers.values()]
    )
    pairs = decided(
        [_Paid(one, rests.get(one.order_id)) for one in paid],
        _Drafting(desk, words, _ahead(connection, rests)).draft,
        name_of=lambda one: f"advance of {one.row.order_no}",
        result=result,
    )
    wanted = [(one.row, draft) for one, draft in pairs if draft is not None]
    posted = post_drafts(
        connection,
        [draft for _, draft in wanted],
        books=desk.books,
        on=run.on,
        run_id=run.run_id,
        ahead=listed["invoices"],
    )
    done = [(row, at) for (row, _), at in zip(wanted, posted, strict=True)]
    _settle(run, connection, done)
    count_posted(run, connection, posted)
    unused = [one.row for one, draft in pairs if draft is None]
    release(run, connection, unused, result)
    if posted:
        result.done["advance invoices"] += len(posted)
    if run.dry_run:
        listed["invoices"] += len(posted)
        result.details.extend(told_document(one, desk.books) for one in posted)
    return result


def _ahead(
    connection: Connection, rests: Mapping[int, BillableOrder]
) -> dict[int, InvoicedAhead]:
    """Read by order what is invoiced ahead of it and not deducted yet."""
    invoiced = store.read_invoiced_ahead(connection, rests)
    return {
        order_id: not_deducted(
            invoiced.get(order_id, {}), one.advances, currency=one.currency
        )
        for order_id, one in rests.items()
    }


def _settle(
    run: RunRef, connection: Connection, done: Sequence[tuple[Row[Any], Posted]]
) -> None:
    """Let the money that came pay the invoices, and tell the orders."""
    store.mark_invoiced(connection, [(one.id, at.invoice_id) for one, at in done])
    store.hold_less(
        connection,
        [
            (one.id, at.draft.amounts.payable)
            for one, at in done
            if at.draft.amounts.payable < one.amount
        ],
    )
    items = store.items_of(connection, [at.invoice_id for _, at in done])
    given = [
        (one, at, min(one.unapplied_amount, at.draft.amounts.payable))
        for one, at in done
    ]
    allocate(
        connection,
        [
            Giving(
                instalment_id=items[at.invoice_id],
                amount=amount,
                allocated_on=max(one.booked_on, at.issued_on),
                evidence=f"advance {at.invoice_no}",
                payment_id=one.payment_id,
            )
            for one, at, amount in given
            if amount > 0
        ],
        by=run.actor,
        at=now(),
    )
    update_payments(
        connection,
        [
            PaymentChange(
                payment_id=one.payment_id,
                state=one.payment_state,
                customer_id=one.customer_id,
                unapplied_amount=one.unapplied_amount - amount,
                reversed_amount=one.reversed_amount,
                reverses_id=one.reverses_id,
                reason=one.reason,
            )
            for one, at, amount in given
        ],
    )
    _tell(run, connection, done)


def _tell(
    run: RunRef, connection: Connection, done: Sequence[tuple[Row[Any], Posted]]
) -> None:
    happenings = [
        Happening("invoice", at.invoice_id, "posted", run.actor, to_state="posted")
        for _, at in done
    ]
    happenings += [
        Happening(
            "order", one.order_id, "advance invoiced", run.actor, reason=at.invoice_no
        )
        for one, at in done
    ]
    record_events(
        connection, happenings, business_date=run.on, now=now(), run_id=run.run_id
    )
