"""Which customers are told that their order is accepted, or stands otherwise now?

Once for each version of what the confirmation says: an order that is accepted again
unchanged is not confirmed again; one that the customer changed is, marked as changed.
A confirmation that has not left yet is replaced.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial

from sqlalchemy import Connection

from adv_domain.mail.confirmation_view import (
    Confirmation,
    ConfirmedCharge,
    ConfirmedLine,
    Remark,
    confirmation_view,
)
from adv_domain.mail.labels import Labels, word
from adv_domain.mail.order_views import OrderHead
from adv_domain.rules.billing.weighing import StandsOn
from adv_domain.rules.money import ZERO, Money
from adv_domain.rules.orders.pricing import net_unit_price
from adv_domain.rules.stock.progress import Progress, wanted_events
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.mail.delivery import withdraw_unsent
from adv_domain.store.orders.agreements import CustomerTerms, read_customers
from adv_domain.store.outbox import OutboxMail
from adv_domain.store.stock.confirmations import (
    KIND,
    AcceptedLine,
    AcceptedOrder,
    note_confirmed,
    orders_to_confirm,
    read_accepted,
)
from tasks.batches import BatchResult, Claimed, decided, work_through
from tasks.orders.tax import TaxBasis, read_tax_basis
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

_ENDED = {
    "cancelled": "cancelled before it was confirmed",
    "rejected": "turned away before it was confirmed",
    "fulfilled": "left before it was confirmed",
    "closed": "left before it was confirmed",
}
_UNSENT = ("queued", "retry")
_NEVER_LEFT = ("failed", "withdrawn", *_UNSENT)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What confirming a batch looks up, read once."""

    labels_in: LabelsIn
    taxes: TaxBasis
    customers: Mapping[str, CustomerTerms]

    def charges_of(self, order: AcceptedOrder) -> list[StandsOn]:
        """Return what the invoice of the whole order will state beside its lines."""
        return self.taxes.charges_of(
            [(line.net or ZERO, line.tax_class) for line in order.lines],
            customer=self.customers[order.customer_code],
            country=order.ship_to_country,
            currency=order.currency,
            charges=order.charges,
        )


@dataclass(frozen=True, slots=True)
class _Decision:
    """The confirmation of an order, or why there is none; replaced is not sent."""

    why_not: str = ""
    mail: OutboxMail | None = None
    replaced: Sequence[str] = ()


def confirm_orders(run: RunRef) -> Outcome:
    """Decide confirmations; unit of retry: an order, key: what the mail says."""
    return work_through(run, claim=_claim, handle=partial(_handle, run))


def _claim(
    connection: Connection, *, after: int | None, limit: int
) -> Sequence[Claimed]:
    found = orders_to_confirm(connection, after=after, limit=limit)
    return [Claimed(key=order_id, name=order_no) for order_id, order_no in found]


def _handle(
    run: RunRef, connection: Connection, claimed: Sequence[Claimed]
) -> BatchResult:
    result = BatchResult()
    orders = read_accepted(connection, [one.key for one in claimed])
    desk = _desk(connection, orders, on=run.on)
    pairs = decided(
        orders,
        partial(_decide, run, desk),
        name_of=lambda order: order.order_no,
        result=result,
    )
    withdraw_unsent(
        connection,
        [key for _, one in pairs for key in one.replaced],
        reason="the order has changed since",
    )
    told = [
        ToTell(one.mail, order.customer_code, order.order_no)
        for order, one in pairs
        if one.mail
    ]
    result.done["confirmations queued"] += write_told(
        connection, told, on=run.on, actor=run.actor, run_id=run.run_id
    )
    for _, one in pairs:
        if one.why_not:
            result.skipped[one.why_not] += 1
        elif one.mail and not one.mail.to_address:
            result.skipped["no mail address"] += 1
    note_confirmed(connection, [order.order_id for order, _ in pairs])
    return result


def _desk(
    connection: Connection, orders: Sequence[AcceptedOrder], *, on: date
) -> _Desk:
    codes = {one.customer_code for one in orders}
    return _Desk(
        labels_in=cache(mail_labels),
        taxes=read_tax_basis(connection, on=on),
        customers=read_customers(connection, company_id=COMPANY_ID, codes=codes),
    )


def _decide(run: RunRef, desk: _Desk, order: AcceptedOrder) -> _Decision:
    if order.state in _ENDED:
        return _Decision(_ENDED[order.state])
    wanted = wanted_events(order.progress_mails, usual=usual_events())
    if Progress.CONFIRMATION not in wanted:
        return _Decision("confirmation not wanted by the customer")
    oldest_on = run.on - timedelta(days=resources().policy.delivery.history_days)
    if order.ordered_on < oldest_on:
        return _Decision("ordered too long ago to be confirmed")
    left = [one for one in order.earlier if one.state not in _NEVER_LEFT]
    mail = _mail(order, desk, is_change=bool(left))
    standing = [
        one for one in order.earlier if one.state not in ("withdrawn", "failed")
    ]
    if standing and _said(standing[-1].outbox_key) == _said(mail.outbox_key):
        return _Decision("confirmed as it is")
    unsent = [one.outbox_key for one in order.earlier if one.state in _UNSENT]
    return _Decision(mail=mail, replaced=unsent)


def _said(outbox_key: str) -> str:
    """Return the part of the key that stands for what the mail says."""
    return outbox_key.rpartition(":")[2]


def _mail(order: AcceptedOrder, desk: _Desk, *, is_change: bool) -> OutboxMail:
    language = mail_language(order.language, template=KIND)
    context = confirmation_view(
        _confirmation(order, desk, desk.labels_in(language), is_change=is_change),
        order=OrderHead(order.order_no, order.customer_ref),
        letterhead=letterhead_about_orders(order.customer_name, language=language),
        contact_name=contact_name(),
    )
    names = ["lines", "net_total", "payment_terms"]
    if context["charges"]:  # else it says what it did before charges were told
        names.append("charges")
    said = {name: context[name] for name in names}
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]
    return OutboxMail(
        outbox_key=f"{KIND}:{order.order_no}:{len(order.earlier) + 1}:{digest}",
        kind=KIND,
        to_address=order.address or "",
        template=KIND,
        language=language,
        context=context,
        customer_id=order.customer_id,
        entity="order",
        entity_id=order.order_id,
        reply_to=answers_to(),
    )


def _confirmation(
    order: AcceptedOrder, desk: _Desk, words: Labels, *, is_change: bool
) -> Confirmation:
    charges = desk.charges_of(order)
    net = (order.net or ZERO) + sum((one.amount for one in charges), ZERO)
    remarks = words.get("order_remark", {})
    told = [(line_no, code) for line_no, code in order.found if code in remarks]
    return Confirmation(
        ordered_on=order.ordered_on,
        net_total=Money(net, order.currency),
        charges=[_charge(one, order.currency, words) for one in charges],
        payment_terms=order.payment_terms,
        awaits_payment=order.awaits_payment,
        lines=[_line(line, order.currency, words) for line in order.lines],
        remarks=[Remark(line_no, remarks[code]) for line_no, code in told],
        is_change=is_change,
    )


def _charge(one: StandsOn, currency: str, words: Labels) -> ConfirmedCharge:
    kind = "discount" if one.amount < 0 else "charge"
    name = one.description or word(words, "order_charge", kind)
    return ConfirmedCharge(name, Money(one.amount, currency), one.rate)


def _line(line: AcceptedLine, currency: str, words: Labels) -> ConfirmedLine:
    is_other_day = line.confirmed_on != line.wished_on
    return ConfirmedLine(
        product=line.product,
        description=line.description,
        qty=line.qty,
        unit=unit_said(line.unit, words),
        price=Money(
            net_unit_price(line.unit_price or ZERO, line.discount_rate), currency
        ),
        amount=Money(line.net or ZERO, currency),
        delivery_on=line.confirmed_on,
        wished_on=line.wished_on if is_other_day else None,
    )
