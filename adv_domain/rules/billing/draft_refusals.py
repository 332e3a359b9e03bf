"""Why can an order not be invoiced as it stands, and what mends that?"""

from decimal import Decimal

from adv_domain.rules.billing.posting import BillableOrder
from adv_domain.rules.exchange import NoExchangeRate
from adv_domain.rules.plain_numbers import percentage


class NothingBillable(ValueError):
    """The order is marked for invoicing but nothing of it is billable."""

    def __init__(self, order_no: str) -> None:
        super().__init__(
            f"order {order_no} waits for its invoice but no delivered quantity is "
            "unbilled; look at it with: adv order"
        )


class PriceUnknown(ValueError):
    """A line has no agreed price."""

    def __init__(self, *, order_no: str, product_code: str) -> None:
        super().__init__(
            f"order {order_no}: product {product_code} has no agreed price; "
            "release the order with a price, then run invoicing again"
        )


class ChargeTaxUnknown(ValueError):
    """An order's charge states a tax rate that the company does not know."""

    def __init__(self, order: BillableOrder, *, charge: str, rate: Decimal) -> None:
        super().__init__(
            f"order {order.order_no}: {charge or 'its charge'} states a tax of "
            f"{percentage(rate)} %, which no tax rate has on "
            f"{order.supplied_on}; enter the rate with adv import tax_rates FILE, then "
            "run invoicing again"
        )


class CompanyTaxUnknown(LookupError):
    """The tax must be stated in the company's currency and no rate is known."""

    def __init__(self, name: str, error: NoExchangeRate) -> None:
        super().__init__(
            f"{name}: its tax must be stated in {error.target} too, and there is no "
            f"exchange rate from {error.source} to {error.target} on {error.on}; enter "
            "it with adv import exchange_rates FILE, then run invoicing again"
        )


class BuyerVatIdMissing(ValueError):
    """The buyer owes the tax or is exempt by his VAT id, and has none."""

    def __init__(self, order: BillableOrder, category: str) -> None:
        super().__init__(
            f"order {order.order_no}: {category.replace('_', ' ')} needs the VAT id of "
            f"customer {order.customer_code}; enter his vat_id, or correct his "
            "tax_category, then run invoicing again"
        )


class NegativeTotal(ValueError):
    """What is billed comes to less than nothing: that would be no invoice."""

    def __init__(self, order: BillableOrder, gross: Decimal) -> None:
        super().__init__(
            f"order {order.order_no}: its invoice would come to {gross:f} "
            f"{order.currency}, because allowances take off more than was delivered, "
            "and an invoice below zero is not lawful; nothing is invoiced until more "
            "is delivered. If nothing more comes, give the customer what he is "
            "still due with adv credit-note on an earlier invoice"
        )
