"""Which documents hang on an invoice: what it corrects, what cancels it, proposals?"""

from typing import Any


def corrections_view(details: dict[str, list[Any]]) -> dict[str, Any]:
    """Return what the document corrects, what became of it, what is proposed."""
    return {
        "corrects": [row.invoice_no for row in details["corrected"]],
        "cancelled": [
            {"deliveries": row.choice, "on": row.cancelled_on, "by": row.decided_by}
            for row in details["cancelled"]
        ],
        "proposals": [
            {"kind": row.kind, "text": row.text, "task": row.task_key}
            for row in details["proposals"]
        ],
    }


def corrections_lines(view: dict[str, Any]) -> list[str]:
    """Say it in lines for a person."""
    return [
        *(f"corrects {number}" for number in view["corrects"]),
        *(
            f"cancelled {one['on']}; its deliveries: {one['deliveries']}"
            + (f" ({one['by']})" if one["by"] else "")
            for one in view["cancelled"]
        ),
        *(f"proposed: {one['text']}" for one in view["proposals"]),
    ]
