"""Where does each customer of a batch stand against his credit limit?"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.exchange import (
    Conversion,
    ExchangeRates,
    NoExchangeRate,
    conversion,
)
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.exposure import (
    CreditPosition,
    CreditRules,
    Exposure,
    PrepaidOrder,
)
from adv_domain.rules.orders.order_exposure import order_exposure
from adv_domain.rules.orders.states import OrderState
from adv_domain.store.exchange import read_exchange_rates
from adv_domain.store.orders.agreements import CustomerTerms
from adv_domain.store.orders.exposure import Owed, Standings, read_standings
from tasks.orders.policy import credit_rules
from tasks.orders.tax import TaxBasis


def limit_of(customer: CustomerTerms, *, policy: Policy) -> tuple[Decimal | None, str]:
    """Return the customer's limit in his currency, else the policy's in the company's.

    None is unlimited.
    """
    if customer.credit_limit is not None:
        return customer.credit_limit, customer.currency
    if policy.credit.default_limit is not None:
        return policy.credit.default_limit, policy.company.currency
    return None, customer.currency


def read_positions(
    connection: Connection,
    customers: Collection[CustomerTerms],
    *,
    policy: Policy,
    taxes: TaxBasis,
    on: date,
    order_currencies: Collection[str] = (),
) -> dict[int, CreditPosition]:
    """Read where the customers stand on the day, in a constant number of statements.

    order_currencies are those of orders that are to be held against the positions.
    """
    standings = read_standings(connection, [one.id for one in customers])
    known = {one.id: one for one in customers}
    stands = _by_customer(standings, taxes, known, credit_rules(policy))
    limits = {one.id: limit_of(one, policy=policy) for one in customers}
    told = {currency for _, currency in limits.values()}
    met = {currency for one in stands.values() for currency in one}
    currencies = told | met | set(order_currencies)
    factors: dict[str, Mapping[str, Conversion]] = {one: {} for one in told}
    if len(currencies) > 1:
        rates = read_exchange_rates(connection, currencies=currencies, on=on)
        factors = {one: _conversions(currencies, one, rates, on) for one in told}
    return {
        one.id: CreditPosition(
            limit=limit,
            currency=currency,
            expires_on=one.credit_limit_until,
            stands=stands.get(one.id, {}),
            conversions=factors[currency],
        )
        for one in customers
        for limit, currency in (limits[one.id],)
    }


def _conversions(
    currencies: Iterable[str], target: str, rates: ExchangeRates, on: date
) -> dict[str, Conversion]:
    found = {}
    for source in currencies:
        if source != target:
            try:
                found[source] = conversion(source, target, on=on, rates=rates)
            except NoExchangeRate:
                continue
    return found


def _by_customer(
    standings: Standings,
    taxes: TaxBasis,
    customers: Mapping[int, CustomerTerms],
    rules: CreditRules,
) -> dict[int, dict[str, Exposure]]:
    """Add up what stands, by customer and currency."""
    sums: defaultdict[tuple[int, str], Exposure] = defaultdict(Exposure)
    for customer_id, currency, amount in standings.untouched:
        sums[customer_id, currency] += Exposure(accepted_orders=amount)
    for customer_id, currency, amount in standings.open_items:
        sums[customer_id, currency] += Exposure(open_items=amount)
    for customer_id, currency, amount in standings.unapplied:
        sums[customer_id, currency] += Exposure(unapplied=amount)
    invoiced = {one.order_id: one for one in standings.prepaid}
    for order in standings.looked_at:
        who = customers[order.customer_id]
        category = taxes.category_of(who, country=order.ship_to_country)
        stands = order_exposure(
            [line._replace(customer_category=category) for line in order.lines],
            rates=taxes.rates,
            currency=order.currency,
            is_cancelled=order.state == OrderState.CANCELLED,
            charges=standings.charges_left.get(order.id, ZERO),
            conditions=taxes.conditions_of(who, currency=order.currency),
        )
        key = order.customer_id, order.currency
        sums[key] += stands
        if order.prepaid:
            cover = _cover(order.prepaid, stands, invoiced.pop(order.id, None), rules)
            sums[key] += Exposure(prepaid=cover)
    for owed in invoiced.values():
        cover = _cover(owed.prepaid, Exposure(), owed, rules)
        sums[owed.customer_id, owed.currency] += Exposure(prepaid=cover)
    found: defaultdict[int, dict[str, Exposure]] = defaultdict(dict)
    for (customer_id, currency), stands in sums.items():
        found[customer_id][currency] = stands
    return found


def _cover(
    prepaid: Decimal, stands: Exposure, invoiced: Owed | None, rules: CreditRules
) -> Decimal:
    """Return what an advance still covers of its order and of the order's invoices."""
    if invoiced is not None:
        stands += Exposure(open_items=invoiced.open_amount)
    settled = ZERO if invoiced is None else invoiced.settled
    return PrepaidOrder(prepaid, settled, stands).cover(rules)
