"""What becomes of these changes? Decided one after the other, written once.

Used by the validation step, by stock's answers and by a person's word: the same
rules, the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum

from sqlalchemy import Connection

from adv_domain.rules.amendments.asked import change_in
from adv_domain.rules.amendments.decision import decide_change
from adv_domain.rules.amendments.differences import enlarged_lines
from adv_domain.rules.amendments.states import BEFORE_HANDOFF, AmendmentState
from adv_domain.rules.amendments.terms import StandingOrder
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.intake.order_intake import known_products
from adv_domain.store.orders.amendments import OpenAmendment
from adv_domain.store.orders.as_ordered import know_by_what_they_say
from adv_domain.store.orders.changeable import (
    ChangeableOrder,
    OrderKey,
    OrderWrites,
    read_changeable,
    write_changed_orders,
)
from tasks.batches import BatchResult, decided
from tasks.orders.amendments.applying import Terms, add_writes, changed_order
from tasks.orders.amendments.asking import Question, ask_stock
from tasks.orders.amendments.judging import ChangeCase, Judgement, judge_changes
from tasks.orders.amendments.record import Settled, record_settled
from tasks.orders.days import day_asked
from tasks.orders.holds import end_holds
from tasks.orders.record import Look

_STATE = AmendmentState
_ACTED_ON = frozenset({_STATE.APPLIED, _STATE.WAITING_STOCK})
_WORDS = {
    _STATE.APPLIED: "changes applied",
    _STATE.WAITING_STOCK: "changes asked of stock",
    _STATE.HELD: "changes held",
    _STATE.REFUSED: "changes refused",
    _STATE.UNCHANGED: "changes that change nothing",
}


class Word(Enum):
    """Who has spoken for the changes: nobody but the rules, a person who lets them
    pass, or stock, which can do what it was asked."""

    RULES = "rules"
    PERSON = "person"
    AGREED = "agreed"


def settle_changes(
    connection: Connection,
    amendments: Sequence[OpenAmendment],
    *,
    look: Look,
    word: Word = Word.RULES,
) -> tuple[BatchResult, list[Settled]]:
    """Decide on the changes in turn and write what came of it, in one transaction.

    A change whose rule raises is set aside in the result, the others go on.
    """
    result = BatchResult()
    if not amendments:
        return result, []
    keys = {(one.customer_code, one.customer_ref) for one in amendments}
    by_key = read_changeable(connection, company_id=COMPANY_ID, keys=keys)
    course = _Course(by_key, look, word, _units(connection, amendments))
    pairs = decided(amendments, course.decide, name_of=name_of, result=result)
    settled = [one for _, one in pairs]
    course.judge(connection)
    course.ask_stock(connection)
    course.write(connection)
    record_settled(connection, settled, look=look)
    for one in settled:
        if one.is_news:
            result.done[_WORDS[one.state]] += 1
        else:
            result.skipped["changes still held"] += 1
    return result, settled


def name_of(amendment: OpenAmendment) -> str:
    """Name a change in the failure list."""
    return change_name(amendment.id, amendment.customer_ref)


def change_name(amendment_id: int, customer_ref: str) -> str:
    return f"change {amendment_id} of {customer_ref}"[:120]


def _units(
    connection: Connection, amendments: Sequence[OpenAmendment]
) -> dict[str, str]:
    """Return the units of the products that lines name without a unit, by code."""
    codes = {
        line["product"]
        for one in amendments
        for line in one.asked["lines"]
        if line.get("product") and not line.get("unit")
    }
    return {code: one.unit for code, one in known_products(connection, codes).items()}


@dataclass(slots=True)
class _Course:
    """A batch on its way: its orders as they were, and as they are by now.

    at_stock are the changes of orders that stock knows: they are judged together,
    and one at a time for each order.
    """

    by_key: Mapping[OrderKey, list[ChangeableOrder]]
    look: Look
    word: Word
    units: Mapping[str, str]
    now: dict[int, ChangeableOrder] = field(default_factory=dict)
    at_stock: list[Settled] = field(default_factory=list)
    questions: list[tuple[Settled, Question]] = field(default_factory=list)
    changed: dict[int, ChangeableOrder] = field(default_factory=dict)
    writes: OrderWrites = field(default_factory=OrderWrites)

    def decide(self, amendment: OpenAmendment) -> Settled:
        """Decide on one change; an order that stock does not know takes it at once."""
        decision = decide_change(
            change_in(amendment.asked),
            self._orders_meant(amendment),
            units=self.units,
        )
        one = Settled(amendment, decision, decision.state, decision.reason)
        order = decision.order
        if order is None or decision.state not in _ACTED_ON:
            self._end(one)
        elif order.state in BEFORE_HANDOFF:
            self._apply(one)
        else:
            self.at_stock.append(one)
            self._set(order.order_id, waits_for=amendment.id)
        return one

    def judge(self, connection: Connection) -> None:
        """Hold the changes of orders at stock against the rules, all at once."""
        judged = judge_changes(
            connection,
            [
                ChangeCase(
                    one.amendment.id,
                    self._since(one),
                    self._order(one),
                    one.decision,
                )
                for one in self.at_stock
            ],
            look=self.look,
            with_credit=self.word is Word.RULES,
        )
        for one in self.at_stock:
            found = judged[one.amendment.id]
            if self._is_held(one, found):
                continue
            if one.state is _STATE.APPLIED or self.word is Word.AGREED:
                self._apply(one, found)
            else:
                self._question(one, found)

    def ask_stock(self, connection: Connection) -> None:
        asked = ask_stock(
            connection, [question for _, question in self.questions], on=self.look.on
        )
        for one, _ in self.questions:
            message = one.asked_with = asked[one.amendment.id]
            one.version = message.version
            one.reason = f"message {message.message_key} asks stock"

    def write(self, connection: Connection) -> None:
        """Write each changed order once, whatever the number of its changes."""
        orders = {
            order.head.id: order for found in self.by_key.values() for order in found
        }
        for order_id, after in self.changed.items():
            add_writes(self.writes, orders[order_id], after)
        write_changed_orders(connection, self.writes)
        know_by_what_they_say(connection, list(self.changed))
        held = [
            order_id
            for order_id in self.changed
            if orders[order_id].standing.state is OrderState.HELD
        ]
        end_holds(connection, held, by=self.look.actor, on=self.look.on)

    def _orders_meant(self, amendment: OpenAmendment) -> list[StandingOrder]:
        """Find the orders of the reference; a change that stock was asked about
        means the order that it asked about."""
        key = (amendment.customer_code, amendment.customer_ref)
        found = [
            self.now.get(order.head.id, order).standing
            for order in self.by_key.get(key, [])
        ]
        if amendment.state != _STATE.WAITING_STOCK:
            return found
        return [
            replace(order, waits_for=None)
            for order in found
            if order.order_id == amendment.order_id
        ]

    def _order(self, one: Settled) -> ChangeableOrder:
        key = (one.amendment.customer_code, one.amendment.customer_ref)
        [found] = [order for order in self.by_key[key] if order.head.id == one.order_id]
        return self.now.get(found.head.id, found)

    def _set(self, order_id: int, *, waits_for: int | None) -> None:
        """Note in which change the order is, so that a later one of the batch waits."""
        for orders in self.by_key.values():
            for order in orders:
                if order.head.id == order_id:
                    known = self.now.get(order_id, order)
                    standing = replace(known.standing, waits_for=waits_for)
                    self.now[order_id] = replace(known, standing=standing)

    def _end(self, one: Settled) -> None:
        """Leave the order as it is: too late, nothing to do, or not yet."""
        was_asked = one.amendment.state == _STATE.WAITING_STOCK
        if was_asked and one.state is _STATE.UNCHANGED:
            one.state = _STATE.APPLIED
        one.keeps_values = was_asked
        waits = one.decision.order and one.decision.order.waits_for
        if one.state is _STATE.HELD and not waits:
            one.teams = (self.look.policy.owner_of_step("validation"),)

    def _is_held(self, one: Settled, found: Judgement) -> bool:
        if self.word is Word.AGREED:
            return False
        if self.word is Word.PERSON:
            if found.unsellable:
                lines = ", ".join(str(line_no) for line_no in found.unsellable)
                why = f"line {lines} lacks a known product, a price or a quantity"
                one.state, one.reason = _STATE.HELD, why
            return bool(found.unsellable)
        if found.verdict.state is OrderState.ACCEPTED:
            return False
        one.state, one.reason = _STATE.HELD, found.verdict.reason
        one.teams = found.verdict.teams or (
            self.look.policy.owner_of_step("validation"),
        )
        one.faults = found.faults
        return True

    def _question(self, one: Settled, found: Judgement) -> None:
        before, decision = self._order(one), one.decision
        after = changed_order(
            before, decision, self._terms(one, before.version, found)
        ).order
        one.net = after.head.net
        question = Question(one.amendment.id, before, after, decision.is_cancel)
        self.questions.append((one, question))

    def _apply(self, one: Settled, found: Judgement | None = None) -> None:
        order, decision = self._order(one), one.decision
        one.version = one.amendment.version or order.version + 1
        done = changed_order(order, decision, self._terms(one, one.version, found))
        one.state, one.is_applied = _STATE.APPLIED, True
        one.order_was, one.passed = order.standing.state, done.passed
        one.net = done.order.head.net
        order_id = order.head.id
        self.now[order_id] = self.changed[order_id] = done.order
        enlarged = enlarged_lines(decision.differences)
        self.writes.unwaived |= {(order_id, line_no) for line_no in enlarged}

    def _terms(self, one: Settled, version: int, found: Judgement | None) -> Terms:
        if found is None:
            return Terms(self._since(one), version)
        return Terms(self._since(one), version, found.prices, found.promised)

    def _since(self, one: Settled) -> date:
        change = one.amendment
        return day_asked(
            change.received_on, change.received_at, policy=self.look.policy
        )
