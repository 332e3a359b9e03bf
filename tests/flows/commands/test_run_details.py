"""Row 76: `adv run --dry-run` lists for people what it would do, and what not."""

import json
from datetime import date

from click.testing import CliRunner

from flows.cli import cli
from flows.commands.run_details import detail_lines
from tests.builders import a_customer, a_delivery, a_product, an_order

NO_PRICE = {"unit_price": None, "net": None}
DRY = ["run", "invoicing", "--date", "2026-01-15", "--dry-run"]


def ship(engine, product_id, code, no, on, *, invoicing=None, **line):
    customer_id = a_customer(engine, code, invoicing=invoicing)
    order_id = an_order(
        engine, customer_id=customer_id, product_id=product_id, no=no, line=line
    )
    a_delivery(engine, order_id, on=on, no=f"D-{no}")


def test_row_76_a_dry_run_reads_like_a_list_for_people(engine):
    product_id = a_product(engine)
    ship(engine, product_id, "SHIP", "A", date(2026, 1, 12))
    ship(engine, product_id, "LATER", "B", date(2026, 1, 16))
    ship(engine, product_id, "MONTH", "C", date(2026, 1, 14), invoicing="monthly")
    ship(engine, product_id, "HAND", "D", date(2026, 1, 14), invoicing="manual")
    ship(
        engine,
        product_id,
        "FREE",
        "E",
        date(2026, 1, 14),
        product_code="P1",
        **NO_PRICE,
    )
    result = CliRunner().invoke(cli, DRY)
    _, *lines = result.stdout.splitlines()
    due = "order A, due 2026-02-14"
    remedy = "release the order with a price, then run invoicing again"
    law = "; the law wants it invoiced by 2026-02-15"
    assert lines == [
        "    would be posted:",
        f"        F-2026-000001 of 2026-01-15 for SHIP: 36.30 EUR, {due}",
        "    would not be invoiced:",
        f"        B: is shipped after this day, from 2026-01-16 on{law}",
        f"        D: is invoiced by hand (adv bill){law}",
        f"        E: set aside: product P1 has no agreed price; {remedy}",
        f"        C: waits for its invoicing day, from 2026-01-31 on (monthly){law}",
    ]
    told = json.loads(CliRunner().invoke(cli, [*DRY, "--json"]).stdout)
    [posted] = [one for one in told["details"] if "document" in one]
    assert (posted["customer"], posted["orders"]) == ("SHIP", ["A"])


def test_details_of_other_steps_are_named_and_empty_ones_left_out():
    one = {"customer": "C1", "address": None, "new_on": date(2026, 1, 2), "lines": [1]}
    assert list(detail_lines([one])) == [
        "details:",
        "    customer C1, new on 2026-01-02, lines 1",
    ]
    assert list(detail_lines([])) == []
    assert list(detail_lines([{"stopped": "too much"}])) == [
        "would stop:",
        "    too much",
    ]
