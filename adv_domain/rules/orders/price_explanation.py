"""Why did this agreement win, and what became of each other that was looked at?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from adv_domain.rules.orders.pricing import (
    LISTED,
    PriceBook,
    PriceDecision,
    PriceRow,
    Wanted,
    agreed_price,
    key_of,
    key_on,
    listed_row,
    objection,
    precedence,
)


class Outcome(StrEnum):
    """What became of an agreement that holds; one that does not has its objection."""

    WINS = "wins"
    BASE = "base"
    CUSTOMER_SIDE = "customer_side"
    PRODUCT_SIDE = "product_side"
    SMALLER_BREAK = "smaller_break"
    OLDER = "older"
    ONLY_LISTED = "only_listed"
    NO_PRICE = "no_price"


@dataclass(frozen=True, slots=True)
class Considered:
    """An agreement that was looked at, and what became of it."""

    row: PriceRow
    outcome: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decision, None where nothing was agreed, and all that was looked at for it,
    by precedence.
    """

    decision: PriceDecision | None
    considered: tuple[Considered, ...]


def explained_price(book: PriceBook, wanted: Wanted) -> Explanation:
    """Decide as agreed_price does and tell of each agreement why it won or lost."""
    decision = agreed_price(book, wanted)
    chain = decision.rows if decision else ()
    rows = sorted(_candidates(book, wanted), key=precedence)
    return Explanation(
        decision, tuple(Considered(row, _outcome(row, chain, wanted)) for row in rows)
    )


def _candidates(book: PriceBook, wanted: Wanted) -> Iterator[PriceRow]:
    """Yield what was agreed with this customer about this product, in force or not."""
    for rows in book.rows.values():
        yield from (row for row in rows if _is_about(row, wanted))
    listed = listed_row(book, wanted.product_code)
    if listed is not None:
        yield listed


def _is_about(row: PriceRow, wanted: Wanted) -> bool:
    in_its_currency = wanted._replace(currency=row.currency)
    return key_of(row) == key_on(in_its_currency, row.scope, row.product_side)


def _outcome(row: PriceRow, chain: Sequence[PriceRow], wanted: Wanted) -> str:
    against = objection(row, wanted)
    if against is not None:
        return against
    if not chain:
        return Outcome.NO_PRICE
    winner = chain[0]
    if row in chain:
        return Outcome.WINS if row == winner else Outcome.BASE
    if row.scope == LISTED:
        return Outcome.ONLY_LISTED
    if row.scope != winner.scope:
        return Outcome.CUSTOMER_SIDE
    if row.product_side != winner.product_side:
        return Outcome.PRODUCT_SIDE
    return Outcome.SMALLER_BREAK if row.min_qty < winner.min_qty else Outcome.OLDER
