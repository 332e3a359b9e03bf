"""How is an agreement put down, so that it can be said in each reader's language?

As words without spaces, such as `customer:C1 category:TOOLS from:10 since:2026-01-01`.
What a discount alone comes off follows after `<`. The product is left out: the name
stands beside a line that has it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote, unquote

from adv_domain.rules.orders.pricing import (
    ALL,
    ANY_PRODUCT,
    CATEGORY,
    CUSTOMER_SIDES,
    LISTED,
    PriceRow,
)
from adv_domain.rules.plain_numbers import plain_number

ALWAYS = date(1900, 1, 1)
"""An agreement that began then or before has no beginning worth a word."""
_OFF = " < "
_OF_THE_FORM = re.compile(r"[%:<\s]")
_WITHOUT_CODE = frozenset((ALL, LISTED))
_ONE = Decimal(1)


def agreement_name(rows: Sequence[PriceRow]) -> str:
    """Name the winner, and what its discount came off."""
    if len(rows) == 1:
        return _name_of(rows[0])
    return _OFF.join(_name_of(row) for row in rows)


def agreement_parts(name: str) -> list[dict[str, str]] | None:
    """Take a name apart, each agreement into its words by their kind.

    The first kind is one of the customer's sides or `listed`. None for a text that is
    no such name: what an older version wrote.
    """
    parts = [_words_of(part) for part in name.split(_OFF)]
    return parts if all(_is_agreement(part) for part in parts) else None


def _words_of(part: str) -> dict[str, str]:
    pairs = (word.partition(":") for word in part.split())
    return {kind: unquote(value) for kind, _, value in pairs}


def _is_agreement(words: Mapping[str, str]) -> bool:
    scope = next(iter(words), "")
    return scope in (*CUSTOMER_SIDES, LISTED) and (
        scope in _WITHOUT_CODE or bool(words[scope])
    )


def _name_of(row: PriceRow) -> str:
    side = row.product_side
    return _named(
        row.scope, row.scope_code, side, row.category, row.min_qty, row.valid_from
    )


# a price list says the same of each of its products
@lru_cache(maxsize=4096)
def _named(
    scope: str,
    scope_code: str,
    side: str,
    category: str,
    min_qty: Decimal,
    valid_from: date,
) -> str:
    words = [scope if scope in _WITHOUT_CODE else f"{scope}:{_quoted(scope_code)}"]
    if side == CATEGORY:
        words.append(f"{CATEGORY}:{_quoted(category)}")
    elif side == ANY_PRODUCT:
        words.append(ANY_PRODUCT)
    if min_qty > _ONE:
        words.append(f"from:{plain_number(min_qty)}")
    if valid_from > ALWAYS:
        words.append(f"since:{valid_from}")
    return " ".join(words)


def _quoted(code: str) -> str:
    return _OF_THE_FORM.sub(lambda found: quote(found[0], safe=""), code)
