"""What does an order come to with tax, before it is invoiced?

Credit counts each euro once: an order weighs what its invoice will. Where no rate is
known the order counts net; invoicing says what is missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.billing.invoicing import gross_of
from adv_domain.rules.billing.posting import tax_category_of
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.order_case import Taxed
from adv_domain.rules.tax import TaxRate
from adv_domain.store.billing.posting import read_company, read_tax_rates
from adv_domain.store.company import COMPANY_ID

# UNCL 5305, as on e-invoices
_INTRA_COMMUNITY = "K"


@dataclass(frozen=True, slots=True)
class TaxBasis:
    """The company's rates of one day, by category, and those of all days.

    intra_community are the categories of sales to other member states of the EU.
    """

    territory: str
    rates: Mapping[str, Decimal]
    dated: tuple[TaxRate, ...]
    intra_community: frozenset[str]

    def taxed(self, on: date) -> Taxed:
        """Return the categories that have a rate on a day."""
        held = (rate.category for rate in self.dated if _holds(rate, on))
        return Taxed(self.territory, frozenset(held))

    def gross_of(
        self,
        lines: Iterable[tuple[Decimal, str]],
        *,
        customer_category: str,
        currency: str,
    ) -> Decimal:
        """Return what one invoice of the lines, net and product class, comes to."""
        bases: dict[str, Decimal] = {}
        for net, product_class in lines:
            category = tax_category_of(
                customer_category=customer_category, product_class=product_class
            )
            bases[category] = bases.get(category, ZERO) + net
        return gross_of(bases, self.rates, currency)


def read_tax_basis(connection: Connection, *, on: date) -> TaxBasis:
    """Read the rates in force in the company's territory, in two statements."""
    territory = read_company(connection, COMPANY_ID).tax_territory
    rates = [rate for rate in read_tax_rates(connection) if rate.territory == territory]
    return TaxBasis(
        territory=territory,
        rates={rate.category: rate.rate for rate in rates if _holds(rate, on)},
        dated=tuple(rates),
        intra_community=frozenset(
            rate.category for rate in rates if rate.meaning.vat_code == _INTRA_COMMUNITY
        ),
    )


def _holds(rate: TaxRate, on: date) -> bool:
    return rate.valid_from <= on and (rate.valid_to is None or on < rate.valid_to)
