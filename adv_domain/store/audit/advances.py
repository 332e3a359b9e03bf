"""Is no more of an advance deducted than was invoiced, and what was asked paid once?"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection, func, select, text, union_all

from adv_domain.rules.money import ZERO
from adv_domain.store.advances.advances import AHEAD, read_advances
from adv_domain.store.audit.check import CheckResult, by_query, by_rule
from adv_domain.store.columns import AMOUNT
from adv_domain.store.stored import stored
from adv_domain.store.tables import (
    advance_payment,
    event,
    invoice,
    payment_request,
)

_AT_A_TIME = 1_000


def advance_checks(connection: Connection) -> list[CheckResult]:
    """Check what final invoices deduct against the advance invoices they name."""
    return [
        by_rule("advances_are_never_overdrawn", _overdrawn(connection)),
        by_rule("deductions_have_an_advance", _deductions(connection)),
        by_rule("requests_have_received_their_money", _received(connection)),
        by_rule("requests_are_as_asked", _asked(connection)),
        _money_is_its_invoice(connection),
    ]


def _overdrawn(connection: Connection) -> Iterator[str | None]:
    """Yield a finding per advance invoice: no tax group of it falls below zero, and
    with nothing left before tax nothing is left with it."""
    ids = list(
        connection.execute(
            select(invoice.c.order_id)
            .where(
                invoice.c.is_advance,
                invoice.c.kind == "invoice",
                invoice.c.order_id.is_not(None),
            )
            .distinct()
            .order_by(invoice.c.order_id)
        ).scalars()
    )
    for start in range(0, len(ids), _AT_A_TIME):
        known = read_advances(connection, ids[start : start + _AT_A_TIME])
        for ahead in known.values():
            for one in ahead.invoices:
                is_sound = all(left >= 0 for left in one.left.values())
                is_sound = is_sound and ahead.gross >= ZERO
                yield None if is_sound else one.invoice_no


def _deductions(connection: Connection) -> Iterator[str | None]:
    """Yield a finding per order: what its invoices deduct was invoiced in advance."""
    left = func.sum(AHEAD, type_=AMOUNT)
    rows = connection.execute(
        select(func.min(invoice.c.invoice_no), left)
        .where(invoice.c.is_advance | (invoice.c.deducted != Decimal(0)))
        .group_by(invoice.c.order_id)
    )
    for invoice_no, rest in rows.tuples():
        yield None if rest >= ZERO else invoice_no


def _received(connection: Connection) -> Iterator[str | None]:
    """Yield a finding per request: what came for it is the sum of its payments."""
    came = (
        select(func.sum(advance_payment.c.amount, type_=AMOUNT))
        .where(advance_payment.c.request_id == payment_request.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            payment_request.c.reference,
            payment_request.c.received,
            func.coalesce(came, Decimal(0), type_=AMOUNT),
        ).order_by(payment_request.c.id)
    )
    for reference, received, paid in rows.tuples():
        yield None if received == paid else reference


def _asked(connection: Connection) -> Iterator[str | None]:
    """Yield a finding per request: the order's history tells what was asked, once."""
    request = payment_request.c
    told = connection.execute(
        select(*stored(event.c.entity_id, event.c.reason)).where(
            event.c.entity == "order", event.c.what == "payment requested"
        )
    )
    known = {(order_id, *_asked_in(reason)) for order_id, reason in told}
    rows = connection.execute(
        select(
            *stored(
                request.order_id, request.reference, request.amount, request.currency
            )
        ).order_by(request.id)
    )
    for order_id, reference, amount, currency in rows.tuples():
        is_told = (order_id, amount, currency, reference) in known
        yield None if is_told else reference


def _asked_in(reason: str | None) -> tuple[Decimal | None, str, str]:
    """Read amount, currency and reference as the history tells them."""
    money, _, reference = (reason or "").partition(", ")
    amount, _, currency = money.partition(" ")
    try:
        return Decimal(amount), currency, reference
    except InvalidOperation:
        return None, currency, reference


def _money_is_its_invoice(connection: Connection) -> CheckResult:
    """An advance invoice is of just the money that came, for the same order; each has
    its money. A milestone's, which states no day, is to be paid like others."""
    own = (
        select(func.sum(advance_payment.c.amount))
        .join(payment_request, payment_request.c.id == advance_payment.c.request_id)
        .where(
            advance_payment.c.invoice_id == invoice.c.id,
            payment_request.c.order_id == invoice.c.order_id,
        )
        .scalar_subquery()
    )
    advances = select(invoice.c.invoice_no).where(
        invoice.c.is_advance,
        invoice.c.kind == "invoice",
        invoice.c.supplied_on.is_not(None),
    )
    named = select(advance_payment.c.invoice_id).where(
        advance_payment.c.invoice_id.is_not(None)
    )
    others = select(invoice.c.invoice_no).where(
        ~invoice.c.is_advance, invoice.c.id.in_(named)
    )
    return by_query(
        connection,
        "advance_invoices_are_of_their_money",
        looked_at=advances,
        broken=union_all(
            advances.where(
                func.coalesce(own, text("0")) != invoice.c.gross + invoice.c.rounding
            ),
            others,
        ),
    )
