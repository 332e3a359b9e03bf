"""How does `adv invoice` tell what falls due when, and what settles it early,
and was it invoiced in time?
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from adv_domain.rules.billing.issue_deadlines import lateness
from adv_domain.rules.money import ZERO
from adv_domain.rules.terms.instalments import tax_parts

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
            "net": part.amount - tax - rounding,
            "tax": tax,
            "rounding": rounding,
            "open": part.open_amount,
        }
        for part, tax, rounding in zip(
            parts, taxes, _rounding_parts(head, parts), strict=True
        )
    ]


def early_view(connection: Any, head: Any) -> dict[str, Any]:
    """Return what settles the invoice early: of what its credit notes leave of it."""
    from adv_domain.store.billing.early_offers import offers_of_credited

    until, amount = head.early_until, head.early_amount
    of_what = head.gross + head.rounding
    credited = offers_of_credited(connection, [head.id]) if until else {}
    if head.id in credited:
        offer = credited[head.id]
        until, amount = (offer.until, offer.amount) if offer else (None, None)
        of_what = offer.left if offer else ZERO
    return {
        "early_until": until,
        "early_amount": amount,
        "early_of": of_what if until else None,
    }


def _rounding_parts(head: Any, parts: Sequence[Any]) -> list[Any]:
    """Put cash rounding into the last instalment that asks for anything."""
    asking = [at for at, part in enumerate(parts) if part.amount]
    last = asking[-1] if asking else len(parts) - 1
    return [head.rounding if at == last else ZERO for at in range(len(parts))]


def due_lines(view: dict[str, Any]) -> Iterator[str]:
    """Write each due date with the way to it, and the offer to pay early."""
    for one in view["instalments"]:
        yield (
            f"due {one['due_on']}: {one['amount']:,f} (net {one['net']:,f} + "
            f"tax {one['tax']:,f}), open {one['open']:,f}"
        )
        yield from (f"    {step}" for step in one["steps"] or ())
    if view["early_until"] and view["early_amount"] is not None:
        kept = view["early_of"] - view["early_amount"]
        whole = "rest" if view["early_of"] < view["payable"] else "whole"
        yield (
            f"paid until {view['early_until']}: {view['early_amount']:,f} settle the "
            f"{whole} (discount {kept:,f})"
        )


def late_by(head: Any, since: date | None) -> str:
    """Say by how much the law of the seller's country wanted the invoice sooner.

    since is the first day of supply where there are several.
    """
    first = since or head.supplied_on
    if head.kind != "invoice" or head.is_advance or not first or not head.seller:
        return ""
    country = head.seller.get("country") or ""
    return lateness(country, supplied_on=first, issued_on=head.issued_on)
