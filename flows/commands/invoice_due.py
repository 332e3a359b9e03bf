"""How does `adv invoice` tell what falls due when, and what settles it early?"""

from collections.abc import Iterator, Sequence
from typing import Any

from adv_domain.rules.billing.instalments import tax_parts

_STORED = ("instalment_no", "due_on", "amount", "steps")


def instalments_view(head: Any, parts: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the instalments, each with its parts of net and tax."""
    if not parts:
        return []
    taxes = tax_parts(
        [part.amount for part in parts], tax=head.tax, currency=head.currency
    )
    return [
        {
            **{name: getattr(part, name) for name in _STORED},
            "net": part.amount - tax,
            "tax": tax,
            "open": part.open_amount,
        }
        for part, tax in zip(parts, taxes, strict=True)
    ]


def due_lines(view: dict[str, Any]) -> Iterator[str]:
    """Write each due date with the way to it, and the offer to pay early."""
    for one in view["instalments"]:
        yield (
            f"due {one['due_on']}: {one['amount']:,f} (net {one['net']:,f} + "
            f"tax {one['tax']:,f}), open {one['open']:,f}"
        )
        yield from (f"    {step}" for step in one["steps"] or ())
    if view["early_until"] and view["early_amount"] is not None:
        kept = view["gross"] - view["early_amount"]
        yield (
            f"paid until {view['early_until']}: {view['early_amount']:,f} settle the "
            f"whole (discount {kept:,f})"
        )
