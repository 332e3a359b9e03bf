"""What does `adv invoice` tell of the money and the other documents of an invoice?"""

from collections.abc import Iterator
from typing import Any


def chain_view(head: Any, details: dict[str, list[Any]]) -> dict[str, Any]:
    """Return money, what the document corrects, what became of it, what is proposed."""
    return {
        "payments": [_allocation(row) for row in details["allocations"]],
        "credit_notes": [_correction(row) for row in details["corrections"]],
        "corrects": [row.invoice_no for row in details["corrected"]],
        "cancelled": [
            {"deliveries": row.choice, "on": row.cancelled_on, "by": row.decided_by}
            for row in details["cancelled"]
        ],
        "undone": [
            {
                "run": row.run_id,
                "on": row.asked_on,
                "by": row.asked_by,
                "reason_code": row.reason_code,
                "reason": row.reason,
            }
            for row in details["undone"]
        ],
        "bills_anew": [
            row.invoice_no for row in details["billed_too"] if row.id < head.id
        ],
        "billed_anew_by": [
            row.invoice_no for row in details["billed_too"] if row.id > head.id
        ],
        "proposals": [
            {"kind": row.kind, "text": row.text, "task": row.task_key}
            for row in details["proposals"]
        ],
    }


def _allocation(row: Any) -> dict[str, Any]:
    """A payment has a payer and a day of its booking, a credit another document."""
    kind = "payment" if row.payment_id is not None else "credit"
    return {
        "kind": "credit_given" if row.is_given else kind,
        "allocated_on": row.allocated_on,
        "amount": row.amount,
        "evidence": row.evidence,
        "payer_name": row.payer_name,
        "booked_on": row.booked_on,
        "document": row.other,
        "reversed_on": row.reversed_on,
        "reverse_reason": row.reverse_reason,
    }


def _correction(row: Any) -> dict[str, Any]:
    return {
        "invoice_no": row.invoice_no,
        "issued_on": row.issued_on,
        "gross": row.gross,
        "reason_code": row.reason_code,
        "reason": row.reason,
    }


def money_lines(view: dict[str, Any]) -> Iterator[str]:
    """Say what money came and what was set off, and what was undone of it."""
    for one in view["payments"]:
        undone = f", undone {one['reversed_on']}" if one["reversed_on"] else ""
        why = f": {one['reverse_reason']}" if one["reverse_reason"] else ""
        yield f"{one['allocated_on']} {_money_text(one)}{undone}{why}"


def _money_text(one: dict[str, Any]) -> str:
    amount = f"{one['amount']:,f}"
    match one["kind"]:
        case "credit_given":
            return f"set against {one['document']}: {amount}"
        case "credit":
            return f"set off by {one['document']}: {amount}"
        case _:
            payer = f" from {one['payer_name']}" if one["payer_name"] else ""
            booked = f", booked {one['booked_on']}" if one["booked_on"] else ""
            return f"received {amount}{payer}{booked} ({one['evidence']})"


def chain_lines(view: dict[str, Any]) -> list[str]:
    """Say in lines for a person which documents hang on it."""
    return [
        *(_credited_text(one) for one in view["credit_notes"]),
        *(f"corrects {number}" for number in view["corrects"]),
        *(
            f"cancelled {one['on']}; its deliveries: {one['deliveries']}"
            + (f" ({one['by']})" if one["by"] else "")
            for one in view["cancelled"]
        ),
        *(
            f"its run {one['run']} was undone {one['on']} by {one['by']}, "
            f"{one['reason_code']}: {one['reason']}"
            for one in view["undone"]
        ),
        *(f"billed anew by {number}" for number in view["billed_anew_by"]),
        *(f"bills anew what {number} had billed" for number in view["bills_anew"]),
        *(f"proposed: {one['text']}" for one in view["proposals"]),
    ]


def _credited_text(one: dict[str, Any]) -> str:
    return (
        f"credited by {one['invoice_no']} of {one['issued_on']}: {one['gross']:,f} "
        f"({one['reason_code']}: {one['reason']})"
    )
