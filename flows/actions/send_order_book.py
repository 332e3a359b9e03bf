"""Shall a customer get the book of his open orders now?"""

from typing import Annotated

from prefect.client.schemas.objects import State
from pydantic import Field

from flows.actions.form import By, CustomerCode, Reason, action, done
from flows.form_fields import BusinessDate
from flows.run_date import resolved
from tasks.stock.order_book_request import send_order_book as send

ToAddress = Annotated[
    str, Field(description="Mail address; empty: the customer's own.")
]


@action("send-order-book", run_name="order book of {customer}")
def send_order_book(
    customer: CustomerCode,
    by: By,
    reason: Reason,
    to_address: ToAddress = "",
    business_date: BusinessDate = None,
) -> State:
    """Send a customer the book of his open orders: every open line, with a CSV.

    The same book to the same address on the same day is queued once.
    """
    sent = send(
        customer,
        to_address=to_address.strip(),
        by=by,
        reason=reason,
        on=resolved(business_date),
    )
    return done(sent.message)
