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
from adv_domain.store.billing.posting import read_company, read_tax_rates
from adv_domain.store.company import COMPANY_ID


@dataclass(frozen=True, slots=True)
class TaxBasis:
    """The company's rates of one day, by category."""

    rates: Mapping[str, Decimal]

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
    rates, _ = read_tax_rates(connection)
    return TaxBasis(
        rates={
            rate.category: rate.rate
            for rate in rates
            if rate.territory == territory
            and rate.valid_from <= on
            and (rate.valid_to is None or on < rate.valid_to)
        }
    )
