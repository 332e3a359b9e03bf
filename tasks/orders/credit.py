"""Where does each customer of a batch stand against his credit limit?"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.rules.exchange import (
    ExchangeRates,
    NoExchangeRate,
    converted,
    exchange_rates,
)
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.rules.orders.credit import CreditPosition
from adv_domain.store.orders.agreements import CustomerTerms
from adv_domain.store.orders.exposure import (
    Standing,
    Standings,
    read_exchange_rates,
    read_standings,
)
from tasks.orders.tax import TaxBasis, read_tax_basis

_CLASSES = ("open_items", "unapplied", "unbilled", "accepted_orders")


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """Positions by customer, and the rates that turn an order into their currency."""

    positions: dict[int, CreditPosition]
    rates: ExchangeRates
    on: date


def limit_of(customer: CustomerTerms, *, policy: Policy) -> Decimal | None:
    """Return the customer's limit, else the policy's; None is unlimited."""
    if customer.credit_limit is None:
        return policy.credit.default_limit
    return customer.credit_limit


def read_credit(
    connection: Connection,
    customers: Collection[CustomerTerms],
    *,
    policy: Policy,
    on: date,
    order_currencies: Collection[str] = (),
) -> CreditFacts:
    """Read where the customers stand on the day, in a constant number of statements."""
    standings = read_standings(connection, [one.id for one in customers])
    taxes = read_tax_basis(connection, on=on)
    currencies = {one.currency for one in customers} | set(order_currencies)
    currencies |= {each.currency for _, each in _each(standings)}
    rates = exchange_rates(())
    if len(currencies) > 1:
        rates = read_exchange_rates(connection, currencies=sorted(currencies), on=on)
    by_customer: dict[int, list[tuple[str, Standing]]] = {}
    for name, standing in _each(standings):
        counted = (name, _with_tax(standing, taxes))
        by_customer.setdefault(standing.customer_id, []).append(counted)
    positions = {
        one.id: _position(
            one,
            by_customer.get(one.id, []),
            limit=limit_of(one, policy=policy),
            rates=rates,
            on=on,
        )
        for one in customers
    }
    return CreditFacts(positions=positions, rates=rates, on=on)


def in_currency_of(
    amount: Decimal | None, *, source: str, customer: CustomerTerms, facts: CreditFacts
) -> Decimal | None:
    """Tell an amount in the customer's currency, None where no rate is known."""
    if amount is None:
        return None
    try:
        return converted(
            amount,
            source=source,
            target=customer.currency,
            on=facts.on,
            rates=facts.rates,
        )
    except NoExchangeRate:
        return None


def _each(standings: Standings) -> Iterator[tuple[str, Standing]]:
    for name in _CLASSES:
        for standing in getattr(standings, name):
            yield name, standing


def _with_tax(standing: Standing, taxes: TaxBasis) -> Standing:
    if not standing.product_class:
        return standing
    gross = taxes.gross(
        standing.amount,
        customer_category=standing.customer_category,
        product_class=standing.product_class,
    )
    return standing._replace(amount=rounded_to_minor(gross, standing.currency))


def _position(
    customer: CustomerTerms,
    standings: Iterable[tuple[str, Standing]],
    *,
    limit: Decimal | None,
    rates: ExchangeRates,
    on: date,
) -> CreditPosition:
    sums = dict.fromkeys(_CLASSES, ZERO)
    unknown = ""
    for name, standing in standings:
        try:
            sums[name] += converted(
                standing.amount,
                source=standing.currency,
                target=customer.currency,
                on=on,
                rates=rates,
            )
        except NoExchangeRate as error:
            unknown = str(error)
    return CreditPosition(
        limit=limit,
        currency=customer.currency,
        expires_on=customer.credit_limit_until,
        unknown=unknown,
        **sums,
    )
