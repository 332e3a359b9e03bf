"""How does `adv invoice` tell how its amounts came about, from price to payment?"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adv_domain.rules.billing.rounding import shared_tax
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.rules.plain_numbers import percentage, plain_number
from flows.commands.output import said_source

_LINE = (
    "line_no",
    "product_code",
    "description",
    "qty",
    "unit",
    "unit_price",
    "discount_rate",
    "net",
    "tax_category",
    "tax_rate",
    "surcharge_rate",
)
_CHARGE = (
    "charge_no",
    "description",
    "base",
    "rate",
    "amount",
    "tax_category",
    "tax_rate",
)
_TAX = ("kind", "category", "vat_code", "rate", "base", "tax")
_TaxKey = tuple[str, str, Decimal]


def amounts_view(head: Any, details: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return lines, charges and taxes, and how tax and what is paid were arrived at.

    The tax of each line is its share of its group's, by largest remainder.
    """
    shares = _tax_shares(head, details)
    return {
        "lines": [
            {
                **_picked(row, _LINE),
                "price_source": said_source(row) or None,
                "tax": share,
            }
            for row, share in zip(details["lines"], shares, strict=False)
        ],
        "charges": [
            {
                **_picked(row, _CHARGE),
                "is_deduction": row.advance_id is not None,
                "tax": share,
            }
            for row, share in zip(
                details["charges"], shares[len(details["lines"]) :], strict=True
            )
        ],
        "taxes": [_picked(row, _TAX) for row in details["taxes"]],
        "tax_rounding": head.tax_rounding,
        "tax_reasons": list(head.tax_reasons or ()),
        "rounding": head.rounding,
        "payable": head.gross + head.rounding,
        "company_tax": _company_tax(head),
    }


def amount_lines(view: dict[str, Any]) -> Iterator[str]:
    """Write charges, taxes with their reasons, and rounding, in the order taken."""
    for one in view["charges"]:
        yield _charge_text(one)
    for one in view["taxes"]:
        name = "surcharge" if one["kind"] == "surcharge" else "tax"
        yield (
            f"{name} {one['category']} {_percent(one['rate'])} of {one['base']:,f}: "
            f"{one['tax']:,f}" + (", rounded by line" if _is_by_line(view) else "")
        )
    yield from (f"    {reason}" for reason in dict.fromkeys(view["tax_reasons"]))
    if (stated := view["company_tax"]) is not None:
        yield (
            f"tax in {stated['currency']}: {stated['amount']:,f}, at "
            f"{plain_number(stated['rate'])} {view['currency']} for 1 "
            f"{stated['currency']} of {stated['dated_on']}"
        )
    if view["rounding"]:
        yield f"cash rounding {view['rounding']:+,f}: to pay {view['payable']:,f}"


def _charge_text(one: dict[str, Any]) -> str:
    name = one["description"] or ("discount" if one["amount"] < 0 else "charge")
    if one["is_deduction"]:
        verb = "deducts" if one["amount"] < 0 else "gives back"
        name = f"{verb} advance invoice {name}"
    how = ""
    if one["rate"] is not None and one["base"] is not None:
        how = f" {_percent(one['rate'])} of {one['base']:,f}"
    return (
        f"{name}{how}: {one['amount']:,f} (tax {one['tax_category']} "
        f"{_percent(one['tax_rate'])})"
    )


def _is_by_line(view: dict[str, Any]) -> bool:
    return bool(view["tax_rounding"] == "line")


def _percent(rate: Decimal) -> str:
    return f"{percentage(rate)}%"


def _tax_shares(head: Any, details: Mapping[str, Sequence[Any]]) -> list[Decimal]:
    """Share each group's tax out to its lines and charges, in their order."""
    parts = [(row, row.net) for row in details["lines"]]
    parts += [(row, row.amount) for row in details["charges"]]
    shares = [ZERO for _ in parts]
    for group in details["taxes"]:
        members = [at for at, (row, _) in enumerate(parts) if _bears(row, group)]
        if not members:
            continue
        nets = [parts[at][1] for at in members]
        if head.tax_rounding == "line":
            taxes = [rounded_to_minor(net * group.rate, head.currency) for net in nets]
        else:
            taxes = shared_tax(
                rounded_to_minor(group.tax, head.currency), nets, head.currency
            )
        for at, tax in zip(members, taxes, strict=True):
            shares[at] += tax
    return shares


def _bears(row: Any, group: Any) -> bool:
    rate = row.surcharge_rate if group.kind == "surcharge" else row.tax_rate
    return bool(row.tax_category == group.category and rate == group.rate)


def _company_tax(head: Any) -> dict[str, Any] | None:
    if head.company_currency is None:
        return None
    return {
        "currency": head.company_currency,
        "amount": rounded_to_minor(head.company_tax, head.company_currency),
        "rate": head.company_rate,
        "dated_on": head.company_rate_on,
    }


def _picked(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
