"""Which customers hear that another price stands than they ordered at?

Once an order is accepted, in one mail for the order: he must not learn it from the
invoice. Without a mail address a person tells him. Nothing is told where the policy
switches the rule price_replaced off.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.money import ZERO, Money
from adv_domain.rules.orders.order_case import LineCase
from adv_domain.rules.orders.rule_settings import OFF, ValidationRules
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.orders.replaced_prices import OrderedLine, read_ordered_lines
from adv_domain.store.outbox import OutboxMail, queue_mails
from adv_domain.store.worklist import PersonTask, open_tasks
from tasks.orders.record import Judged, Look

KIND = "price_notice"
_RULE = "price_replaced"


def tell_replaced_prices(
    connection: Connection,
    judged: Sequence[Judged],
    rules: ValidationRules,
    look: Look,
) -> int:
    """Queue the mails of orders just accepted and written; return how many.

    Key: the order and the prices told, so that an order accepted again is told again
    only where its prices changed.
    """
    if rules.settings[_RULE].severity == OFF:
        return 0
    told = {one.order.id: one for one in judged if _is_to_tell(one)}
    if not told:
        return 0
    mails: list[OutboxMail] = []
    tasks: list[PersonTask] = []
    rows = read_ordered_lines(connection, list(told))
    for order_id, ordered in groupby(rows, key=attrgetter("order_id")):
        mail = _mail(list(ordered), told[order_id], look.policy)
        if mail.to_address:
            mails.append(mail)
        else:
            tasks.append(_task(mail, told[order_id], rules))
    open_tasks(connection, tasks, opened_on=look.on)
    return queue_mails(
        connection, mails, business_date=look.on, now=look.now, run_id=look.run_id
    )


def _is_to_tell(one: Judged) -> bool:
    return one.verdict.state is OrderState.ACCEPTED and any(
        line.price.is_replaced for line in one.case.lines
    )


def _mail(ordered: Sequence[OrderedLine], one: Judged, policy: Policy) -> OutboxMail:
    buyer = ordered[0]
    lines = {line.line_no: line for line in one.case.lines if line.price.is_replaced}
    return OutboxMail(
        outbox_key=_key(one, lines),
        kind=KIND,
        to_address=buyer.email or "",
        template=KIND,
        language=buyer.language,
        context=_context(
            [row for row in ordered if row.line_no in lines],
            lines,
            currency=one.order.currency,
            policy=policy,
        ),
        customer_id=buyer.customer_id,
        entity="order",
        entity_id=buyer.order_id,
        reply_to=policy.mail.reply_to or None,
    )


def _key(one: Judged, lines: Mapping[int, LineCase]) -> str:
    told = repr([(no, str(line.price.unit_price)) for no, line in lines.items()])
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    return f"{KIND}:{one.order.order_no}:{digest}"


def _context(
    ordered: Sequence[OrderedLine],
    lines: Mapping[int, LineCase],
    *,
    currency: str,
    policy: Policy,
) -> dict[str, Any]:
    # babel loads only where there is something to tell
    from adv_domain.mail.order_views import OrderHead, ReplacedPrice, price_view
    from tasks.mail.letterheads import letterhead_to
    from tasks.stock.customer_mail import mail_labels, unit_said

    words = mail_labels(ordered[0].language)
    replaced = []
    for row in ordered:
        line = lines[row.line_no]
        stands = line.price.net_price or ZERO
        replaced.append(
            ReplacedPrice(
                product=row.product,
                description=row.description,
                qty=line.qty,
                unit=unit_said(row.unit, words),
                asked=Money(stands + line.price.off, currency),
                agreed=Money(stands, currency),
            )
        )
    buyer = ordered[0]
    return price_view(
        replaced,
        order=OrderHead(buyer.order_no, buyer.customer_ref),
        letterhead=letterhead_to(
            buyer.customer_name, language=buyer.language, policy=policy
        ),
    )


def _task(mail: OutboxMail, one: Judged, rules: ValidationRules) -> PersonTask:
    return PersonTask(
        task_key=mail.outbox_key,
        kind="missing_address",
        team=rules.settings[_RULE].owner,
        text=f"order {one.order.order_no} of {one.order.customer_code} stands at other "
        "prices than ordered and the customer has no mail address: tell him and "
        "complete his master record",
        customer_id=mail.customer_id,
        entity="order",
        entity_id=one.order.id,
    )
