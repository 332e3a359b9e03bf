"""By which rates and conditions do the amounts of a batch's documents come about?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from adv_domain.policies import Policy
from adv_domain.policy_amounts import conditions_of
from adv_domain.rules.billing.charges import DocumentConditions
from adv_domain.rules.billing.drafting import TaxBook
from adv_domain.rules.billing.posting import BillableOrder
from adv_domain.rules.billing.supplies import Seller
from adv_domain.rules.exchange import ExchangeRates, exchange_rates
from adv_domain.rules.tax import tax_table
from adv_domain.store.billing.posting import read_tax_rates
from adv_domain.store.exchange import read_rates_between
from tasks.resources import resources


@dataclass(frozen=True, slots=True)
class AmountRules:
    """What a batch looks up for its amounts, read once."""

    policy: Policy
    taxes: TaxBook
    exchange: ExchangeRates
    known: dict[tuple[int, str], DocumentConditions] = field(default_factory=dict)

    def conditions_of(self, order: BillableOrder) -> DocumentConditions:
        """Return what the policy has decided for the customer's documents."""
        key = (order.customer_id, order.currency)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = conditions_of(
                self.policy.amounts,
                customer_code=order.customer_code,
                group=order.customer_group,
                currency=order.currency,
                company_currency=self.policy.company.currency,
            )
        return found


def seller_of(policy: Policy, company: Row[Any]) -> Seller:
    """Return where the company sells from, and what it has decided about tax."""
    return Seller(
        company.tax_territory,
        policy.amounts.tax_decided_by,
        policy.amounts.distance_sales,
    )


def read_amount_rules(
    connection: Connection, orders: Sequence[BillableOrder], *, company: Row[Any]
) -> AmountRules:
    """Read tax rates, and exchange rates where a document is in a foreign currency."""
    policy = resources().policy
    foreign = [one for one in orders if one.currency != company.currency]
    exchange = exchange_rates(())
    if foreign:
        days = [one.supplied_on for one in foreign]
        exchange = read_rates_between(
            connection,
            currencies={company.currency, *(one.currency for one in foreign)},
            first=min(days),
            last=max(days),
        )
    taxes = TaxBook(
        rates=tax_table(read_tax_rates(connection)), seller=seller_of(policy, company)
    )
    return AmountRules(policy, taxes, exchange)
