"""How do charges and allowances on a whole order stand in one cell?

As a JSON list: [{"amount": "4.90", "reason": "freight"}]; an allowance is negative.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from adv_domain.files.cells import BadCell, Formats, NumberRule, decimal_parser
from adv_domain.rules.orders.incoming import OrderCharge
from adv_domain.rules.plain_numbers import percentage

_HUNDRED = Decimal(100)
_MOST = 100
_TEXTS = {"reason": 400, "tax_category": 12}
_KEYS = {"amount", "tax_percent", *_TEXTS}
_AMOUNT = decimal_parser(Formats(), NumberRule(decimals=3))
_PERCENT = decimal_parser(
    Formats(), NumberRule(decimals=4, low=Decimal(0), high=_HUNDRED)
)


def charges_of(cell: str) -> tuple[OrderCharge, ...]:
    """Return the charges of a cell; raises BadCell."""
    try:
        found = json.loads(cell, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise BadCell("not_json", f"is not readable as JSON: {error}") from error
    if not isinstance(found, list) or len(found) > _MOST:
        raise BadCell("not_json", f"must be a JSON list of at most {_MOST} charges")
    return tuple(_charge(each) for each in found)


def _charge(given: Any) -> OrderCharge:
    if not isinstance(given, dict) or not given.keys() <= _KEYS:
        keys = ", ".join(sorted(_KEYS))
        raise BadCell("not_a_charge", f"must hold objects of {keys}, and nothing else")
    if not all(isinstance(value, str) for value in given.values()):
        raise BadCell("not_a_charge", "must hold texts and numbers only in its charges")
    for name, size in _TEXTS.items():
        if len(given.get(name, "")) > size:
            raise BadCell("too_long", f"has a {name} that does not fit: at most {size}")
    percent = given.get("tax_percent")
    return OrderCharge(
        amount=_AMOUNT(given.get("amount", "")),
        reason=given.get("reason") or None,
        tax_category=given.get("tax_category") or None,
        tax_rate=None if percent is None else _PERCENT(percent) / _HUNDRED,
    )


def charges_text(charges: Sequence[OrderCharge]) -> str:
    """Write charges so that charges_of reads them; none is an empty cell."""
    if not charges:
        return ""
    return json.dumps([_written(each) for each in charges], ensure_ascii=False)


def _written(charge: OrderCharge) -> dict[str, str]:
    rate = charge.tax_rate
    values = {
        "amount": f"{charge.amount:f}",
        "reason": charge.reason,
        "tax_category": charge.tax_category,
        "tax_percent": None if rate is None else percentage(rate),
    }
    return {name: value for name, value in values.items() if value is not None}
