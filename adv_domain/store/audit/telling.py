"""Was everybody told once: stock of an order, a customer of a slip and of a debt?"""

from sqlalchemy import Connection, Select, case, exists, func, select, union_all
from sqlalchemy import and_ as both
from sqlalchemy import or_ as either

from adv_domain.store.audit.check import CheckResult, by_query
from adv_domain.store.tables import (
    amendment,
    customer,
    delay_notice,
    dunning_notice,
    event,
    handoff_message,
    instalment,
    invoice,
    order_book,
    order_line,
    outbox,
    run,
    sales_order,
    silence,
)

_STANDING = ("decided", "completed", "waived", "unknown")
_DONE = ("completed", "waived")
_TOLD = ("handed_off", "in_fulfilment", "fulfilled", "closed")


def telling_checks(connection: Connection) -> list[CheckResult]:
    """Check handoff messages, delay notices, dunning notices and mails."""
    return [
        _one_notice_per_level(connection),
        _levels_in_order(connection),
        _completed_notices_were_sent(connection),
        _one_message_per_version(connection),
        _told_orders_have_a_message(connection),
        _messages_say_where_they_are(connection),
        _one_notice_per_slip(connection),
        _told_dates_have_their_mail(connection),
        _first_date_stays(connection),
        _order_books_have_their_mail(connection),
        _mails_have_their_ending(connection),
    ]


def _one_notice_per_level(connection: Connection) -> CheckResult:
    notice = dunning_notice.c
    twice = (
        select(notice.instalment_id, notice.level)
        .where(notice.state.in_(_STANDING))
        .group_by(notice.instalment_id, notice.level)
        .having(func.count() > 1)
        .subquery()
    )
    return by_query(
        connection,
        "one_notice_per_item_and_level",
        looked_at=dunning_notice,
        broken=select(invoice.c.invoice_no, instalment.c.instalment_no, twice.c.level)
        .join_from(twice, instalment, instalment.c.id == twice.c.instalment_id)
        .join(invoice, invoice.c.id == instalment.c.invoice_id),
    )


def _levels_in_order(connection: Connection) -> CheckResult:
    notice = dunning_notice.c
    before = func.lag(notice.completed_on).over(
        partition_by=notice.instalment_id, order_by=notice.level
    )
    done = (
        select(
            notice.instalment_id,
            notice.level,
            notice.completed_on,
            before.label("before_on"),
        )
        .where(notice.state.in_(_DONE))
        .subquery()
    )
    return by_query(
        connection,
        "levels_completed_in_order",
        looked_at=done,
        broken=select(invoice.c.invoice_no, instalment.c.instalment_no, done.c.level)
        .join_from(done, instalment, instalment.c.id == done.c.instalment_id)
        .join(invoice, invoice.c.id == instalment.c.invoice_id)
        .where(
            either(
                done.c.completed_on.is_(None), done.c.completed_on <= done.c.before_on
            )
        ),
    )


def _completed_notices_were_sent(connection: Connection) -> CheckResult:
    notice = dunning_notice.c
    was_sent = exists().where(
        outbox.c.outbox_key == notice.outbox_key, outbox.c.state == "sent"
    )
    by_mail = both(notice.state == "completed", notice.outbox_key.is_not(None))
    return by_query(
        connection,
        "completed_notices_were_sent",
        looked_at=select(notice.id).where(by_mail),
        broken=select(customer.c.code, notice.outbox_key)
        .join_from(dunning_notice, customer, customer.c.id == notice.customer_id)
        .where(by_mail, ~was_sent),
    )


def _one_message_per_version(connection: Connection) -> CheckResult:
    """Only a change that stock has not agreed to lies beyond its order's version."""
    message = handoff_message.c
    asks = exists().where(
        amendment.c.handoff_message_id == message.id, amendment.c.state != "applied"
    )
    beyond = both(message.version > sales_order.c.version, ~asks)
    return by_query(
        connection,
        "one_handoff_message_per_version",
        looked_at=handoff_message,
        broken=select(sales_order.c.order_no, message.version)
        .join_from(handoff_message, sales_order, sales_order.c.id == message.order_id)
        .group_by(sales_order.c.order_no, message.version)
        .having(
            either(func.count() > 1, func.sum(case((beyond, 1), else_=0)) > 0),
        ),
    )


def _told_orders_have_a_message(connection: Connection) -> CheckResult:
    """What left before stock was told (its advance was not paid, say) needs no message:
    the news of it moved the order on, not the handoff."""
    came_first = exists().where(
        event.c.entity == "order",
        event.c.entity_id == sales_order.c.id,
        event.c.to_state == "handed_off",
        event.c.run_id == run.c.id,
        run.c.step == "delivery",
    )
    told = exists().where(handoff_message.c.order_id == sales_order.c.id)
    handed: Select[tuple[str]] = select(sales_order.c.order_no).where(
        sales_order.c.state.in_(_TOLD)
    )
    return by_query(
        connection,
        "handed_orders_have_a_message",
        looked_at=handed,
        broken=handed.where(~told, ~came_first),
    )


def _messages_say_where_they_are(connection: Connection) -> CheckResult:
    message = handoff_message.c
    return by_query(
        connection,
        "handoff_messages_say_where_they_are",
        looked_at=handoff_message,
        broken=select(message.message_key, message.state).where(
            either(
                both(
                    message.state.in_(("sent", "acknowledged")),
                    message.sent_at.is_(None),
                ),
                both(
                    message.state == "acknowledged", message.acknowledged_at.is_(None)
                ),
                both(message.state == "failed", message.last_error.is_(None)),
            )
        ),
    )


def _one_notice_per_slip(connection: Connection) -> CheckResult:
    notice = delay_notice.c
    return by_query(
        connection,
        "one_delay_notice_per_slip",
        looked_at=delay_notice,
        broken=select(sales_order.c.order_no, order_line.c.line_no, notice.new_on)
        .join_from(delay_notice, order_line, order_line.c.id == notice.order_line_id)
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .group_by(sales_order.c.order_no, order_line.c.line_no, notice.new_on)
        .having(either(func.count() > 1, notice.new_on <= func.min(notice.old_on))),
    )


def _order_books_have_their_mail(connection: Connection) -> CheckResult:
    """Hold a book that was mailed against its mail: to its customer, on its day."""
    book = order_book.c
    mailed = exists().where(
        outbox.c.outbox_key == book.outbox_key,
        outbox.c.customer_id == book.customer_id,
        outbox.c.business_date == book.made_on,
    )
    return by_query(
        connection,
        "order_books_have_their_mail",
        looked_at=order_book,
        broken=select(book.book_key).where(book.outbox_key.is_not(None), ~mailed),
    )


def _told_dates_have_their_mail(connection: Connection) -> CheckResult:
    """A notice without a key was told by a person; one with a key stands in a mail."""
    told = union_all(
        *(
            select(table.c.order_line_id, key.label("outbox_key")).where(
                key.is_not(None)
            )
            for table, key in (
                (delay_notice, delay_notice.c.outbox_key),
                (delay_notice, delay_notice.c.back_outbox_key),
                (silence, silence.c.outbox_key),
            )
        )
    ).subquery()
    stands = exists().where(
        outbox.c.outbox_key == told.c.outbox_key, outbox.c.state != "withdrawn"
    )
    return by_query(
        connection,
        "told_dates_have_their_mail",
        looked_at=delay_notice,
        broken=select(sales_order.c.order_no, order_line.c.line_no, told.c.outbox_key)
        .join_from(told, order_line, order_line.c.id == told.c.order_line_id)
        .join(sales_order, sales_order.c.id == order_line.c.order_id)
        .where(~stands),
    )


def _first_date_stays(connection: Connection) -> CheckResult:
    line = order_line.c
    return by_query(
        connection,
        "confirmed_lines_keep_their_first_date",
        looked_at=select(line.id).where(line.confirmed_on.is_not(None)),
        broken=select(sales_order.c.order_no, line.line_no)
        .join_from(order_line, sales_order, sales_order.c.id == line.order_id)
        .where(line.confirmed_on.is_not(None), line.first_confirmed_on.is_(None)),
    )


def _mails_have_their_ending(connection: Connection) -> CheckResult:
    mail = outbox.c
    return by_query(
        connection,
        "mails_have_one_ending",
        looked_at=outbox,
        broken=select(mail.outbox_key, mail.state).where(
            either(
                both(mail.state == "sent", mail.sent_at.is_(None)),
                both(mail.state != "sent", mail.sent_at.is_not(None)),
                both(mail.state.in_(("failed", "retry")), mail.last_error.is_(None)),
            )
        ),
    )
