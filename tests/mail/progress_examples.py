"""One example of every mail about an order under way."""

from datetime import date
from decimal import Decimal
from typing import Any

from adv_domain.mail.cancellation_view import CancelledLine, cancellation_view
from adv_domain.mail.confirmation_view import (
    Confirmation,
    ConfirmedCharge,
    ConfirmedLine,
    Remark,
    confirmation_view,
)
from adv_domain.mail.order_views import OrderHead
from adv_domain.mail.progress_views import MovedLine, MovedOrder, dates_view
from adv_domain.mail.shipment_view import (
    RestLine,
    Shipped,
    ShippedLine,
    ShippedNote,
    shipment_view,
)
from adv_domain.mail.views import Letterhead
from adv_domain.rules.money import Money

PROGRESS = (
    "delay_notice",
    "back_on_time",
    "order_confirmation",
    "shipment",
    "part_shipment",
    "cancellation",
)
HEAD = OrderHead(order_no="O-2026-00088", customer_reference="PO-4471")
SECOND = OrderHead(order_no="O-2026-00093")
BOLTS = {"product": "Q-17", "description": "Hex bolts M8, box <50>"}
NUTS = {"product": "Q-18", "description": ""}
CONTACT = "Marta Ibáñez, order desk"


def progress_context(kind: str, letterhead: Letterhead) -> dict[str, Any]:
    """Return the example context of a template."""
    if kind == "delay_notice":
        orders = (
            MovedOrder(HEAD, (_late(), _silent())),
            MovedOrder(SECOND, (_late(),)),
        )
        return dates_view(orders, letterhead=letterhead, contact_name=CONTACT)
    if kind == "back_on_time":
        back = MovedLine(**BOLTS, **_qty("4", "kg"), **_days(19, 9))
        orders = (MovedOrder(HEAD, (back,)),)
        return dates_view(orders, letterhead=letterhead, contact_name=CONTACT)
    if kind == "order_confirmation":
        return confirmation_view(
            a_confirmation(), order=HEAD, letterhead=letterhead, contact_name=CONTACT
        )
    if kind == "cancellation":
        return cancellation_view(
            (
                CancelledLine(**BOLTS, **_qty("2.5", "kg")),
                CancelledLine(**NUTS, **_qty("3")),
            ),
            has_rest=True,
            order=HEAD,
            letterhead=letterhead,
            contact_name=CONTACT,
        )
    return shipment_view(
        _shipped(with_rest=kind == "part_shipment"),
        order=HEAD,
        letterhead=letterhead,
        contact_name=CONTACT,
    )


def a_confirmation(**changes: Any) -> Confirmation:
    values: dict[str, Any] = {
        "ordered_on": date(2026, 3, 2),
        "net_total": Money(Decimal(15200), "JPY"),
        "payment_terms": "30 d",
        "awaits_payment": True,
        "lines": (
            ConfirmedLine(
                **BOLTS,
                **_qty("10", "m"),
                price=Money(Decimal("1500.25"), "JPY"),
                amount=Money(Decimal(15000), "JPY"),
                delivery_on=date(2026, 3, 9),
                wished_on=date(2026, 3, 5),
            ),
            ConfirmedLine(
                **NUTS,
                **_qty("1"),
                price=Money(Decimal(0), "JPY"),
                amount=Money(Decimal(0), "JPY"),
                delivery_on=None,
            ),
        ),
        "charges": (
            ConfirmedCharge("Discount", Money(Decimal(-300), "JPY"), Decimal("0.02")),
            ConfirmedCharge("Freight <express>", Money(Decimal(500), "JPY")),
        ),
        "remarks": (Remark(1, "Ask <b>first</b>"), Remark(0, "As agreed")),
    }
    return Confirmation(**values | changes)


def _shipped(*, with_rest: bool) -> Shipped:
    rest = (
        RestLine(**BOLTS, **_qty("2", "kg"), expected_on=date(2026, 3, 19)),
        RestLine(**NUTS, **_qty("7"), expected_on=None),
    )
    return Shipped(
        notes=(
            ShippedNote("DN-7", date(2026, 3, 12), "Transvia", "1Z 999"),
            ShippedNote("DN-8", date(2026, 3, 12)),
        ),
        lines=(
            ShippedLine(**BOLTS, **_qty("8"), late_from=date(2026, 3, 9)),
            ShippedLine(**NUTS, **_qty("0.5", "kg")),
        ),
        rest=rest if with_rest else (),
    )


def _late() -> MovedLine:
    why = "Rupture chez le fournisseur"
    return MovedLine(**BOLTS, **_qty("12.5", "m²"), **_days(9, 19), reason=why)


def _silent() -> MovedLine:
    return MovedLine(**NUTS, **_qty("3"), known_on=date(2026, 3, 9), new_on=None)


def _qty(qty: str, unit: str = "") -> dict[str, Any]:
    return {"qty": Decimal(qty), "unit": unit}


def _days(known: int, new: int) -> dict[str, Any]:
    return {"known_on": date(2026, 3, known), "new_on": date(2026, 3, new)}
