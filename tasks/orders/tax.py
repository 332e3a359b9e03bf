"""What does an order come to with tax, before it is invoiced?

Credit counts each euro once: an order must weigh what its invoice will. Where no
rate is known the order counts net; invoicing says what is missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.billing.posting import tax_category_of
from adv_domain.rules.money import ZERO
from adv_domain.store.billing.posting import read_company, read_tax_rates
from adv_domain.store.company import COMPANY_ID

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class TaxBasis:
    """The company's rates of one day, by category."""

    rates: Mapping[str, Decimal]

    def gross(
        self, net: Decimal, *, customer_category: str, product_class: str
    ) -> Decimal:
        """Return the amount with tax, unrounded."""
        category = tax_category_of(
            customer_category=customer_category, product_class=product_class
        )
        return net * (_ONE + self.rates.get(category, ZERO))

    def gross_of(
        self, lines: Iterable[tuple[Decimal, str]], *, customer_category: str
    ) -> Decimal:
        """Return the sum with tax of net amounts and product classes, unrounded."""
        return sum(
            (
                self.gross(
                    net,
                    customer_category=customer_category,
                    product_class=product_class,
                )
                for net, product_class in lines
            ),
            ZERO,
        )


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
