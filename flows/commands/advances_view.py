"""What do `adv order`, `adv customer` and `adv invoice` tell of money paid ahead?"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adv_domain.rules.money import ZERO, plain_amount, rounded_to_minor

if TYPE_CHECKING:
    from adv_domain.store.advances.advance_story import AdvanceInvoice, OrderAdvances

_REQUEST_FIELDS = (
    "reference state currency asked_on due_on told_on path paid_on withdrawn_on reason"
).split()
_SUMS = ("asked", "held", "invoiced", "deducted", "left")


def advances_view(one: "OrderAdvances") -> dict[str, Any]:
    """Return the advances of an order; sums are with tax, deductions before it.

    asked is what is still to come, held what came and has no invoice yet.
    """
    currency = one.currency
    return {
        "order": one.order_no,
        "currency": currency,
        **{name: _told(getattr(one, name), currency) for name in _SUMS},
        "requests": [request_view(row) for row in one.requests],
        "payments": [
            {
                "payment": row.payment_id,
                "paid_on": row.paid_on,
                "amount": _told(row.amount, currency),
                "reference": row.reference,
                "invoice": row.invoice_no,
            }
            for row in one.payments
        ],
        "invoices": [_invoice(each, currency) for each in one.invoices],
    }


def request_view(row: Any) -> dict[str, Any]:
    """Return what was asked, and what came of it."""
    return {
        **{name: getattr(row, name) for name in _REQUEST_FIELDS},
        "amount": _told(row.amount, row.currency),
        "received": _told(row.received, row.currency),
        "percent": row.rate * 100,
    }


def request_line(row: Any) -> str:
    """Say what was asked in advance, and what became of it."""
    amount = rounded_to_minor(row.amount, row.currency)
    came = rounded_to_minor(row.received, row.currency)
    part = f", {came:f} of it came" if came else ""
    fate = {
        "open": f"due {row.due_on}{part}",
        "paid": f"paid {row.paid_on}",
        "withdrawn": f"withdrawn {row.withdrawn_on}: {row.reason}{part}",
    }[row.state]
    return f"{row.asked_on}  {amount:f} {row.currency}  {row.reference}  {fate}"


def advance_lines(view: Mapping[str, Any]) -> Iterator[str]:
    """Say in lines what of an order was paid ahead, deducted where, and is left."""
    currency = view["currency"]
    for one in view["payments"]:
        where = one["invoice"] or "held until its advance invoice is posted"
        yield (
            f"{one['paid_on']}  {one['amount']} {currency}  payment {one['payment']}: "
            f"{where}"
        )
    yield from (line for one in view["invoices"] for line in advance_invoice_lines(one))
    if view["invoices"]:
        yield (
            f"invoiced ahead {view['invoiced']}, deducted {view['deducted']}, left "
            f"{view['left']} {currency}"
        )


def advance_invoice_lines(one: Mapping[str, Any]) -> Iterator[str]:
    """Say what became of an advance invoice."""
    for taken in one["deducted"]:
        yield (
            f"{one['number']}: {taken['invoice']} of {taken['issued_on']} deducts "
            f"{taken['amount']} before tax"
        )
    if Decimal(one["credited"]):
        yield f"{one['number']}: {one['credited']} before tax given back"
    yield f"{one['number']}: {one['left']} of {one['net']} before tax left"


def advances_of_document(
    number: str, advances: Iterable["OrderAdvances"]
) -> list[dict[str, Any]]:
    """Return the advance invoices that a document is, or takes something off."""
    return [
        {"order": one.order_no, **_invoice(each, one.currency)}
        for one in advances
        for each in one.invoices
        if number in {each.invoice_no, *(taken.invoice_no for taken in each.deducted)}
    ]


def sums_view(advances: Iterable["OrderAdvances"]) -> list[dict[str, Any]]:
    """Add up several orders' advances by currency."""
    sums: dict[str, dict[str, Decimal]] = {}
    for one in advances:
        of_currency = sums.setdefault(one.currency, dict.fromkeys(_SUMS, ZERO))
        for name in _SUMS:
            of_currency[name] += getattr(one, name)
    return [
        {"currency": currency}
        | {name: _told(sum_, currency) for name, sum_ in by.items()}
        for currency, by in sorted(sums.items())
    ]


def advances_lines(view: Mapping[str, Any]) -> Iterator[str]:
    """Say what a customer is asked ahead and has paid ahead, by currency and order."""
    for one in view["sums"]:
        yield f"in advance: {_sums_text(one)} {one['currency']}"
    for one in view["orders"]:
        yield f"  {one['order']}: {_sums_text(one)} {one['currency']}"


def _sums_text(one: Mapping[str, Any]) -> str:
    return (
        f"asked {one['asked']}, held {one['held']}, invoiced {one['invoiced']}, "
        f"deducted {one['deducted']}, left {one['left']}"
    )


def _invoice(one: "AdvanceInvoice", currency: str) -> dict[str, Any]:
    return {
        "number": one.invoice_no,
        "issued_on": one.issued_on,
        "gross": _told(one.gross, currency),
        "net": _told(one.net, currency),
        "credited": _told(one.credited, currency),
        "left": _told(one.left, currency),
        "deducted": [
            {
                "invoice": taken.invoice_no,
                "issued_on": taken.issued_on,
                "amount": _told(taken.amount, currency),
            }
            for taken in one.deducted
        ],
    }


def _told(amount: Decimal, currency: str) -> str:
    return plain_amount(amount, currency)
