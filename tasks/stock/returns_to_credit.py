"""Which credit notes are proposed for billed goods that came back?

A delivery stands on one invoice line, though two invoices may bill its order line
(what was ordered later was billed later): what that line cannot give back, the others
do, so that every command that a person is told works.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from adv_domain.rules.money import ZERO
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.returns import ReturnPart
from adv_domain.store.stock.feedback import OrderAtStock, question_key
from adv_domain.store.stock.goods_returned import (
    RETURN_TO_CREDIT,
    BilledPart,
    left_to_credit,
    returned_not_credited,
)
from adv_domain.store.worklist import PersonTask
from tasks.credits.credit_reasons import return_codes
from tasks.resources import resources
from tasks.stock.returns_credited import CreditProposal


class BilledReturn(NamedTuple):
    """A part of a return that is on an invoice, and the message that told of it."""

    part: ReturnPart
    order: OrderAtStock
    message_id: str


def credits_to_propose(
    connection: Connection, billed: Sequence[BilledReturn]
) -> list[CreditProposal]:
    """Share what came back over the invoices that can give it back; two statements.

    What came back before and is not credited yet is asked for of its own invoice.
    """
    if not billed:
        return []
    back: dict[int, Decimal] = {}
    for one in billed:
        line_id = one.part.delivered.line_id
        back[line_id] = back.get(line_id, ZERO) + one.part.qty_billed
    left = left_to_credit(connection, back)
    waiting = returned_not_credited(connection, back, reason_codes=return_codes())
    for one in billed:
        line_id = one.part.delivered.line_id
        parts = left.get(line_id, [])
        spare = sum((part.qty for part in parts), ZERO) - back[line_id]
        before = min(waiting.pop(line_id, back[line_id]) - back[line_id], spare)
        list(_taken(before, parts, _own(one.part)))
    return [
        _proposal(one, part, at)
        for one in billed
        for at, part in enumerate(_shared(one.part, left))
    ]


def _shared(back: ReturnPart, left: dict[int, list[BilledPart]]) -> list[BilledPart]:
    """Take what came back off what is left, the delivery's own invoice first.

    What no invoice can give back any more stays with that one: a person is asked.
    """
    known = back.delivered
    parts = left.get(known.line_id, [])
    own = _own(back)
    found = list(_taken(back.qty_billed, parts, own))
    rest = back.qty_billed - sum((one.qty for one in found), ZERO)
    if not rest:
        return found
    if found and found[0][:2] == own:
        return [found[0]._replace(qty=found[0].qty + rest), *found[1:]]
    return [BilledPart(*own, rest), *found]


def _own(back: ReturnPart) -> tuple[str, int]:
    return back.delivered.invoice or "", back.delivered.invoice_line or 0


def _taken(
    qty: Decimal, parts: list[BilledPart], own: tuple[str, int]
) -> Iterator[BilledPart]:
    for at in sorted(range(len(parts)), key=lambda at: parts[at][:2] != own):
        taken = min(qty, parts[at].qty)
        if taken > 0:
            qty -= taken
            parts[at] = parts[at]._replace(qty=parts[at].qty - taken)
            yield parts[at]._replace(qty=taken)


def _proposal(one: BilledReturn, part: BilledPart, at: int) -> CreditProposal:
    known = one.part.delivered
    key = f"{question_key(RETURN_TO_CREDIT, known.line_id, one.message_id)}"
    key = f"{key}:{known.delivery_id}" + (f":{at}" if at else "")
    qty = plain_number(part.qty)
    task = PersonTask(
        task_key=key,
        kind=RETURN_TO_CREDIT,
        team=resources().policy.owner_of_step("invoicing"),
        text=f"order {one.order.order_no}: {qty} of delivery {known.delivery_no} came "
        f"back and are on invoice {part.invoice_no} (message {one.message_id}); look "
        f"at the goods, then credit them: adv credit-note {part.invoice_no} "
        f"--line {part.line_no}={qty} --reason-code return --reason WHY --by NAME",
        entity="order",
        entity_id=one.order.order_id,
    )
    return CreditProposal(
        invoice_no=part.invoice_no,
        line_no=part.line_no,
        qty=part.qty,
        delivery_no=known.delivery_no,
        task=task,
    )
