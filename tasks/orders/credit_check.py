"""Which orders of a batch go beyond their customer's credit?"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from adv_domain.rules.faults import OrderFault, order_fault
from adv_domain.rules.orders.credit import (
    CreditClaim,
    CreditDecision,
    credit_decisions,
)
from adv_domain.rules.orders.rule_settings import (
    BLOCK,
    CREDIT_LIMIT,
    OFF,
    OLD_RATE,
    REJECT,
    ValidationRules,
)
from adv_domain.rules.orders.states import OrderState
from adv_domain.rules.orders.validation import verdict
from tasks.orders.cases import BatchFacts
from tasks.orders.credit import limit_of, read_positions
from tasks.orders.policy import credit_rules
from tasks.orders.record import Judged, Look


def check_credit(
    connection: Connection,
    judged: Sequence[Judged],
    facts: BatchFacts,
    rules: ValidationRules,
    look: Look,
) -> None:
    """Look at the orders of customers with a limit in turn; add what is wrong."""
    limited = {
        code: one
        for code, one in facts.customers.items()
        if limit_of(one, policy=look.policy)[0] is not None
    }
    asking = [one for one in judged if one.order.customer_code in limited]
    if rules.settings[CREDIT_LIMIT].severity == OFF or not asking:
        return
    positions = read_positions(
        connection,
        list(limited.values()),
        policy=look.policy,
        taxes=facts.taxes,
        on=look.on,
        order_currencies={one.order.currency for one in asking},
    )
    holds = rules.settings[CREDIT_LIMIT].severity in {BLOCK, REJECT}
    decisions = credit_decisions(
        [
            _claim(one, limited[one.order.customer_code].id, holds=holds)
            for one in asking
        ],
        positions=positions,
        rules=credit_rules(look.policy),
        on=look.on,
    )
    for one in asking:
        _note(one, decisions[one.order.id], rules, look)


def _claim(one: Judged, customer_id: int, *, holds: bool) -> CreditClaim:
    return CreditClaim(
        order_id=one.order.id,
        customer_id=customer_id,
        currency=one.order.currency,
        amount=one.gross,
        prepaid=one.order.prepaid,
        consumes=one.verdict.state is OrderState.ACCEPTED,
        waiver=next((each for each in one.waivers if each.code == CREDIT_LIMIT), None),
        goes_ahead=not holds,
    )


def _note(
    one: Judged, decision: CreditDecision, rules: ValidationRules, look: Look
) -> None:
    found = list(_old_rates(decision, rules, look))
    if decision.fault is not None:
        found.append(decision.fault)
    if found:
        one.faults.extend(found)
        one.verdict = verdict(one.faults, waived=one.waived, rules=rules)


def _old_rates(
    decision: CreditDecision, rules: ValidationRules, look: Look
) -> Iterator[OrderFault]:
    """Tell of the oldest rate that the answer hangs on, where it is too old."""
    most = look.policy.credit.rate_age_days
    if not decision.foreign or rules.settings[OLD_RATE].severity == OFF:
        return
    currency, oldest = min(
        decision.foreign.items(), key=lambda each: (each[1].dated_on, each[0])
    )
    if (look.on - oldest.dated_on).days > most:
        yield order_fault(
            OLD_RATE,
            "currency",
            currency=oldest.target,
            foreign_currency=currency,
            rate=oldest.rate,
            rate_on=oldest.dated_on,
            days=most,
        )
