"""Which questions about returned goods does a credit note answer?"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.credits.creditable import Creditable
from adv_domain.rules.money import ZERO
from adv_domain.store.stock.feedback import line_of_question
from adv_domain.store.stock.goods_returned import (
    RETURN_TO_CREDIT,
    returned_not_credited,
)
from adv_domain.store.worklist import drop_tasks, tasks_about
from tasks.billing.posting import Posted
from tasks.credits.credit_reasons import return_codes
from tasks.resources import now


def answer_returns(
    connection: Connection, pairs: Sequence[tuple[Creditable, Posted]], *, by: str
) -> None:
    """Drop the questions whose goods are credited, or whose line has nothing left.

    A constant number of statements, one where nothing came back.
    """
    lines = {
        line.order_line_id
        for _, note in pairs
        for line in note.draft.lines
        if line.order_line_id is not None and not line.lowers_line_no
    }
    orders = {line.order_id for one, _ in pairs for line in one.lines if line.order_id}
    asked = {
        row.task_key: line_of_question(row.task_key)
        for row in tasks_about(
            connection, "order", sorted(orders), kind=RETURN_TO_CREDIT
        )
        if row.state == "open" and line_of_question(row.task_key) in lines
    }
    if not asked:
        return
    left = returned_not_credited(
        connection, set(asked.values()), reason_codes=return_codes()
    )
    spent = _spent(pairs)
    answered = [
        key
        for key, line_id in asked.items()
        if left.get(line_id, ZERO) <= 0 or line_id in spent
    ]
    drop_tasks(connection, answered, by=by, result="its goods are credited", now=now())


def _spent(pairs: Sequence[tuple[Creditable, Posted]]) -> set[int]:
    """Return the order lines of which the invoices have no quantity left to credit."""
    spent = set()
    for one, note in pairs:
        given: dict[int | None, Decimal] = {}
        for line in note.draft.lines:
            if not line.lowers_line_no:
                known = given.get(line.order_line_id, ZERO)
                given[line.order_line_id] = known - line.qty
        spent |= {
            line.order_line_id
            for line in one.lines
            if line.order_line_id is not None
            and line.qty_credited + given.get(line.order_line_id, ZERO) >= line.qty
        }
    return spent
