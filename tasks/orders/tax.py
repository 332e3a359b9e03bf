"""What does an order come to with tax, before it is invoiced?

Credit counts each euro once: an order weighs what its invoice will. Where no rate is
known the order counts net; invoicing says what is missing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.policies import Policy
from adv_domain.policy_amounts import conditions_of
from adv_domain.rules.billing.charges import PLAIN, DocumentConditions
from adv_domain.rules.billing.supplies import (
    Place,
    Seller,
    customers_category,
    tax_category_of,
    with_surcharge,
)
from adv_domain.rules.billing.weighing import StandsOn, charges_of, weight_of
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.order_case import Taxed
from adv_domain.rules.tax import TaxRate
from adv_domain.store.billing.posting import read_company, read_tax_rates
from adv_domain.store.billing.taxed_buyers import buyer_as_given, taxed_buyer
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.orders.agreements import CustomerTerms
from tasks.billing.amounts import seller_of
from tasks.resources import resources

# UNCL 5305, as on e-invoices
_INTRA_COMMUNITY = "K"


@dataclass(frozen=True, slots=True)
class TaxBasis:
    """The company's rates of one day, by category, and those of all days.

    A category with the surcharge beside it has a rate of its own. intra_community are
    the categories of sales to other member states of the EU.
    """

    seller: Seller
    rates: Mapping[str, Decimal]
    dated: tuple[TaxRate, ...]
    intra_community: frozenset[str]
    policy: Policy
    known: dict[tuple[int, str], DocumentConditions] = field(default_factory=dict)

    def conditions_of(
        self, customer: CustomerTerms, *, currency: str
    ) -> DocumentConditions:
        """Return what the policy takes off and puts on the customer's documents."""
        key = (customer.id, currency)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = conditions_of(
                self.policy.amounts,
                customer_code=customer.code,
                group=customer.customer_group,
                currency=currency,
                company_currency=self.policy.company.currency,
            )
        return found

    def taxed(self, on: date) -> Taxed:
        """Return the categories that have a rate on a day."""
        held = (name for name, _ in _of_day(self.dated, on))
        return Taxed(self.seller.territory, frozenset(held))

    def category_of(
        self, customer: CustomerTerms, *, country: str | None = None
    ) -> str:
        """Return the tax category of goods for a customer, sent to a country or him."""
        place = Place(country) if country else None
        return customers_category(self.seller, taxed_buyer(customer), place=place)

    def lacks_tax(self, customer: CustomerTerms) -> bool:
        """Tell whether goods are sold to him without tax if his VAT id is right."""
        given = buyer_as_given(customer)
        found = customers_category(self.seller, given, place=None)
        return found in self.intra_community

    def gross_of(
        self,
        lines: Iterable[tuple[Decimal, str]],
        *,
        customer_category: str,
        currency: str,
        charges: Decimal = ZERO,
        conditions: DocumentConditions = PLAIN,
    ) -> Decimal:
        """Return what one invoice of the lines, net and product class, comes to.

        charges are those of the order, less its allowances.
        """
        return weight_of(
            _nets(lines, customer_category),
            rates=self.rates,
            currency=currency,
            charges=charges,
            customer_category=customer_category,
            conditions=conditions,
        )

    def charges_of(
        self,
        lines: Iterable[tuple[Decimal, str]],
        *,
        customer: CustomerTerms,
        country: str | None,
        currency: str,
        charges: Sequence[tuple[str, Decimal]],
    ) -> list[StandsOn]:
        """Return what stands on one invoice of the lines beside them, before tax."""
        category = self.category_of(customer, country=country)
        return charges_of(
            _nets(lines, category),
            rates=self.rates,
            currency=currency,
            charges=charges,
            customer_category=category,
            conditions=self.conditions_of(customer, currency=currency),
        )


def _nets(
    lines: Iterable[tuple[Decimal, str]], customer_category: str
) -> dict[str, list[Decimal]]:
    nets: dict[str, list[Decimal]] = {}
    for net, product_class in lines:
        category = tax_category_of(
            customer_category=customer_category, product_class=product_class
        )
        nets.setdefault(category, []).append(net)
    return nets


def read_tax_basis(connection: Connection, *, on: date) -> TaxBasis:
    """Read the rates in force in the company's territory, in two statements."""
    policy = resources().policy
    seller = seller_of(policy, read_company(connection, COMPANY_ID))
    rates = [
        rate
        for rate in read_tax_rates(connection)
        if rate.territory == seller.territory
    ]
    return TaxBasis(
        seller=seller,
        rates=dict(_of_day(rates, on)),
        dated=tuple(rates),
        intra_community=frozenset(
            rate.category for rate in rates if rate.meaning.vat_code == _INTRA_COMMUNITY
        ),
        policy=policy,
    )


def _of_day(rates: Iterable[TaxRate], on: date) -> Iterator[tuple[str, Decimal]]:
    """Yield the categories of a day with their rates, alone and with the surcharge."""
    for rate in rates:
        if rate.valid_from <= on and (rate.valid_to is None or on < rate.valid_to):
            yield rate.category, rate.rate
            if rate.surcharge_rate is not None or not rate.rate:
                surcharge = rate.surcharge_rate or ZERO
                yield with_surcharge(rate.category), rate.rate + surcharge
