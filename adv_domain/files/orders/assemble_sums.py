"""Does a document come to the sums and counts that it states of itself?"""

from collections.abc import Sequence
from decimal import Decimal

from adv_domain.files.orders.assemble_lines import ReadLines
from adv_domain.files.orders.stated import Given, StatedAdjustment, StatedOrder
from adv_domain.files.orders.values import Values
from adv_domain.rules.money import ZERO, rounded_to_minor
from adv_domain.rules.orders.incoming import DocumentKind, OrderCharge
from adv_domain.rules.orders.stated_sums import (
    ChargeSum,
    Disagreement,
    StatedSums,
    disagreements,
)
from adv_domain.rules.plain_numbers import plain_number

_SUMS = tuple(StatedSums.__slots__)
_HUNDRED = Decimal(100)
_WORDS = {
    "line": "quantity, price and allowances come to",
    "lines": "the lines come to",
    "allowances": "the allowances come to",
    "charges": "the charges come to",
    "net": "lines, allowances and charges come to",
    "gross": "lines, allowances, charges and tax come to",
    "payable": "the document comes to",
}


def read_sums(stated: StatedOrder, values: Values) -> StatedSums:
    """Read the sums that the document states."""
    return StatedSums(
        **{name: values.read("amount", stated.sums.get(name)) for name in _SUMS}
    )


def read_charges(
    stated: StatedOrder,
    sums: StatedSums,
    lines: ReadLines,
    values: Values,
    *,
    currency: str,
) -> tuple[OrderCharge, ...]:
    """Read charges and allowances on the whole; some state only their sums."""
    if not stated.charges:
        return tuple(
            OrderCharge(amount)
            for amount in (sums.charges or ZERO, -(sums.allowances or ZERO))
            if amount
        )
    return tuple(
        _charge(one, lines, values, currency=currency) for one in stated.charges
    )


def _charge(
    stated: StatedAdjustment, lines: ReadLines, values: Values, *, currency: str
) -> OrderCharge:
    amount = values.read("charge", stated.amount)
    if amount is None and stated.percent is not None:
        percent = values.read("percent", stated.percent) or ZERO
        whole = sum((one.amount or ZERO for one in lines.sums), ZERO)
        amount = rounded_to_minor(whole * percent / _HUNDRED, currency)
    return OrderCharge(
        amount=(amount or ZERO) * (1 if stated.is_charge else -1),
        reason=values.read("reason", stated.reason),
        tax_category=values.read("tax_category", stated.tax_category),
        tax_rate=values.read("tax_percent", stated.tax_percent),
    )


def check_sums(
    stated: StatedOrder,
    lines: ReadLines,
    charges: Sequence[OrderCharge],
    sums: StatedSums,
    values: Values,
    *,
    currency: str,
) -> None:
    """Note each sum and count that the document does not come to.

    The sums of a change may be those of the whole order; its lines are only some.
    """
    _check_count(stated, "line_count", len(lines.lines), values)
    quantities = sum((line.qty for line in lines.lines), ZERO)
    _check_count(stated, "quantity_sum", quantities, values)
    listed = [ChargeSum(one.amount, one.tax_rate) for one in charges]
    found = disagreements(
        lines.sums,
        listed if stated.charges else [],
        sums if stated.kind is DocumentKind.ORDER else StatedSums(),
        currency=currency,
    )
    for one in found:
        values.fault("wrong_total", _told(one), _place(one, stated))


def _check_count(
    stated: StatedOrder, name: str, counted: Decimal | int, values: Values
) -> None:
    given = stated.sums.get(name)
    said = values.read("amount", given)
    if given is None or said is None or said == counted:
        return
    what = "lines" if name == "line_count" else "pieces in all"
    there_are = Decimal(counted).normalize()
    message = (
        f"says {plain_number(said)} {what}, there are {there_are:f}; "
        "a part was lost or added: send the document again, whole"
    )
    values.fault("wrong_count", message, given)


def _told(one: Disagreement) -> str:
    return (
        f"says {one.stated:f}, {_WORDS[one.name]} {plain_number(one.computed)}; "
        "correct the one or the other and send the document again"
    )


def _place(one: Disagreement, stated: StatedOrder) -> Given:
    if one.at is not None:
        return stated.lines[one.at].values["line_total"]
    return stated.sums[one.name]
