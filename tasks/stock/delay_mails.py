"""What does the mail about another date of a customer's goods say, and to whom?

One mail a day for each address of a customer, whatever the number of his orders.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from adv_domain.mail.labels import Labels
from adv_domain.mail.order_views import OrderHead
from adv_domain.mail.progress_views import MovedLine, MovedOrder, dates_view
from adv_domain.rules.stock.delays import IS_TOLD, Finding, Verdict
from adv_domain.store.outbox import OutboxMail
from adv_domain.store.stock.delays import LateCustomer, LateLine, LateOrder
from tasks.step import RunRef
from tasks.stock.customer_mail import (
    LabelsIn,
    answers_to,
    contact_name,
    letterhead_about_orders,
    mail_language,
    unit_said,
)

DELAY, BACK = "delay_notice", "back_on_time"


@dataclass(frozen=True, slots=True)
class Found:
    """What was decided about a line of a customer's order."""

    order: LateOrder
    line: LateLine
    finding: Finding


def kind_of(verdict: Verdict) -> str:
    """Name the mail, and the event of the order, in which a verdict is told."""
    return BACK if verdict is Verdict.TELL_BACK else DELAY


@dataclass(frozen=True, slots=True)
class Told:
    """What a customer is told at one address; no mail: he has none, a person tells."""

    customer: LateCustomer
    found: Sequence[Found]
    mail: OutboxMail | None

    @property
    def outbox_key(self) -> str | None:
        return self.mail.outbox_key if self.mail else None


def told_in_mails(
    run: RunRef, customer: LateCustomer, found: Sequence[Found], labels_in: LabelsIn
) -> list[Told]:
    """Put what is to be told into mails, one for each address and kind."""

    def _whereto(one: Found) -> tuple[str, str]:
        return one.order.address or "", kind_of(one.finding.verdict)

    to_tell = [one for one in found if one.finding.verdict in IS_TOLD]
    told = []
    for (address, kind), each in groupby(sorted(to_tell, key=_whereto), key=_whereto):
        group = list(each)
        mail = None
        if address:
            mail = _mail(
                run, customer, group, kind=kind, to=address, labels_in=labels_in
            )
        told.append(Told(customer, group, mail))
    return told


def _key(run: RunRef, customer: LateCustomer, told: Sequence[Found]) -> str:
    """Name a mail by its customer, day, and what it tells of which lines."""
    said = sorted((one.finding.line_id, str(one.finding.new_on)) for one in told)
    digest = hashlib.sha256(repr(said).encode()).hexdigest()[:12]
    return f"{kind_of(told[0].finding.verdict)}:{customer.code}:{run.on}:{digest}"


def _mail(
    run: RunRef,
    customer: LateCustomer,
    told: Sequence[Found],
    *,
    kind: str,
    to: str,
    labels_in: LabelsIn,
) -> OutboxMail:
    language = mail_language(customer.language, template=kind)
    orders = [list(each) for _, each in groupby(told, key=attrgetter("order.order_id"))]
    is_single = len(orders) == 1
    words = labels_in(language)
    return OutboxMail(
        outbox_key=_key(run, customer, told),
        kind=kind,
        to_address=to,
        template=kind,
        language=language,
        context=dates_view(
            [_moved(each, words) for each in orders],
            letterhead=letterhead_about_orders(customer.name, language=language),
            contact_name=contact_name(),
        ),
        customer_id=customer.customer_id,
        entity="order" if is_single else "customer",
        entity_id=told[0].order.order_id if is_single else customer.customer_id,
        reply_to=answers_to(),
    )


def _moved(found: Sequence[Found], words: Labels) -> MovedOrder:
    order = found[0].order
    return MovedOrder(
        head=OrderHead(order.order_no, order.customer_ref),
        lines=[
            MovedLine(
                product=one.line.product,
                description=one.line.description,
                qty=one.line.facts.qty_open,
                unit=unit_said(one.line.unit, words),
                known_on=one.finding.old_on,
                new_on=one.finding.new_on,
                reason=_reason(one, words.get("delay_reason", {})),
            )
            for one in found
        ],
    )


def _reason(one: Found, causes: Mapping[str, str]) -> str:
    """Say why goods come later; of a silence and of good news there is no reason."""
    is_slip = one.finding.verdict is Verdict.TELL
    return causes.get(one.line.cause, "") if is_slip else ""
