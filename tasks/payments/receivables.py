"""What may a person note on a claim: a dispute, a promise to pay, a pause?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.money import rounded_to_minor
from adv_domain.rules.payments.hand_match import HandItem, MatchRefused, part_of
from adv_domain.store.engine import writing
from adv_domain.store.payments import receivables as store
from adv_domain.store.runs import Happening, record_events
from tasks.resources import now, resources

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a customer disputes of an invoice; no amount means all that is open."""

    invoice_no: str
    code: str
    owner: str
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PromiseToPay:
    """What a customer promises to pay of an invoice, and by when."""

    invoice_no: str
    promised_on: date
    amount: Decimal | None = None


def open_dispute(complaint: Complaint, *, by: str, reason: str, on: date) -> Decimal:
    """Keep the disputed part from reminders; return how much that is.

    The part goes to the instalments due first. Raises MatchRefused.
    """
    with writing(resources().engine) as connection:
        items = _items(connection, complaint.invoice_no)
        known = store.disputed_parts(connection, [one.instalment_id for one in items])
        free = {
            one.instalment_id: one.open_amount - known.get(one.instalment_id, _ZERO)
            for one in items
        }
        left = total = part_of(
            sum((part for part in free.values() if part > 0), _ZERO),
            complaint.amount,
            what="disputed",
            currency=items[0].currency,
        )
        parts = []
        for instalment_id, room in free.items():
            part = min(left, room)
            if part > 0:
                parts.append((instalment_id, part))
                left -= part
        store.write_disputes(
            connection,
            parts,
            code=complaint.code,
            note=reason,
            owner=complaint.owner,
            opened=(on, by),
        )
        _note(connection, complaint.invoice_no, "disputed", (by, reason, on))
    return rounded_to_minor(total, items[0].currency)


def close_dispute(invoice_no: str, *, result: str, by: str, on: date) -> int:
    """Close the open disputes of an invoice with their result; return how many.

    Raises MatchRefused where none is open.
    """
    with writing(resources().engine) as connection:
        ids = [one.instalment_id for one in _items(connection, invoice_no)]
        closed = store.close_disputes(connection, ids, result=result, on=on, by=by)
        if not closed:
            raise MatchRefused(f"no dispute of {invoice_no} is open")
        _note(connection, invoice_no, "dispute closed", (by, result, on))
    return closed


def record_promise(promise: PromiseToPay, *, by: str, reason: str, on: date) -> Decimal:
    """Note a promise to pay; it replaces an open one. Return the promised amount.

    The amount goes to the instalments due first. Raises MatchRefused, also for a
    promised day that has passed.
    """
    if promise.promised_on < on:
        raise MatchRefused(f"{promise.promised_on} has passed; promise a later day")
    with writing(resources().engine) as connection:
        items = _items(connection, promise.invoice_no)
        owed = [one for one in items if one.open_amount > 0]
        left = total = part_of(
            sum((one.open_amount for one in owed), _ZERO),
            promise.amount,
            what="promised",
            currency=items[0].currency,
        )
        parts = []
        for one in owed:
            part = min(left, one.open_amount)
            if part > 0:
                parts.append((one.customer_id, one.instalment_id, part))
                left -= part
        store.write_promises(
            connection, parts, promised_on=promise.promised_on, made_on=on, by=by
        )
        _note(connection, promise.invoice_no, "promised", (by, reason, on))
    return rounded_to_minor(total, items[0].currency)


def pause_customer(
    customer: str, *, until: date | None, by: str, reason: str, on: date
) -> None:
    """Send the customer no reminders up to a day; None ends a pause.

    Raises MatchRefused for an unknown customer or a day that has passed.
    """
    if until is not None and until < on:
        raise MatchRefused(f"{until} has passed; name a later day")
    with writing(resources().engine) as connection:
        row = store.find_customer(connection, customer)
        if row is None:
            raise MatchRefused(f"there is no customer {customer}")
        store.pause_dunning(connection, row.id, until=until, reason=reason)
        what = f"paused until {until}" if until else "pause ended"
        happening = Happening("customer", row.id, what, by, reason=reason)
        record_events(connection, [happening], business_date=on, now=now())


def _items(connection: Connection, invoice_no: str) -> list[HandItem]:
    items = store.items_by_number(connection, [invoice_no]).get(invoice_no)
    if items is None:
        raise MatchRefused(f"there is no invoice {invoice_no}")
    return items


def _note(
    connection: Connection, invoice_no: str, what: str, who: tuple[str, str, date]
) -> None:
    by, reason, on = who
    invoice_id = store.invoice_ids(connection, [invoice_no])[invoice_no]
    happening = Happening("invoice", invoice_id, what, by, reason=reason)
    record_events(connection, [happening], business_date=on, now=now())
