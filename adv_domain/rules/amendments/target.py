"""What is the order to say, once the change is done?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from adv_domain.rules.amendments.asked import AskedChange
from adv_domain.rules.amendments.terms import (
    HeaderTerms,
    LineTerms,
    OrderTerms,
    StandingLine,
    StandingOrder,
    wanted_on,
)
from adv_domain.rules.money import ZERO
from adv_domain.rules.orders.incoming import unit_of_line
from adv_domain.rules.plain_numbers import plain_number


class Unclear(ValueError):
    """It cannot be told which line of the order a line of the change means."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A line of the change and the line of the order that it means, None if new."""

    line_no: int
    asked: LineTerms
    stands: StandingLine | None


def target_of(
    order: StandingOrder, asked: AskedChange, *, units: Mapping[str, str]
) -> OrderTerms:
    """Return the order as it is to be; units are those of products. Raises Unclear.

    What was shipped of a line that is taken away stays on it; whether that may be
    is for the obstacles to say.
    """
    live = order.live_lines
    if asked.is_cancel:
        return OrderTerms(order.header, {})
    pairs = list(_paired(order, asked))
    header = _header(order, asked, names_all={p.line_no for p in pairs} >= live.keys())
    lines = {} if asked.is_whole else {no: line.terms for no, line in live.items()}
    for pair in pairs:
        terms = _line(pair, order, asked, header)
        lines[pair.line_no] = _with_unit(terms, pair.stands, units)
    kept = {no: terms for no, terms in lines.items() if terms.quantity}
    return OrderTerms(header, _dated(order, kept, header))


def part_named(order: StandingOrder, asked: AskedChange) -> str:
    """Say where a cancellation names a part of its order, "" where it means all of it.

    One without lines means all. Giving up 12 pieces for one that names 2 of them would
    lose an order; a part is given up by a change. Raises Unclear.
    """
    for pair in _paired(order, asked):
        named, stands = pair.asked.quantity, pair.stands
        if stands is None:
            continue
        left = stands.terms.quantity - stands.qty_bound
        if named < left:
            return (
                f"the cancellation names {plain_number(named)} of line {pair.line_no}, "
                f"{plain_number(left)} are left of it: send a change with the quantity "
                "that stays, or a cancellation of all"
            )
    return ""


def _header(
    order: StandingOrder, asked: AskedChange, *, names_all: bool
) -> HeaderTerms:
    """Lay what was said over what stands; a whole order leaves nothing standing.

    A day that a change says for some lines only is theirs, not the order's.
    """
    said = asked.header._asdict()
    if asked.is_whole:
        said |= {
            "currency": asked.header.currency or order.header.currency,
            "prepaid": asked.header.prepaid or ZERO,
            "asked_shipping_policy": asked.header.asked_shipping_policy
            or order.header.asked_shipping_policy,
            "asked_priority": asked.header.asked_priority
            or order.header.asked_priority,
            "milestones": asked.header.milestones or order.header.milestones,
        }
        return HeaderTerms(**said)
    if not names_all:
        said["requested_on"] = None
    stands = order.header._asdict()
    return HeaderTerms(
        **{
            name: stands[name] if value is None else value
            for name, value in said.items()
        }
    )


def _line(
    pair: _Pair, order: StandingOrder, asked: AskedChange, header: HeaderTerms
) -> LineTerms:
    said, line = pair.asked, pair.stands
    if line is None:
        day = said.requested_on or asked.header.requested_on
        return said._replace(requested_on=_own_day(day, header))
    stands = line.terms
    if asked.is_whole:
        return said
    own = said.requested_on or asked.header.requested_on
    wanted = own or wanted_on(stands, order.header)
    says_price = said.price is not None or said.discount_rate
    return LineTerms(
        **{
            # a change that names the line by its number may leave the article out
            name: getattr(stands, name) if value in (None, "") else value
            for name, value in said._asdict().items()
        }
    )._replace(
        unit=said.unit,
        discount_rate=said.discount_rate if says_price else stands.discount_rate,
        requested_on=_own_day(wanted, header),
    )


def _with_unit(
    terms: LineTerms, stands: StandingLine | None, units: Mapping[str, str]
) -> LineTerms:
    """Give a line that names no unit the one that stands, or its new product's."""
    if terms.unit:
        return terms
    if stands is not None and stands.terms.product == terms.product:
        return terms._replace(unit=stands.terms.unit)
    unit = unit_of_line(terms.unit, product=terms.product, units=units)
    return terms._replace(unit=unit)


def _own_day(day: date | None, header: HeaderTerms) -> date | None:
    """Return the day that must stand on the line: none where the order says it."""
    return None if day == header.requested_on else day


def _dated(
    order: StandingOrder, lines: Mapping[int, LineTerms], header: HeaderTerms
) -> dict[int, LineTerms]:
    """Keep the day of a line whose day, with the order's new one, says the same."""
    live = order.live_lines
    return {
        line_no: _with_own_day(terms, live.get(line_no), header)
        for line_no, terms in lines.items()
    }


def _with_own_day(
    terms: LineTerms, line: StandingLine | None, header: HeaderTerms
) -> LineTerms:
    if line is None:
        return terms
    own = line.terms.requested_on
    says_the_same = wanted_on(line.terms, header) == wanted_on(terms, header)
    return terms._replace(requested_on=own) if says_the_same else terms


def _paired(order: StandingOrder, asked: AskedChange) -> Iterator[_Pair]:
    if not asked.lines_are_numbered:
        yield from _by_product(order, asked)
        return
    live = order.live_lines
    for line_no, terms in asked.lines:
        yield _Pair(line_no, terms, live.get(line_no))


def _by_product(order: StandingOrder, asked: AskedChange) -> Iterator[_Pair]:
    """Pair lines without numbers: by the customer's name of the line, else by product,
    equal ones first, then in their order."""
    stands: dict[str, list[StandingLine]] = defaultdict(list)
    named = {}
    for line in order.live_lines.values():
        stands[line.terms.product].append(line)
        if line.terms.line_ref:
            named[line.terms.line_ref] = line
    wants: dict[str, list[LineTerms]] = defaultdict(list)
    for _, terms in asked.lines:
        meant = named.pop(terms.line_ref, None) if terms.line_ref else None
        if meant is None:
            wants[terms.product].append(terms)
        else:
            stands[meant.terms.product].remove(meant)
            yield _Pair(meant.line_no, terms, meant)
    free_no = max(order.lines, default=0)
    for product, wanted in wants.items():
        for terms, found in _matched(wanted, stands[product], asked, product):
            free_no += found is None
            yield _Pair(free_no if found is None else found.line_no, terms, found)


def _matched(
    wanted: list[LineTerms],
    lines: list[StandingLine],
    asked: AskedChange,
    product: str,
) -> Iterator[tuple[LineTerms, StandingLine | None]]:
    if not asked.is_whole and len(lines) > 1 and len(lines) != len(wanted):
        raise Unclear(
            f"{product} stands on lines {_listed(lines)}: the change does not say "
            "which of them it means"
        )
    for terms in _equal_ones_first(wanted, lines):
        line = _best(terms, lines)
        if line is not None:
            lines.remove(line)
        yield terms, line


def _equal_ones_first(
    wanted: list[LineTerms], lines: list[StandingLine]
) -> list[LineTerms]:
    quantities = {line.terms.quantity for line in lines}
    return sorted(wanted, key=lambda terms: terms.quantity not in quantities)


def _best(terms: LineTerms, lines: list[StandingLine]) -> StandingLine | None:
    equal = (line for line in lines if line.terms.quantity == terms.quantity)
    return next(equal, lines[0] if lines else None)


def _listed(lines: list[StandingLine]) -> str:
    return ", ".join(str(line.line_no) for line in lines)
