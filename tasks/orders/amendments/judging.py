"""Would a changed order still be accepted, and at which prices?

For orders that stock knows: they cannot go back to be validated, so that the change
is held against the same rules before anybody is asked to do it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.amendments.decision import ChangeDecision
from adv_domain.rules.amendments.differences import What, touched_lines
from adv_domain.rules.faults import OrderFault
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import (
    CHARGES,
    NEGATIVE_TOTAL,
    ValidationRules,
)
from adv_domain.rules.orders.validation import Verdict, order_faults, verdict
from adv_domain.store.orders.agreements import ProductTerms, read_products
from adv_domain.store.orders.changeable import ChangeableOrder, LineRow
from adv_domain.store.orders.validation import WaitingLine
from tasks.orders.amendments.applying import PricedLine, Terms, changed_order
from tasks.orders.cases import BatchFacts, order_case, read_batch_facts
from tasks.orders.credit_check import check_credit
from tasks.orders.policy import validation_rules
from tasks.orders.promises import Accepted, promise
from tasks.orders.record import Judged, Look

_OF_THE_PRICE = frozenset({"product", "quantity", "unit", "price", "discount_rate"})


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """A change of an order that stock knows, to be held against the rules; since is
    the day on which it came."""

    amendment_id: int
    since: date
    order: ChangeableOrder
    decision: ChangeDecision


@dataclass(slots=True)
class Judgement:
    """What the rules say of the change, the prices of the lines it touches, and the
    days for which its lines can be promised.

    unsellable are the lines that nobody can let pass: no product, price or quantity.
    """

    verdict: Verdict
    unsellable: list[int]
    faults: list[OrderFault]
    prices: dict[int, PricedLine]
    promised: dict[int, date | None]


def judge_changes(
    connection: Connection,
    cases: Sequence[ChangeCase],
    *,
    look: Look,
    with_credit: bool,
) -> dict[int, Judgement]:
    """Hold each change against the rules, in a constant number of statements.

    Only what the change touches is judged: what else the order breaks meanwhile is
    no reason to keep it as it was. Credit is asked for what it costs more.
    """
    if not cases:
        return {}
    rules = validation_rules(look.policy)
    wanted = {one.amendment_id: _as_wanted(one) for one in cases}
    facts = read_batch_facts(
        connection,
        [order.head for order in wanted.values()],
        policy=look.policy,
        rules=rules,
        on=look.on,
        lines={order.head.id: _lines(order) for order in wanted.values()},
    )
    standing = read_products(connection, _products(cases))
    judged = {
        one.amendment_id: _judged(one, wanted[one.amendment_id], facts, standing, rules)
        for one in cases
    }
    asking = [one for one in judged.values() if one.gross is None or one.gross > 0]
    if with_credit:
        check_credit(connection, asking, facts, rules, look)
    promises = promise(
        connection,
        [_to_promise(one, facts) for one in judged.values()],
        rules=rules,
        policy=look.policy,
        on=look.on,
    )
    return {
        one.amendment_id: _judgement(
            one, judged[one.amendment_id], facts, promises.days
        )
        for one in cases
    }


def _to_promise(judged: Judged, facts: BatchFacts) -> Accepted:
    """Return the order as it would be accepted; its lines lose what was promised."""
    lines = [
        line._replace(first_confirmed_on=None) for line in facts.lines[judged.order.id]
    ]
    return Accepted(judged.order, judged.case, lines)


def _judgement(
    one: ChangeCase,
    judged: Judged,
    facts: BatchFacts,
    promised: Mapping[int, Sequence[date | None]],
) -> Judgement:
    case = judged.case
    days = promised[judged.order.id]
    return Judgement(
        verdict=judged.verdict,
        unsellable=_unsellable(case),
        faults=judged.faults,
        prices=_prices(one, case, facts),
        promised={
            line.line_no: day for line, day in zip(case.lines, days, strict=True)
        },
    )


def _unsellable(case: OrderCase) -> list[int]:
    return [
        line.line_no
        for line in case.lines
        if line.product is None or line.price.net is None or line.qty <= 0
    ]


def _as_wanted(one: ChangeCase) -> ChangeableOrder:
    on_terms = Terms(since=one.since, version=one.order.version)
    return changed_order(one.order, one.decision, on_terms).order


def _lines(order: ChangeableOrder) -> list[WaitingLine]:
    """Return the lines that the order is to have, as validation reads them."""
    return [
        _waiting_line(order, line_no, row)
        for line_no, row in sorted(order.rows.items())
        if row.qty > row.qty_cancelled
    ]


def _waiting_line(order: ChangeableOrder, line_no: int, row: LineRow) -> WaitingLine:
    known = {
        name: value
        for name, value in row._asdict().items()
        if name in WaitingLine._fields
    }
    return WaitingLine(
        **known
        | {
            "id": order.standing.lines[line_no].line_id or 0,
            "order_id": order.head.id,
            "qty": row.qty - row.qty_cancelled,
        }
    )


def _products(cases: Sequence[ChangeCase]) -> set[str]:
    return {row.product_code for one in cases for row in one.order.rows.values()}


def _judged(
    one: ChangeCase,
    wanted: ChangeableOrder,
    facts: BatchFacts,
    standing: dict[str, ProductTerms],
    rules: ValidationRules,
) -> Judged:
    found = one.decision.differences
    assert one.decision.target is not None
    touched = touched_lines(one.decision.target, found)
    # what was paid in advance was paid for what was ordered before
    head = wanted.head._replace(prepaid=ZERO)
    case = order_case(head, facts)
    # an allowance that was fair for all of it need not be so for the rest
    weighed = {CHARGES, NEGATIVE_TOTAL} if _repriced(one) else set()
    faults = [
        fault
        for fault in order_faults(case, rules=rules)
        if fault.line_no in touched or fault.code in weighed
    ]
    return Judged(
        order=head,
        case=case,
        faults=faults,
        net=None,
        gross=_costs_more(one, case, facts, standing),
        verdict=verdict(faults, waived=frozenset(), rules=rules),
        waivers=(),
    )


def _repriced(one: ChangeCase) -> Collection[int]:
    """Name the lines whose price or amount the change alters."""
    found = one.decision.differences
    assert one.decision.target is not None
    if any(each.field == "currency" for each in found):
        return {*one.order.rows, *one.decision.target.lines}
    return {
        each.line_no
        for each in found
        if each.line_no and (each.what is What.ADDED or each.field in _OF_THE_PRICE)
    }


def _costs_more(
    one: ChangeCase,
    case: OrderCase,
    facts: BatchFacts,
    standing: dict[str, ProductTerms],
) -> Decimal | None:
    """Return by how much the order rises, tax included; None where a price lacks."""
    customer = facts.customers.get(case.customer_code)
    repriced = _repriced(one)
    after = [line for line in case.lines if line.line_no in repriced]
    if customer is None or any(
        line.price.net is None or line.product is None for line in after
    ):
        return None
    products = {**facts.products, **standing}
    asked = [
        (line.price.net, products[line.product_code].tax_class)
        for line in after
        if line.price.net is not None
    ]
    stood = [
        (row.net, products[row.product_code].tax_class)
        for line_no, row in one.order.rows.items()
        if line_no in repriced and row.net is not None and row.state != "cancelled"
    ]
    category = facts.taxes.category_of(customer, country=case.ship_to.country)
    conditions = facts.taxes.conditions_of(customer, currency=case.currency)
    after_gross, before_gross = (
        facts.taxes.gross_of(
            lines,
            customer_category=category,
            currency=case.currency,
            # what the document bears is the same before and after
            conditions=replace(conditions, charges=()),
        )
        for lines in (asked, stood)
    )
    return after_gross - before_gross


def _prices(
    one: ChangeCase, case: OrderCase, facts: BatchFacts
) -> dict[int, PricedLine]:
    repriced = _repriced(one)
    return {
        line.line_no: PricedLine(
            product_id=_product_id(line.product_code, facts),
            unit_price=line.price.unit_price,
            discount_rate=line.price.discount_rate,
            price_source=line.price.source,
            net=line.price.net,
        )
        for line in case.lines
        if line.line_no in repriced
    }


def _product_id(code: str, facts: BatchFacts) -> int | None:
    product = facts.products.get(code)
    return None if product is None else product.id
