"""What was entered wrongly in this order?"""

from typing import Annotated

from prefect.client.schemas.objects import State
from pydantic import Field

from flows.actions.form import By, OrderName, Reason, action, done
from flows.form_fields import BusinessDate
from flows.held_orders import publish_held_orders
from flows.run_date import resolved
from tasks.orders.acts.correct import correct_order as correct

LineNo = Annotated[
    int, Field(ge=0, description="The line to correct; 0: none, the order itself.")
]
Product = Annotated[str, Field(description="The line's product code.")]
Quantity = Annotated[str, Field(description="The line's quantity, such as 12.5.")]
Unit = Annotated[str, Field(description="The line's unit.")]
Price = Annotated[
    str, Field(description="The line's price, such as 12.50; agreed: the agreed one.")
]
Discount = Annotated[str, Field(description="The line's discount in per cent.")]
RequestedOn = Annotated[
    str, Field(description="Day such as 2026-11-23, of the line or of the whole order.")
]
Customer = Annotated[str, Field(description="Code of the customer who ordered.")]
Reference = Annotated[str, Field(description="The customer's reference.")]
OrderedOn = Annotated[str, Field(description="Day on which it was ordered.")]
Currency = Annotated[str, Field(description="Currency, such as EUR.")]
Terms = Annotated[str, Field(description="Code of the payment terms.")]
BuyerReference = Annotated[
    str, Field(description="Buyer reference or routing id of a public body.")
]
ShipToName = Annotated[str, Field(description="Who receives the goods.")]
Address = Annotated[str, Field(description="Street and number of the delivery.")]
PostalCode = Annotated[str, Field(description="Postal code of the delivery.")]
City = Annotated[str, Field(description="City of the delivery.")]
Country = Annotated[str, Field(description="Country of the delivery, such as ES.")]


@action("correct-order", run_name="correct {order}")
def correct_order(  # noqa: PLR0913, PLR0917  # a form has a field for each thing to correct
    order: OrderName,
    by: By,
    reason: Reason,
    line: LineNo = 0,
    product: Product = "",
    quantity: Quantity = "",
    unit: Unit = "",
    price: Price = "",
    discount: Discount = "",
    requested_on: RequestedOn = "",
    customer: Customer = "",
    reference: Reference = "",
    ordered_on: OrderedOn = "",
    currency: Currency = "",
    payment_terms: Terms = "",
    buyer_reference: BuyerReference = "",
    ship_to_name: ShipToName = "",
    address: Address = "",
    postal_code: PostalCode = "",
    city: City = "",
    country: Country = "",
    business_date: BusinessDate = None,
) -> State:
    """Correct what was entered wrongly; the order is checked anew.

    An empty field stays as it is. Old and new values go on record, and what was
    wrong still counts as an error of order entry.
    """
    texts = {
        "product": product,
        "quantity": quantity,
        "unit": unit,
        "price": price,
        "discount": discount,
        "requested_on": requested_on,
        "customer": customer,
        "reference": reference,
        "ordered_on": ordered_on,
        "currency": currency,
        "payment_terms": payment_terms,
        "buyer_reference": buyer_reference,
        "ship_to_name": ship_to_name,
        "address": address,
        "postal_code": postal_code,
        "city": city,
        "country": country,
    }
    decided = correct(
        texts,
        name=order,
        by=by,
        reason=reason,
        on=resolved(business_date),
        line_no=line or None,
    )
    publish_held_orders()
    waits = f", waits for {decided.waits_for}" if decided.waits_for else ""
    return done(f"order {decided.order_no} is {decided.state}{waits}")
