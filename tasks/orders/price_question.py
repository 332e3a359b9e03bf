"""What does a customer pay for a product: the question that the price rule answers?"""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from adv_domain.rules.orders.price_explanation import Explanation, explained_price
from adv_domain.rules.orders.pricing import Wanted
from adv_domain.store.company import COMPANY_ID
from adv_domain.store.orders.agreements import (
    CustomerTerms,
    ProductTerms,
    read_customers,
    read_products,
)
from adv_domain.store.orders.price_rows import PriceQuestion, read_price_book


class NotInMasterData(LookupError):
    """A customer or product that nobody knows has no price."""

    def __init__(self, *, kind: str, code: str) -> None:
        super().__init__(
            f"there is no {kind} {code!r} in the master data; correct the code, or "
            f"import the {kind} first"
        )
        self.code = code


def wanted_of(
    customer: CustomerTerms,
    product: ProductTerms,
    *,
    qty: Decimal,
    currency: str,
    on: date,
) -> Wanted:
    """Ask for the product as this customer buys it: by his group and price list."""
    return Wanted(
        customer.code,
        customer.price_list,
        product.code,
        currency,
        qty,
        on,
        customer.customer_group,
        product.category,
    )


def explained(
    connection: Connection,
    *,
    customer_code: str,
    product_code: str,
    qty: Decimal,
    on: date,
    currency: str | None = None,
) -> tuple[Wanted, Explanation]:
    """Decide a price as for an order of that day, and tell what was looked at for it.

    Without a currency it is the customer's. Raises NotInMasterData.
    """
    customers = read_customers(connection, company_id=COMPANY_ID, codes=[customer_code])
    if customer_code not in customers:
        raise NotInMasterData(kind="customer", code=customer_code)
    products = read_products(connection, [product_code])
    if product_code not in products:
        raise NotInMasterData(kind="product", code=product_code)
    customer, product = customers[customer_code], products[product_code]
    question = PriceQuestion(
        bought={customer_code: [product_code]},
        customers=customers,
        products=products,
        since=date.min,
        until=date.max,
    )
    wanted = wanted_of(
        customer, product, qty=qty, currency=currency or customer.currency, on=on
    )
    return wanted, explained_price(read_price_book(connection, question), wanted)
