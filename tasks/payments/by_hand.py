"""What may a person do with a payment: record, match, unmatch?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.rules.money import rounded_to_minor
from adv_domain.rules.payments.hand_match import (
    HandItem,
    MatchRefused,
    check_owner,
    hand_discounts,
    hand_shares,
    meant_for,
    told_amount,
)
from adv_domain.rules.payments.match_decision import Share
from adv_domain.rules.payments.payment_states import TRANSITIONS, PaymentState
from adv_domain.store.advances.advance_payments import held_for
from adv_domain.store.engine import writing
from adv_domain.store.payments import receivables as store
from adv_domain.store.payments.discounts import TakenBy, drop_early_discounts
from adv_domain.store.payments.reviews import replace_proposals
from adv_domain.store.payments.settling import (
    Giving,
    PaymentChange,
    allocate,
    live_allocations,
    undo_allocations,
    update_payments,
)
from adv_domain.store.runs import Happening, record_events
from tasks.credits.credit_posting import CreditedBy
from tasks.payments.early_discounts import give_early_discounts
from tasks.resources import now, resources


@dataclass(frozen=True, slots=True)
class ReceivedMoney:
    """Money that a person tells of; no currency means the customer's own."""

    customer: str
    amount: Decimal
    booked_on: date
    currency: str = ""
    reference: str = ""
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandMatch:
    """What a person's act left: the payment, what it settles, what it has left."""

    payment_id: int
    state: str
    allocated: Decimal
    unapplied: Decimal


def record_payment(
    money: ReceivedMoney, *, by: str, reason: str, on: date
) -> HandMatch:
    """Record money seen outside a bank file, and settle the invoices named.

    Raises MatchRefused: unknown customer, no invoice of his, an amount that the
    currency does not have, a day to come, a reference that was recorded before, or,
    without a reference, the same money on the same business date (a second click).
    """
    if money.booked_on > on:
        raise MatchRefused(
            f"{money.booked_on} is after the business date {on}; "
            "give the day on which the money came in"
        )
    with writing(resources().engine) as connection:
        customer = store.find_customer(connection, money.customer)
        if customer is None:
            raise MatchRefused(f"there is no customer {money.customer}")
        currency = money.currency or customer.currency
        given = store.HandPayment(
            customer_id=customer.id,
            amount=told_amount(money.amount, currency),
            currency=currency,
            booked_on=money.booked_on,
            reference=money.reference,
        )
        _check_new(connection, given, code=customer.code, on=on)
        check_owner(
            _items(connection, money.invoices),
            customer_id=customer.id,
            code=customer.code,
        )
        payment_id = store.write_hand_payment(
            connection, given, reason=reason, at=now()
        )
        _note(connection, payment_id, "recorded", (by, reason, on), (None, "unmatched"))
        if money.invoices:
            return _match(connection, payment_id, money.invoices, (by, reason, on))
    nothing = rounded_to_minor(Decimal(0), currency)
    return HandMatch(payment_id, "unmatched", nothing, given.amount)


def match_payment(
    payment_id: int, *, invoices: Sequence[str], by: str, reason: str, on: date
) -> HandMatch:
    """Settle the invoices, in the order given, with what the payment has left.

    The machine never undoes it. Raises MatchRefused.
    """
    with writing(resources().engine) as connection:
        return _match(connection, payment_id, invoices, (by, reason, on))


def unmatch_payment(payment_id: int, *, by: str, reason: str, on: date) -> HandMatch:
    """Take back all that the payment settled; it waits in review for a person.

    Raises MatchRefused where it settles nothing.
    """
    with writing(resources().engine) as connection:
        row = _payment(connection, payment_id, to=PaymentState.REVIEW)
        live = live_allocations(connection, [payment_id])
        if not live:
            raise MatchRefused(f"payment {payment_id} settles nothing")
        undo_allocations(
            connection, live, reversed_on={payment_id: on}, reasons={payment_id: reason}
        )
        drop_early_discounts(
            connection, {one.instalment_id for one in live}, on=on, by=by
        )
        free = row.unapplied_amount + sum(one.amount for one in live)
        _update(connection, row, "review", row.customer_id, free, reason)
        _note(
            connection, payment_id, "unmatched", (by, reason, on), (row.state, "review")
        )
    return _left(row, "review", Decimal(0), free)


def _check_new(
    connection: Connection, given: store.HandPayment, *, code: str, on: date
) -> None:
    """Refuse a reference, or the same money of one business date, a second time."""
    if given.key:
        if store.find_entry(connection, given.key) is not None:
            raise MatchRefused(f"{given.reference} of {code} is recorded already")
        return
    known = store.same_hand_payment(connection, given, recorded_on=on)
    if known is not None:
        raise MatchRefused(
            f"{given.amount:,f} {given.currency} of {code} was recorded already as "
            f"payment {known}; give --reference to record another"
        )


_Who = tuple[str, str, date]


def _match(
    connection: Connection, payment_id: int, invoices: Sequence[str], who: _Who
) -> HandMatch:
    by, reason, on = who
    row = _payment(connection, payment_id, to=PaymentState.MATCHED)
    _check_free(connection, payment_id)
    items = _items(connection, invoices)
    paid_on = min(row.booked_on, row.value_on or row.booked_on)
    meant = meant_for(row.unapplied_amount, items, paid_on=paid_on)
    customer_id, shares = hand_shares(meant, currency=row.currency, items=items)
    if row.state == "matched" and row.customer_id != customer_id:
        raise MatchRefused("the payment settles another customer's invoices already")
    allocate(connection, _givings(row, items, shares, reason), by=by, at=now())
    given = sum((share.amount for share in shares), Decimal(0))
    free = row.unapplied_amount - given
    _update(connection, row, "matched", customer_id, free, reason)
    replace_proposals(connection, [payment_id], {})
    _note(connection, payment_id, "matched", (by, reason, on), (row.state, "matched"))
    taken = hand_discounts(items, shares, paid_on=paid_on)
    give_early_discounts(
        connection,
        [TakenBy(one, customer_id) for one in taken],
        credited=CreditedBy(by, on),
    )
    return _left(row, "matched", given, free)


def _left(row: Row[Any], state: str, given: Decimal, free: Decimal) -> HandMatch:
    return HandMatch(
        payment_id=row.id,
        state=state,
        allocated=rounded_to_minor(given, row.currency),
        unapplied=rounded_to_minor(free, row.currency),
    )


def _payment(connection: Connection, payment_id: int, *, to: PaymentState) -> Row[Any]:
    row = store.find_payment(connection, payment_id)
    if row is None:
        raise MatchRefused(f"there is no payment {payment_id}")
    if row.amount <= 0 or to not in TRANSITIONS[PaymentState(row.state)]:
        raise MatchRefused(f"payment {payment_id} is {row.state} and cannot be {to}")
    return row


def _check_free(connection: Connection, payment_id: int) -> None:
    order_no = held_for(connection, payment_id)
    if order_no is not None:
        raise MatchRefused(
            f"payment {payment_id} is held as the advance of order {order_no} until "
            "the next invoicing has posted its advance invoice"
        )


def _items(connection: Connection, invoices: Sequence[str]) -> list[HandItem]:
    found = store.items_by_number(connection, invoices)
    missing = [number for number in invoices if number not in found]
    if missing:
        raise MatchRefused(f"there is no invoice {', '.join(missing)}")
    return [item for number in dict.fromkeys(invoices) for item in found[number]]


def _givings(
    row: Row[Any], items: Sequence[HandItem], shares: Sequence[Share], reason: str
) -> list[Giving]:
    issued = {item.instalment_id: item.issued_on for item in items}
    return [
        Giving(
            instalment_id=share.instalment_id,
            amount=share.amount,
            allocated_on=max(row.booked_on, issued[share.instalment_id]),
            evidence=f"by hand: {reason}",
            payment_id=row.id,
            is_manual=True,
        )
        for share in shares
    ]


def _update(
    connection: Connection,
    row: Row[Any],
    state: str,
    customer_id: int | None,
    free: Decimal,
    reason: str,
) -> None:
    change = PaymentChange(
        payment_id=row.id,
        state=state,
        customer_id=customer_id,
        unapplied_amount=free,
        reversed_amount=row.reversed_amount,
        reverses_id=row.reverses_id,
        reason=reason,
    )
    update_payments(connection, [change])


def _note(
    connection: Connection,
    payment_id: int,
    what: str,
    who: _Who,
    states: tuple[str | None, str],
) -> None:
    by, reason, on = who
    happening = Happening("payment", payment_id, what, by, states[0], states[1], reason)
    record_events(connection, [happening], business_date=on, now=now())
