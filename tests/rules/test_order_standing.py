"""Does an order say in one line what it waits for?"""

from datetime import date
from decimal import Decimal

import pytest

from adv_domain.rules.orders.standing import OrderStanding, why
from adv_domain.rules.orders.states import OrderState

TEN = Decimal(10)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (OrderStanding(OrderState.RECEIVED), "waits for the next validation run"),
        (
            OrderStanding(OrderState.HELD, held_for="sales", faults=["price"]),
            "waits for sales: price",
        ),
        (
            OrderStanding(OrderState.CANCELLED, last_reason="no money", ended_by="Ana"),
            "no money (by Ana)",
        ),
        (OrderStanding(OrderState.CANCELLED), "no reason on record"),
        (
            OrderStanding(
                OrderState.IN_FULFILMENT,
                qty=TEN,
                qty_shipped=Decimal(4),
                qty_invoiced=TEN,
                units=2,
            ),
            (
                "part of it was shipped, no date confirmed; goods invoiced before "
                "their delivery"
            ),
        ),
        (
            OrderStanding(
                OrderState.CLOSED,
                qty=TEN,
                qty_shipped=TEN,
                qty_invoiced=Decimal(8),
                qty_ignored=Decimal(2),
            ),
            "shipped and invoiced, nothing is left to do",
        ),
        (
            OrderStanding(OrderState.ACCEPTED, awaits_payment=True),
            "accepted; stock is told once it is paid",
        ),
        (
            OrderStanding(OrderState.ACCEPTED, warnings=["deadline", "price"]),
            "accepted; the next handoff run tells stock; warning: deadline, price",
        ),
        (
            OrderStanding(OrderState.HANDED_OFF),
            "stock knows it, nothing was shipped yet, no date confirmed",
        ),
        (
            OrderStanding(
                OrderState.IN_FULFILMENT,
                qty=TEN,
                qty_shipped=Decimal(4),
                qty_cancelled=Decimal(1),
                qty_invoiced=Decimal(4),
                confirmed_on=date(2026, 3, 1),
            ),
            "4 of 10 shipped, 5 to come, confirmed for 2026-03-01",
        ),
        (
            OrderStanding(OrderState.ACCEPTED, qty=TEN, bills_as_ordered=True),
            (
                "accepted; the next handoff run tells stock; 10 ordered and not "
                "invoiced: the next invoicing run bills it"
            ),
        ),
        (
            OrderStanding(
                OrderState.IN_FULFILMENT,
                qty=TEN,
                qty_shipped=Decimal(4),
                qty_invoiced=TEN,
                bills_as_ordered=True,
            ),
            (
                "4 of 10 shipped, 6 to come, no date confirmed; 6 invoiced before "
                "their delivery"
            ),
        ),
        (
            OrderStanding(
                OrderState.CLOSED,
                qty=TEN,
                qty_shipped=Decimal(4),
                qty_cancelled=Decimal(6),
                qty_invoiced=TEN,
                bills_as_ordered=True,
            ),
            (
                "shipped and invoiced, nothing is left to do; 6 invoiced that will "
                "not be delivered: a credit note is proposed (adv tasks)"
            ),
        ),
        (
            OrderStanding(
                OrderState.FULFILLED,
                qty=TEN,
                qty_shipped=TEN,
                set_aside=["invoicing: no tax rate (adv)"],
            ),
            (
                "all of it was shipped; 10 shipped and not invoiced: the next "
                "invoicing run bills it; set aside: invoicing: no tax rate (adv)"
            ),
        ),
    ],
)
def test_the_line_names_what_is_missing(order: OrderStanding, expected: str) -> None:
    assert why(order) == expected


def test_every_state_has_its_sentence() -> None:
    assert all(why(OrderStanding(state)) for state in OrderState)


def test_an_order_whose_message_has_not_arrived_is_not_called_known():
    order = OrderStanding(
        state=OrderState.HANDED_OFF, untold="stock did not take message S1/1"
    )
    assert why(order) == (
        "handed off, nothing was shipped yet, no date confirmed; stock did not take "
        "message S1/1"
    )
