"""How is it said, in one line, why goods are there on a day and not before?

Operators read it, in English: `adv stock availability`, `adv order`, the reason of a
moved date.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from adv_domain.rules.counted import counted
from adv_domain.rules.money import ZERO
from adv_domain.rules.plain_numbers import plain_number
from adv_domain.rules.stock.availability import Cover
from adv_domain.rules.stock.supply import (
    Receipt,
    StockLevel,
    Supply,
    SupplyRules,
    is_late,
    is_too_old,
)

STOCK_UNKNOWN = "stock is not known here: the lead time alone decides"


def unknown_said(levels: Sequence[StockLevel], *, rules: SupplyRules, on: date) -> str:
    """Say why nothing is known of a product's goods: never counted, or too long ago."""
    newest = max((one.as_of for one in levels), default=on)
    if not is_too_old(newest, max_age_days=rules.max_age_days, on=on):
        return STOCK_UNKNOWN
    return (
        f"stock was last counted on {newest}, too long ago to promise by: the lead "
        "time alone decides, and a late receipt moves no date"
    )


def cover_said(cover: Cover, supplies: Sequence[Supply], *, on: date) -> str:
    """Say how a line is served: what is there, what is before it, what comes when."""
    return "; ".join(_parts_said(cover, supplies, on))


def _parts_said(cover: Cover, supplies: Sequence[Supply], on: date) -> Iterator[str]:
    on_hand = sum((one.qty for one in supplies if one.receipt is None), ZERO)
    before = f"{plain_number(cover.before)} for lines before it"
    yield (
        f"{plain_number(on_hand)} in stock, {before}, {plain_number(cover.claim.qty)} "
        "for this one"
    )
    for part in cover.parts:
        if part.supply.receipt is None:
            yield f"{plain_number(part.qty)} from stock"
        else:
            yield f"{plain_number(part.qty)} from {receipt_said(part.supply, on=on)}"
    if cover.missing:
        yield f"{plain_number(cover.missing)} neither in stock nor on its way"


def receipt_said(supply: Supply, *, on: date) -> str:
    """Name a receipt, its quantity, its day, and the day its goods can leave."""
    assert supply.receipt is not None
    one = supply.receipt
    return (
        f"the {plain_number(one.outstanding)} expected on {one.expected_on} (receipt "
        f"{one.receipt_ref}{_lateness(one, on)}), which can leave on "
        f"{supply.available_on}"
    )


def _lateness(receipt: Receipt, on: date) -> str:
    days = (on - receipt.expected_on).days
    return f", {counted(days, 'days late')}" if is_late(receipt, on=on) else ""


def moved_said(supply: Supply, *, on: date) -> str:
    """Say why a line's date moved: the receipt that completes it."""
    return f"waits for {receipt_said(supply, on=on)}"
