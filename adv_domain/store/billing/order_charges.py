"""What was billed of an order's charges and allowances, and how much of its lines?"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select

from adv_domain.rules.billing.charges import OrderCharges, charge_amount
from adv_domain.store.columns import AMOUNT
from adv_domain.store.rows import among
from adv_domain.store.tables import invoice_charge, order_line

_ZERO = Decimal(0)


def read_order_charges(
    connection: Connection,
    heads: Mapping[int, Row[Any]],
    now_billed: Mapping[int, Mapping[int, Decimal]],
) -> dict[int, OrderCharges]:
    """Read what stands of the orders' charges; nothing for orders without any.

    now_billed are the quantities that the coming invoice bills, by order and line. Two
    statements, none where no order has charges.
    """
    charged = [order_id for order_id, head in heads.items() if head.charges]
    if not charged:
        return {}
    billed = _billed(connection, charged)
    lines = _lines(connection, charged)
    return {
        order_id: OrderCharges(
            order_id,
            charges=tuple(_charge(one) for one in heads[order_id].charges),
            billed=billed.get(order_id, {}),
            done=_worth(lines[order_id], now_billed.get(order_id, {})),
            whole=sum(
                [
                    (line.qty - line.qty_cancelled) * _net_price(line)
                    for line in lines[order_id]
                ],
                _ZERO,
            ),
        )
        for order_id in charged
    }


def charge_amounts(
    stored: Sequence[Mapping[str, str | None]] | None, currency: str
) -> tuple[Decimal, ...]:
    """Return what each of an order's charges comes to, negative for an allowance."""
    return tuple(charge_amount(_charge(one)[0], currency) for one in stored or ())


def charges_told(
    stored: Sequence[Mapping[str, str | None]] | None, currency: str
) -> tuple[tuple[str, Decimal], ...]:
    """Return what each of an order's charges is called and comes to."""
    return tuple(
        (reason, charge_amount(amount, currency))
        for amount, reason, _ in map(_charge, stored or ())
    )


class Charged(NamedTuple):
    """The charges of an order as they are stored, and its currency."""

    currency: str
    charges: Sequence[Mapping[str, str | None]]


def charges_left(
    connection: Connection, stored: Mapping[int, Charged]
) -> dict[int, Decimal]:
    """Return what is not billed of the charges of orders, in one statement."""
    if not stored:
        return {}
    billed = _billed(connection, list(stored))
    return {
        order_id: sum(charge_amounts(one.charges, one.currency), _ZERO)
        - sum(billed.get(order_id, {}).values(), _ZERO)
        for order_id, one in stored.items()
    }


def _billed(
    connection: Connection, order_ids: Sequence[int]
) -> dict[int, dict[int, Decimal]]:
    """Sum up what was billed, less what credit notes gave back."""
    charge = invoice_charge.c
    found: dict[int, dict[int, Decimal]] = {}
    for order_id, charge_no, amount in connection.execute(
        select(
            charge.order_id,
            charge.order_charge_no,
            func.sum(charge.amount, type_=AMOUNT),
        )
        .where(among(connection, charge.order_id, order_ids))
        .group_by(charge.order_id, charge.order_charge_no)
    ):
        found.setdefault(order_id, {})[charge_no] = amount
    return found


def _lines(
    connection: Connection, order_ids: Sequence[int]
) -> dict[int, list[Row[Any]]]:
    line = order_line.c
    found: dict[int, list[Row[Any]]] = {order_id: [] for order_id in order_ids}
    for row in connection.execute(
        select(
            line.id,
            line.order_id,
            line.qty,
            line.qty_cancelled,
            line.qty_invoiced,
            line.unit_price,
            line.discount_rate,
        ).where(among(connection, line.order_id, order_ids))
    ):
        found[row.order_id].append(row)
    return found


def _worth(lines: Sequence[Row[Any]], now_billed: Mapping[int, Decimal]) -> Decimal:
    """Return what is invoiced of the lines with the coming invoice."""
    return sum(
        [
            (line.qty_invoiced + now_billed.get(line.id, _ZERO)) * _net_price(line)
            for line in lines
        ],
        _ZERO,
    )


def _net_price(line: Row[Any]) -> Decimal:
    price: Decimal = line.unit_price or _ZERO
    net: Decimal = price * (1 - line.discount_rate)
    return net


def _charge(stored: Mapping[str, str | None]) -> tuple[Decimal, str, Decimal | None]:
    rate = stored.get("tax_rate")
    return (
        Decimal(stored["amount"] or 0),
        stored.get("reason") or "",
        None if rate is None else Decimal(rate),
    )
