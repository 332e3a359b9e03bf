"""What becomes of these orders? Read a batch, judge it in one pure pass, write once.

Used by the validation step and by a person's release: the same rules, the same
rows.
"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.order_case import OrderCase
from adv_domain.rules.orders.rule_settings import ValidationRules
from adv_domain.rules.orders.validation import order_faults, verdict
from adv_domain.rules.orders.waivers import standing_waivers
from adv_domain.store.orders.validation import WaitingOrder
from tasks.batches import BatchResult, decided
from tasks.orders.cases import BatchFacts, order_case, read_batch_facts
from tasks.orders.credit_check import check_credit
from tasks.orders.faults import waivers_among
from tasks.orders.holds import assign_teams, write_holds
from tasks.orders.policy import validation_rules
from tasks.orders.price_notices import tell_replaced_prices
from tasks.orders.record import Judged, Look, write_judged


def decide_orders(
    connection: Connection, orders: Sequence[WaitingOrder], *, look: Look
) -> BatchResult:
    """Judge the orders in turn and write what changed, in one transaction.

    An order whose rule raises is set aside in the result, the others go on.
    """
    result = BatchResult()
    if not orders:
        return result
    rules = validation_rules(look.policy)
    facts = read_batch_facts(
        connection, orders, policy=look.policy, rules=rules, on=look.on
    )
    judged = [
        outcome
        for _, outcome in decided(
            orders,
            lambda order: _judged(order, facts, rules, look),
            name_of=lambda order: order.order_no,
            result=result,
        )
    ]
    check_credit(connection, judged, facts, rules, look)
    holds = assign_teams(connection, judged, look)
    write_judged(connection, judged, facts, rules, look)
    write_holds(connection, holds, look)
    told = tell_replaced_prices(connection, judged, rules, look)
    result.done.update({"mails queued": told} if told else {})
    for one in judged:
        _count(one, result)
    return result


def _judged(
    order: WaitingOrder, facts: BatchFacts, rules: ValidationRules, look: Look
) -> Judged:
    case = order_case(order, facts)
    faults = order_faults(case, rules=rules)
    waivers = waivers_among(facts.faults.get(order.id, ()), given_now=look.waives)
    waived = standing_waivers(waivers, faults)
    return Judged(
        order=order,
        case=case,
        faults=faults,
        net=_net(case),
        gross=_gross(order, case, facts),
        verdict=verdict(faults, waived=waived, rules=rules),
        waivers=waivers,
    )


def _net(case: OrderCase) -> Decimal | None:
    total = ZERO
    for line in case.lines:
        if line.price.net is None:
            return None
        total += line.price.net
    return total


def _gross(order: WaitingOrder, case: OrderCase, facts: BatchFacts) -> Decimal | None:
    """Return the order with tax, None where a price, product or customer is missing."""
    customer = facts.customers.get(order.customer_code)
    lines = [
        (line.price.net, facts.products[line.product_code].tax_class)
        for line in case.lines
        if line.price.net is not None and line.product is not None
    ]
    if customer is None or len(lines) < len(case.lines):
        return None
    category = facts.taxes.category_of(customer, country=order.ship_to_country)
    return facts.taxes.gross_of(
        lines,
        customer_category=category,
        currency=order.currency,
        charges=order.charged,
        conditions=facts.taxes.conditions_of(customer, currency=order.currency),
    )


def _count(one: Judged, result: BatchResult) -> None:
    if one.order.state == one.verdict.state:
        result.skipped["still held"] += 1
    else:
        result.done[str(one.verdict.state)] += 1
