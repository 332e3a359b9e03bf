"""What does a batch of stock's news come to: new rows, changed lines, moved orders?

A ledger holds the orders of a batch as they are now, takes one entry after the other
and collects what is to be written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.believable import FeedbackRefused, Hearing
from adv_domain.rules.stock.entries import GIVEN_UP, EntryKind, StockEntry
from adv_domain.rules.stock.fulfilment import (
    LineChange,
    LineFacts,
    changes,
    states_after,
)
from adv_domain.store.billing.billed_by_order import NOT_BILLED, BilledLine
from adv_domain.store.runs import Happening
from adv_domain.store.stock.feedback import (
    KnownDelivery,
    OrderAtStock,
    Row,
    question_key,
)
from adv_domain.store.worklist import PersonTask

BEYOND_ORDER = "beyond the order: a person decides"
OVER_QUESTION = "over_shipment"
GIVEN_UP_QUESTION = "stock_exception"


@dataclass(slots=True)
class Ledger:
    """The batch on its way; actor is the run's, team the step's owner.

    billed are the lines of orders that were invoiced as they were ordered; settled are
    lines of which nothing that stock gave up is left to decide on.
    """

    heard: Hearing
    actor: str
    team: str
    deliveries_known: dict[tuple[int, str], KnownDelivery]
    billed: Mapping[int, BilledLine] = field(default_factory=dict)
    messages: list[Row] = field(default_factory=list)
    deliveries: list[Row] = field(default_factory=list)
    delivery_lines: list[Row] = field(default_factory=list)
    date_changes: list[Row] = field(default_factory=list)
    over_shipped: list[str] = field(default_factory=list)
    lines: dict[int, LineFacts] = field(default_factory=dict)
    orders: dict[int, OrderAtStock] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)
    tasks: list[PersonTask] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)

    def take(
        self, entry: StockEntry, order: OrderAtStock, *, ids: tuple[int, int]
    ) -> None:
        """Book one entry; ids are free keys of a message and of a delivery.

        Raises FeedbackRefused before anything of the entry is booked.
        """
        message_id, delivery_id = ids
        found = changes(order.facts, entry=entry, heard=self.heard)
        if any(change.shipped for change in found):
            self._deliver(entry, order, found, (message_id, delivery_id))
        for change in found:
            self._change(change, order, entry, message_id)
        self._move(entry, order, found)

    def _deliver(
        self,
        entry: StockEntry,
        order: OrderAtStock,
        found: Sequence[LineChange],
        ids: tuple[int, int],
    ) -> None:
        message_id, delivery_id = ids
        delivery_no = entry.delivery_no or entry.message_id
        key = (order.order_id, delivery_no)
        known = self.deliveries_known.get(key)
        if known is None:
            known = self.deliveries_known[key] = KnownDelivery(delivery_id, set())
            self.deliveries.append(
                {
                    "id": delivery_id,
                    "delivery_no": delivery_no,
                    "order_id": order.order_id,
                    "stock_message_id": message_id,
                    "shipped_on": entry.on or self.heard.on,
                    "carrier": entry.carrier,
                    "tracking": entry.tracking,
                }
            )
        _check_not_twice(known, found, delivery_no, order.order_no)
        for change in found:
            known.line_ids.add(change.line.line_id)
            within = change.shipped - change.over
            billed = self._billed(change.line.line_id, within)
            self.delivery_lines.append(
                {
                    "delivery_id": known.delivery_id,
                    "order_id": order.order_id,
                    "order_line_id": change.line.line_id,
                    "qty": within,
                    "qty_over": change.over,
                    **billed._asdict(),
                }
            )
            is_billed = billed.invoice_line_id is not None
            order.to_invoice = order.to_invoice or (within > 0 and not is_billed)

    def _billed(self, line_id: int, within: Decimal) -> BilledLine:
        """Return what bills goods already; what nobody ordered is not billed."""
        if not within:
            return BilledLine(None, self.heard.on, BEYOND_ORDER)
        return self.billed.get(line_id, NOT_BILLED)

    def _change(
        self,
        change: LineChange,
        order: OrderAtStock,
        entry: StockEntry,
        message_id: int,
    ) -> None:
        line = change.line
        if order.lines[line.line_no].state == "exception" != line.state:
            self.settled.add(line.line_id)
        order.lines[line.line_no] = line
        self.lines[line.line_id] = line
        if change.moved_from and change.moved_to:
            self.date_changes.append(
                {
                    "order_line_id": line.line_id,
                    "stock_message_id": message_id,
                    "old_on": change.moved_from,
                    "new_on": change.moved_to,
                    "known_on": self.heard.on,
                    "cause": str(entry.cause),
                    "note": entry.note,
                }
            )
        if change.over:
            place = f"order {order.order_no} line {line.line_no}"
            self.over_shipped.append(f"{plain_number(change.over)} too many on {place}")
            text = f"{plain_number(change.over)} more were shipped than ordered"
            self._ask(order, line, entry, (OVER_QUESTION, text, "bill or take back"))
        if entry.kind in GIVEN_UP:
            said = "refused" if entry.kind is EntryKind.REFUSAL else "gave up"
            text = f"stock {said} {plain_number(change.given_up)}"
            question = GIVEN_UP_QUESTION, text, "recreate or drop"
            self._ask(order, line, entry, question)

    def _ask(
        self,
        order: OrderAtStock,
        line: LineFacts,
        entry: StockEntry,
        question: tuple[str, str, str],
    ) -> None:
        kind, text, choice = question
        note = f": {entry.note}" if entry.note else ""
        self.tasks.append(
            PersonTask(
                task_key=question_key(kind, line.line_id, entry.message_id),
                kind=kind,
                team=self.team,
                text=f"order {order.order_no} line {line.line_no}: {text} "
                f"(message {entry.message_id}{note}); choose: {choice}",
                entity="order",
                entity_id=order.order_id,
            )
        )

    def _move(
        self, entry: StockEntry, order: OrderAtStock, found: Sequence[LineChange]
    ) -> None:
        """Note what happened and the states that the order passed through."""
        self.orders[order.order_id] = order
        story = _story(entry, found)
        passed = states_after(state=order.state, lines=list(order.lines.values()))
        if not passed:
            self.happenings.append(self._happening(order, str(entry.kind), story))
        for state in passed:
            self.happenings.append(
                self._happening(order, str(state), story, to_state=str(state))
            )
            order.state = state

    def _happening(
        self,
        order: OrderAtStock,
        what: str,
        story: str,
        to_state: str | None = None,
    ) -> Happening:
        return Happening(
            entity="order",
            entity_id=order.order_id,
            what=what,
            actor=self.actor,
            from_state=str(order.state) if to_state else None,
            to_state=to_state,
            reason=story,
        )


def _check_not_twice(
    known: KnownDelivery,
    found: Sequence[LineChange],
    delivery_no: str,
    order_no: str,
) -> None:
    for change in found:
        if change.line.line_id in known.line_ids:
            raise FeedbackRefused(
                code="delivery_line_known",
                field="delivery_no",
                message=f"delivery {delivery_no} already has line "
                f"{change.line.line_no} of order {order_no}; if more was shipped, give "
                "it a delivery_no of its own",
            )


def _story(entry: StockEntry, found: Sequence[LineChange]) -> str:
    """Say the news in one line for the order's history."""
    told = f"{entry.kind} {entry.message_id}"
    if entry.kind is EntryKind.SHIPMENT:
        parts = [
            f"line {one.line.line_no}: {plain_number(one.shipped)}" for one in found
        ]
    else:
        parts = [f"line {one.line.line_no}" for one in found]
    said = [told, *([str(entry.on)] if entry.on else []), ", ".join(parts) or "no news"]
    if entry.note:
        said.append(entry.note)
    return "; ".join(said)
