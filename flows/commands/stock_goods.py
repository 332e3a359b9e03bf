"""`adv stock availability` and `back-orders`: what is there, and who waits for what?"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from adv_domain.rules.plain_numbers import plain_number
from flows.commands.output import (
    Day,
    fail,
    home_option,
    json_option,
    need_home,
    say_json,
)

if TYPE_CHECKING:
    from adv_domain.rules.stock.risk import WaitingLine
    from tasks.stock.goods import ProductGoods, ServedLine


@click.command()
@click.argument("product")
@click.option("--date", "on", type=Day(), help="Business date.")
@home_option
@json_option
def availability(product: str, on: date | None, as_json: bool) -> None:
    """Show what lies in stock of PRODUCT, what is on its way, who gets it, and what a
    new order can have from when on.

    Exit status 1 where there is no such product.
    """
    need_home()
    # the database loads only in commands that need it
    from adv_domain.store.engine import reading
    from adv_domain.store.intake.order_intake import product_ids
    from tasks.resources import business_day, now, resources
    from tasks.stock.goods import goods_of

    known = resources()
    day = on or business_day(now())
    with reading(known.engine) as connection:
        if not product_ids(connection, [product]):
            fail(f"no product {product}; import it, or correct its code", status=1)
        [goods] = goods_of(connection, [product], policy=known.policy, on=day)
    if as_json:
        say_json(_goods_document(goods, day))
        return
    for line in _goods_lines(goods, day):
        click.echo(line)


@click.command("back-orders")
@click.option("--at-risk", "at_risk_only", is_flag=True, help="Only those due soon.")
@click.option("--date", "on", type=Day(), help="Business date.")
@home_option
@json_option
def back_orders(at_risk_only: bool, on: date | None, as_json: bool) -> None:
    """List the lines that stock has too little for, each with the receipt that it
    waits for, by confirmed date.

    --at-risk: those due within the policy's at_risk_days whose goods come later, or
    are not on their way.
    """
    need_home()
    from adv_domain.store.engine import reading
    from adv_domain.store.stock.back_orders import waiting_lines
    from tasks.resources import business_day, now, resources
    from tasks.stock.goods import at_risk
    from tasks.stock.old_counts import old_counts

    known = resources()
    day = on or business_day(now())
    with reading(known.engine) as connection:
        lines = (
            at_risk(connection, policy=known.policy, on=day)
            if at_risk_only
            else waiting_lines(connection)
        )
        old = old_counts(connection, policy=known.policy, on=day)
    if as_json:
        say_json([_waiting_document(one) for one in lines])
        return
    for one in lines:
        click.echo(_waiting_said(one))
    if not lines:
        click.echo("no line waits for goods")
    if old:
        click.echo(str(old))


def _goods_document(goods: "ProductGoods", on: date) -> dict[str, Any]:
    return {
        "product": goods.product_code,
        "as_of": on,
        "on_hand": goods.on_hand,
        "levels": [level._asdict() for level in goods.levels],
        "receipts": [
            {
                "receipt": one.receipt.receipt_ref,
                "location": one.receipt.location,
                "quantity": one.qty,
                "expected_on": one.receipt.expected_on,
                "available_on": one.available_on,
            }
            for one in goods.supplies
            if one.receipt
        ],
        "lines": [_served_document(one) for one in goods.lines],
        "free": [{"from": one.from_on, "quantity": one.qty} for one in goods.free],
    }


def _served_document(one: "ServedLine") -> dict[str, Any]:
    line, cover = one.line, one.cover
    document: dict[str, Any] = {
        "order": line.order_no,
        "line": line.line_no,
        "quantity": line.qty,
        "first_confirmed_on": line.first_confirmed_on,
        "confirmed_on": line.confirmed_on,
        "why": one.why,
    }
    if cover is None:
        return document
    return document | {
        "before": cover.before,
        "parts": [
            {
                "quantity": part.qty,
                "receipt": part.supply.receipt and part.supply.receipt.receipt_ref,
            }
            for part in cover.parts
        ],
        "missing": cover.missing,
        "is_back_order": cover.is_back_order,
    }


def _goods_lines(goods: "ProductGoods", on: date) -> Iterator[str]:
    from adv_domain.rules.stock.availability_words import receipt_said

    if goods.on_hand is None:
        yield f"{goods.product_code}: {goods.unknown}"
    else:
        levels = ", ".join(
            f"{plain_number(one.on_hand)} at {one.location} on {one.as_of}"
            for one in goods.levels
        )
        counted = f" (counted: {levels})" if levels else ""
        yield f"{goods.product_code}: {plain_number(goods.on_hand)} in stock{counted}"
    for supply in goods.supplies:
        if supply.receipt:
            yield f"on its way: {receipt_said(supply, on=on)}"
    for one in goods.lines:
        line = one.line
        promised = f"confirmed {line.confirmed_on}" if line.confirmed_on else "no date"
        yield f"order {line.order_no} line {line.line_no}, {promised}: {one.why}"
    for free in goods.free:
        qty = "any quantity" if free.qty is None else plain_number(free.qty)
        yield f"free from {free.from_on} on: {qty}"


def _waiting_document(one: "WaitingLine") -> dict[str, Any]:
    return {
        "order": one.order_no,
        "customer": one.customer_code,
        "line": one.line_no,
        "product": one.product_code,
        "open": one.qty,
        "waiting": one.qty_waiting,
        "first_confirmed_on": one.first_confirmed_on,
        "confirmed_on": one.confirmed_on,
        "receipt": one.receipt_ref,
        "expected_on": one.expected_on,
        "available_on": one.available_on,
        "since": one.waits_since,
    }


def _waiting_said(one: "WaitingLine") -> str:
    covered = (
        f"receipt {one.receipt_ref}, expected {one.expected_on}, can leave on "
        f"{one.available_on}"
        if one.receipt_ref
        else "no receipt covers it"
    )
    waiting = f"{plain_number(one.qty_waiting)} of {plain_number(one.qty)} wait"
    return (
        f"{one.confirmed_on or 'no date'}  order {one.order_no} line {one.line_no} "
        f"({one.customer_code})  {one.product_code}  {waiting}: {covered}"
    )
