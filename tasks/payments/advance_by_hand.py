"""Which payment does a person take for an order's advance?"""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.money import rounded_to_minor
from adv_domain.rules.payments.hand_match import MatchRefused
from adv_domain.rules.payments.payment_states import TRANSITIONS, PaymentState
from adv_domain.store.advances.advance_payments import (
    Receipt,
    Standing,
    held_for,
    open_request_of,
    purse_of,
    write_receipts,
)
from adv_domain.store.engine import writing
from adv_domain.store.payments.receivables import find_payment
from adv_domain.store.payments.reviews import replace_proposals
from adv_domain.store.payments.settling import PaymentChange, update_payments
from adv_domain.store.runs import Happening, record_events
from tasks.payments.by_hand import HandMatch
from tasks.resources import now, resources

_HELD = PaymentState.MATCHED


def hold_as_advance(
    payment_id: int, *, order: str, by: str, reason: str, on: date
) -> HandMatch:
    """Hold what a payment has left as the advance that the order is asked for.

    A part of it is held too, and the order waits for the rest. It settles nothing until
    the advance invoice is posted. Raises MatchRefused.
    """
    with writing(resources().engine) as connection:
        asked = open_request_of(connection, order)
        if asked is None:
            raise MatchRefused(f"order {order} has no open payment request")
        row = find_payment(connection, payment_id)
        if row is None:
            raise MatchRefused(f"there is no payment {payment_id}")
        _check(connection, row, asked)
        purse = purse_of(asked)
        held = purse.takes(row.unapplied_amount)
        purse = purse.with_money(held)
        paid_on = row.booked_on if purse.is_full else None
        write_receipts(
            connection,
            [Receipt(asked.id, payment_id, held, row.booked_on)],
            [Standing(asked.id, purse.received, purse.state, paid_on)],
        )
        _hold(connection, row, customer_id=asked.customer_id, reason=reason)
        why = f"{asked.reference}: {reason}"
        happenings = [
            Happening("payment", payment_id, "matched", by, row.state, _HELD, why),
            Happening("order", asked.order_id, "advance paid", by, reason=why),
        ]
        record_events(connection, happenings, business_date=on, now=now())
    nothing = rounded_to_minor(Decimal(0), row.currency)
    left = rounded_to_minor(row.unapplied_amount, row.currency)
    return HandMatch(payment_id, _HELD, nothing, left)


def _check(connection: Connection, row: Row[Any], asked: Row[Any]) -> None:
    if row.amount <= 0 or _HELD not in TRANSITIONS[PaymentState(row.state)]:
        raise MatchRefused(f"payment {row.id} is {row.state} and cannot be {_HELD}")
    if row.customer_id not in (None, asked.customer_id):
        raise MatchRefused(f"payment {row.id} is another customer's")
    left = rounded_to_minor(row.unapplied_amount, row.currency)
    if row.currency != asked.currency or left <= 0:
        wanted = rounded_to_minor(asked.amount, asked.currency)
        raise MatchRefused(
            f"order {asked.order_no} is asked for {wanted} {asked.currency}, and "
            f"payment {row.id} has {left} {row.currency} left"
        )
    order_no = held_for(connection, row.id)
    if order_no is not None:
        raise MatchRefused(
            f"payment {row.id} is held as the advance of order {order_no} already"
        )


def _hold(
    connection: Connection, row: Row[Any], *, customer_id: int, reason: str
) -> None:
    change = PaymentChange(
        payment_id=row.id,
        state=_HELD,
        customer_id=customer_id,
        unapplied_amount=row.unapplied_amount,
        reversed_amount=row.reversed_amount,
        reverses_id=row.reverses_id,
        reason=reason,
    )
    update_payments(connection, [change])
    replace_proposals(connection, [row.id], {})
