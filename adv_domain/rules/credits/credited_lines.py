"""Which lines does a credit note of single lines have, and is that much left of them?

A quantity goes back at the price of its line; an amount lowers the line and gives back
no quantity: one lump sum at that price, since EN 16931 wants a line's net to be price
times quantity. Neither exceeds what both have left of the line before tax.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adv_domain.rules.billing.invoicing import InvoiceLineInput, line_net
from adv_domain.rules.billing.posting import BillableLine
from adv_domain.rules.billing.unit_codes import LUMP_SUM
from adv_domain.rules.credits.creditable import (
    AskedCredit,
    Creditable,
    CreditableLine,
    CreditRefused,
)
from adv_domain.rules.credits.credited_amounts import GroupLines, TaxKey
from adv_domain.rules.credits.credited_sums import LONGEST_DESCRIPTION, ONE
from adv_domain.rules.money import ZERO, plain_amount, rounded_to_minor
from adv_domain.rules.plain_numbers import plain_number


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """A line of the note, with what it gives back of the invoice's line before tax."""

    source: CreditableLine
    line: BillableLine
    given: InvoiceLineInput
    net: Decimal


def lines_of_quantities(
    invoice: Creditable, quantities: Mapping[int, Decimal] | None
) -> list[CreditedLine]:
    """Give back quantities by line number, or all that is left.

    Raises CreditRefused.
    """
    known = {line.line_no: line for line in invoice.lines}
    _check_known(invoice, quantities or ())
    for line_no, qty in (quantities or {}).items():
        left = known[line_no].qty_left
        if not ZERO < qty <= left:
            raise refused(
                invoice,
                f"line {line_no} has {plain_number(left)} left, "
                f"not {plain_number(qty)}",
            )
    wanted = (
        {one.line_no: one.qty_left for one in invoice.lines}
        if quantities is None
        else quantities
    )
    chosen = [one for one in invoice.lines if wanted.get(one.line_no, ZERO) > 0]
    if not chosen:
        raise refused(invoice, "nothing of it is left to credit")
    return [_of_quantity(invoice, one, wanted[one.line_no]) for one in chosen]


def lines_of_nets(invoice: Creditable, asked: AskedCredit) -> list[CreditedLine]:
    """Lower lines by amounts before tax; raises CreditRefused."""
    nets = asked.nets or {}
    _check_known(invoice, nets)
    for line_no, amount in nets.items():
        if amount != rounded_to_minor(amount, invoice.currency) or amount <= ZERO:
            raise refused(
                invoice,
                f"{amount:f} is no amount in {invoice.currency} (line {line_no})",
            )
    return [
        _of_net(invoice, line, nets[line.line_no], words=asked.line_words)
        for line in invoice.lines
        if line.line_no in nets
    ]


def can_give_back_quantities(invoice: Creditable) -> bool:
    """Tell whether the quantities left come to just what is left of their lines.

    Not so where amounts were credited, or prices below the smallest coin have rounded
    the parts otherwise than the whole.
    """
    return not invoice.has_amounts_credited and all(
        _net(invoice, line, line.qty_left) == line.net_left for line in invoice.lines
    )


def is_all_that_is_left(invoice: Creditable, lines: Sequence[CreditedLine]) -> bool:
    """Tell whether the lines give back all that is left, by quantity."""
    given = {
        one.source.line_no: -one.line.qty
        for one in lines
        if one.line.lowers_line_no is None
    }
    return not invoice.has_amounts_credited and all(
        line.qty_left == given.get(line.line_no, ZERO) for line in invoice.lines
    )


def lines_by_group(lines: Sequence[CreditableLine]) -> dict[TaxKey, GroupLines]:
    """Sum up the invoice's lines of each tax group, and what is left of them."""
    found: dict[TaxKey, GroupLines] = {}
    for line in lines:
        group = (line.tax_category, line.tax_rate)
        known = found.get(group, GroupLines(ZERO, ZERO))
        found[group] = GroupLines(known.net + line.net, known.net_left + line.net_left)
    return found


def refused(invoice: Creditable, why: str) -> CreditRefused:
    """Make the error that names the invoice."""
    return CreditRefused(invoice_no=invoice.invoice_no, why=why)


def _check_known(
    invoice: Creditable, wanted: Mapping[int, Decimal] | tuple[()]
) -> None:
    known = {line.line_no for line in invoice.lines}
    for line_no in wanted:
        if line_no not in known:
            raise refused(invoice, f"it has no line {line_no}")


def _of_quantity(
    invoice: Creditable, source: CreditableLine, qty: Decimal
) -> CreditedLine:
    net = _net(invoice, source, qty)
    _check_left(invoice, source, net)
    line = BillableLine(
        order_line_id=source.order_line_id,
        product_code=source.product_code,
        description=source.description,
        qty=-qty,
        unit=source.unit,
        unit_price=source.unit_price,
        discount_rate=source.discount_rate,
        tax_class=source.tax_category,
        delivery_line_ids=(),
    )
    return CreditedLine(source, line, _input(line, source), net)


def _of_net(
    invoice: Creditable, source: CreditableLine, net: Decimal, *, words: str
) -> CreditedLine:
    _check_left(invoice, source, net)
    said = words.format(line_no=source.line_no, description=source.description)
    line = BillableLine(
        order_line_id=source.order_line_id,
        product_code=source.product_code,
        description=said[:LONGEST_DESCRIPTION],
        qty=-ONE,
        unit=LUMP_SUM,
        unit_price=net,
        discount_rate=ZERO,
        tax_class=source.tax_category,
        delivery_line_ids=(),
        lowers_line_no=source.line_no,
    )
    return CreditedLine(source, line, _input(line, source), net)


def _input(line: BillableLine, source: CreditableLine) -> InvoiceLineInput:
    return InvoiceLineInput(
        line.qty,
        ZERO if line.unit_price is None else line.unit_price,
        line.discount_rate,
        source.tax_category,
        source.tax_rate,
        source.surcharge_rate,
    )


def _net(invoice: Creditable, line: CreditableLine, qty: Decimal) -> Decimal:
    return line_net(
        qty=qty,
        unit_price=line.unit_price,
        discount_rate=line.discount_rate,
        currency=invoice.currency,
    )


def _check_left(invoice: Creditable, source: CreditableLine, net: Decimal) -> None:
    """Refuse more than is left of the line before tax; its price may be below zero."""
    left, sign = source.net_left, -1 if source.net < ZERO else 1
    if net * sign > max(left * sign, ZERO):
        said = plain_amount(left, invoice.currency)
        remedy = f"; credit that: --line-net {source.line_no}={said}" if left else ""
        raise refused(
            invoice,
            f"line {source.line_no} has {said} {invoice.currency} before tax left, "
            f"not {plain_amount(net, invoice.currency)}{remedy}",
        )
