"""Which customers of a batch owe too much for too long, or were reminded too often?"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.exchange import Conversion, NoExchangeRate, conversion
from adv_domain.rules.orders.arrears import Arrears
from adv_domain.rules.orders.rule_settings import DUNNED, OFF, OVERDUE, ValidationRules
from adv_domain.store.exchange import read_exchange_rates
from adv_domain.store.orders.arrears import ArrearsQuestion, read_arrears


def arrears_of(
    connection: Connection,
    customer_ids: Collection[int],
    *,
    policy: Policy,
    rules: ValidationRules,
    on: date,
) -> dict[int, Arrears]:
    """Read the arrears of the customers who have any, where a rule looks at them."""
    watched = {
        OVERDUE: rules.arrears.overdue_days,
        DUNNED: rules.arrears.dunned_from_level,
    }
    if all(
        rules.settings[code].severity == OFF or since is None
        for code, since in watched.items()
    ):
        return {}
    found = read_arrears(connection, customer_ids, _question(policy, rules, on=on))
    currencies = {part.currency for one in found.values() for part in one.past_due}
    conversions = _conversions(
        connection, currencies, target=policy.company.currency, on=on
    )
    return {
        customer_id: Arrears(tuple(one.past_due), one.unused, conversions)
        for customer_id, one in found.items()
    }


def _question(policy: Policy, rules: ValidationRules, *, on: date) -> ArrearsQuestion:
    grace = timedelta(days=policy.payments.promise_grace_days)
    return ArrearsQuestion(
        on=on,
        overdue_before=on - timedelta(days=rules.arrears.overdue_days or 0),
        promised_since=None if policy.credit.count_promised else on - grace,
    )


def _conversions(
    connection: Connection, currencies: Collection[str], *, target: str, on: date
) -> Mapping[str, Conversion]:
    foreign = set(currencies) - {target}
    if not foreign:
        return {}
    rates = read_exchange_rates(connection, currencies=foreign | {target}, on=on)
    known = {}
    for source in foreign:
        try:
            known[source] = conversion(source, target, on=on, rates=rates)
        except NoExchangeRate:
            continue
    return known
