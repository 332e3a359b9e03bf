"""Which lines does a document state, how are they numbered, and what do they cost?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from adv_domain.files.cells import LARGEST
from adv_domain.files.orders.stated import (
    Given,
    StatedAdjustment,
    StatedLine,
    StatedOrder,
    joined,
)
from adv_domain.files.orders.values import Values
from adv_domain.rules.faults import PRICE_ROUNDED
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.incoming import DocumentKind, IncomingLine
from adv_domain.rules.orders.line_price import (
    Adjustment,
    LinePrice,
    StatedPrice,
    line_price_of,
)
from adv_domain.rules.orders.stated_sums import LineSum

_LONGEST_PRODUCT = 80
_LONGEST_DESCRIPTION = 200
_LAST_NUMBER = 999_999
_HUNDRED = Decimal(100)
_ONE = Decimal(1)
# by which of its names a line goes where it does not have our own number of the article
_PRODUCT_NAMES = ("product", "gtin", "customer_article", "description")


@dataclass(frozen=True, slots=True)
class ReadLines:
    """The lines of a document and what each comes to, in the document's order."""

    lines: list[IncomingLine]
    sums: list[LineSum]
    are_numbered: bool


def read_lines(stated: StatedOrder, values: Values, *, currency: str) -> ReadLines:
    """Read the lines; what is wrong with them is in the faults of values.

    A name of a line that is a number is its number; one that is none is kept beside
    its place among the lines.
    """
    numbers = _numbers(stated, values)
    lines, sums = [], []
    # a change that names a line by its number need not name the article again
    by_number = numbers is not None and stated.kind is DocumentKind.CHANGE
    for at, each in enumerate(stated.lines):
        line, line_sum = _line(each, values, by_number=by_number, currency=currency)
        named = each.values.get("line_ref")
        line = replace(
            line,
            line_no=at + 1 if numbers is None else numbers[at],
            line_ref=values.read("line_ref", named),
        )
        lines.append(line)
        sums.append(line_sum)
    return ReadLines(lines, sums, are_numbered=numbers is not None)


def _numbers(stated: StatedOrder, values: Values) -> list[int] | None:
    """Return the numbers that the lines have in the document, None where they have
    none or other names than numbers.
    """
    key = "line" if any("line" in one.values for one in stated.lines) else "line_ref"
    named = [line.values.get(key) for line in stated.lines]
    _check_names(stated, named, values)
    if key == "line":
        numbers = [values.read(key, each) for each in named]
    else:
        numbers = [_number_of(each.text) if each else None for each in named]
    found = [each for each in numbers if each is not None]
    if not found or len(found) < len(numbers) or len(set(found)) < len(found):
        return None
    for line in stated.lines:
        if key == "line_ref":
            line.values.pop(key)
    return found


def _check_names(
    stated: StatedOrder, named: Sequence[Given | None], values: Values
) -> None:
    """Note a name that two lines have, and lines without one beside lines with one."""
    seen = set()
    for each in named:
        if each is not None and each.text in seen:
            message = "stands on another line of the order already; number it anew"
            values.fault("repeated_line", message, each)
        seen.add(each.text if each else None)
    if None in seen and len(seen) > 1:
        for line, name in zip(stated.lines, named, strict=True):
            if name is None:
                message = "has no number while others have one; number all lines"
                place = Given("", line.row, line.path)
                values.fault("missing", message, place)


def _number_of(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(_LAST_NUMBER)):
        return None
    return int(text) or None


def _line(
    stated: StatedLine, values: Values, *, by_number: bool, currency: str
) -> tuple[IncomingLine, LineSum]:
    given = stated.values
    _shorten_description(given)
    qty = values.read("quantity", given.get("quantity"))
    if stated.is_taken_away:
        qty = ZERO
    elif "quantity" not in given:
        message = "has no quantity; state it"
        values.fault("missing", message, Given("", stated.row, stated.path))
    tax_rate = values.read("tax_percent", given.get("vat_percent"))
    price, base = _price(stated, qty or ZERO, values, currency=currency)
    line = IncomingLine(
        line_no=0,
        product=_product(stated, values, by_number=by_number),
        description=values.read("description", given.get("description")),
        customer_article=values.read("customer_article", given.get("customer_article")),
        qty=qty or ZERO,
        unit=values.read("unit", given.get("unit")),
        unit_price=price.unit_price if price else None,
        discount_rate=price.discount_rate if price else _bare_rate(stated, values),
        requested_on=values.read("requested_on", given.get("requested_on")),
        source_row=stated.row,
        gtin=values.read("gtin", given.get("gtin")),
        note=values.read("note", given.get("note")),
        tax_category=values.read("tax_category", given.get("vat_category")),
        tax_rate=tax_rate,
        price_base_qty=base,
    )
    total = values.read("amount", given.get("line_total"))
    if stated.is_taken_away:
        return line, LineSum(ZERO, None, tax_rate)
    return line, LineSum(price.net if price else None, total, tax_rate)


def _shorten_description(given: dict[str, Given]) -> None:
    """Keep a name that is too long for a description as the note of its line."""
    name = given.get("description")
    if name is None or len(name.text) <= _LONGEST_DESCRIPTION:
        return
    short = " ".join(name.text.split())[:_LONGEST_DESCRIPTION].rstrip()
    given["description"] = name._replace(text=short)
    note = joined((given.get("note"), name), between=" / ")
    given["note"] = note or name


def _product(stated: StatedLine, values: Values, *, by_number: bool) -> str:
    for name in _PRODUCT_NAMES:
        given = stated.values.get(name)
        if given is not None:
            text = " ".join(given.text.split())
            if name == "description":
                text = text[:_LONGEST_PRODUCT].rstrip()
            return str(values.read("product", given._replace(text=text)) or "")
    if not by_number:
        message = "names no article: give our number, the GTIN or your own number"
        values.fault("missing", message, Given("", stated.row, stated.path))
    return ""


def _price(
    stated: StatedLine, qty: Decimal, values: Values, *, currency: str
) -> tuple[LinePrice | None, Decimal]:
    given = stated.values.get("price")
    base_given = stated.values.get("base_quantity")
    base = values.read("base_quantity", base_given)
    if base is not None and base <= 0 and base_given is not None:
        values.fault("out_of_range", "must be above zero", base_given)
        return None, _ONE
    price = values.read("price", given)
    if price is None or given is None:
        return None, base or _ONE
    adjustments = _adjustments(stated.adjustments, values)
    asked = StatedPrice(price, base or _ONE, qty, adjustments)
    found = line_price_of(asked, currency=currency)
    if abs(found.net) >= LARGEST or found.unit_price >= LARGEST:
        message = "comes to a line of more than twelve digits; correct it"
        values.fault("out_of_range", message, given)
        return None, base or _ONE
    if found.unit_price < 0:
        values.fault("out_of_range", "comes to less than nothing; correct it", given)
    elif not found.is_exact(qty, currency):
        message = (
            f"and its allowances come to no price with six decimals; "
            f"{found.unit_price:f} is taken"
        )
        values.fault(PRICE_ROUNDED, message, given)
    return found, base or _ONE


def _adjustments(
    stated: Sequence[StatedAdjustment], values: Values
) -> list[Adjustment]:
    return [
        Adjustment(
            is_charge=one.is_charge,
            rate=_fraction(values.read("percent", one.percent)),
            amount=values.read("amount", one.amount),
        )
        for one in stated
    ]


def _bare_rate(stated: StatedLine, values: Values) -> Decimal:
    """Return the discount of a line without a price: it is taken off the agreed one."""
    if "price" in stated.values:
        return ZERO
    rates = [
        _fraction(values.read("percent", one.percent))
        for one in stated.adjustments
        if not one.is_charge and one.percent is not None
    ]
    only: Any = rates[0] if len(rates) == 1 else None
    return only if only is not None and 0 <= only <= 1 else ZERO


def _fraction(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / _HUNDRED
