"""Does a customer hear what of his order will not be delivered?

A person's act is told at once, in the transaction of the act. The mail says all that
is cancelled of the order: the same is never told twice, and a mail that has not left
is replaced.
"""

import hashlib
from datetime import date

from sqlalchemy import Connection

from adv_domain.mail.cancellation_view import CancelledLine, cancellation_view
from adv_domain.mail.order_views import OrderHead
from adv_domain.rules.stock.progress import Progress, wanted_events
from adv_domain.store.mail.delivery import withdraw_unsent
from adv_domain.store.outbox import OutboxMail, mails_of_order
from adv_domain.store.stock.told_shipments import LeftOrder, LineNow, read_left_orders
from tasks.stock.customer_mail import (
    answers_to,
    contact_name,
    letterhead_about_orders,
    mail_labels,
    mail_language,
    unit_said,
    usual_events,
)
from tasks.stock.progress_rows import ToTell, write_told

KIND = Progress.CANCELLATION


def tell_cancelled(connection: Connection, order_id: int, *, by: str, on: date) -> None:
    """Queue the mail about what is cancelled of the order, if its customer wants it."""
    for order in read_left_orders(connection, [order_id]):
        wanted = wanted_events(order.progress_mails, usual=usual_events())
        cancelled = [line for line in order.lines if line.qty_cancelled > 0]
        if KIND not in wanted or not cancelled:
            return
        withdraw_unsent(
            connection,
            mails_of_order(connection, order_id, kind=KIND),
            reason="more of the order is cancelled since",
        )
        mail = _mail(order, cancelled)
        told = ToTell(mail, order.customer_code, order.order_no)
        write_told(connection, [told], on=on, actor=by)


def _mail(order: LeftOrder, cancelled: list[LineNow]) -> OutboxMail:
    language = mail_language(order.language, template=KIND)
    words = mail_labels(language)
    said = [(line.line_id, str(line.qty_cancelled)) for line in cancelled]
    digest = hashlib.sha256(repr(said).encode()).hexdigest()[:12]
    return OutboxMail(
        outbox_key=f"{KIND}:{order.order_no}:{digest}",
        kind=KIND,
        to_address=order.address or "",
        template=KIND,
        language=language,
        context=cancellation_view(
            [
                CancelledLine(
                    line.product,
                    line.description,
                    line.qty_cancelled,
                    unit_said(line.unit, words),
                )
                for line in cancelled
            ],
            has_rest=any(line.qty_open > 0 for line in order.lines),
            order=OrderHead(order.order_no, order.customer_ref),
            letterhead=letterhead_about_orders(order.customer_name, language=language),
            contact_name=contact_name(),
        ),
        customer_id=order.customer_id,
        entity="order",
        entity_id=order.order_id,
        reply_to=answers_to(),
    )
