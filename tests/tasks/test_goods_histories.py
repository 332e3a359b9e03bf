"""Whatever happens to goods and orders, first dates stand, a second look changes
nothing, and no good is promised twice."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select, update

from adv_domain.store.engine import reading, writing
from adv_domain.store.tables import (
    expected_receipt,
    order_line,
    sales_order,
    stock,
)
from tasks.resources import resources
from tasks.stock.goods import goods_of
from tests.tasks.supply_runs import (
    MON,
    a_shop,
    changes,
    dates,
    follow,
    in_stock,
    on_its_way,
    received,
    validate,
    waits,
)

STEPS = 14
CODES = ["P1", "P2"]


class World:
    """A shop in which something happens every day."""

    def __init__(self, engine, seed):
        self.engine, self.random, self.on, self.count = engine, Random(seed), MON, 0
        a_shop(engine, *CODES)
        for code in CODES:
            in_stock(engine, self.random.randint(0, 20), code=code)

    def step(self):
        self.on += timedelta(days=1)
        self.count += 1
        self._count_stock()
        self.random.choice(
            [self._order, self._order, self._buy, self._slip, self._arrive, self._ship]
        )()

    def _count_stock(self):
        """Count again what lies there, so that levels stay fresh."""
        with writing(self.engine) as connection:
            connection.execute(update(stock).values(as_of=self.on))

    def _order(self):
        wish = self.on + timedelta(days=self.random.randint(1, 12))
        received(
            self.engine,
            f"O{self.count}",
            *[self.random.randint(1, 9) for _ in CODES],
            products=self.random.sample(CODES, 2),
            wanted=self.random.choice([None, wish]),
            ordered_on=self.on,
            shipping_policy=self.random.choice(["partial", "complete"]),
        )
        validate(self.on)

    def _buy(self):
        on_its_way(
            self.engine,
            f"R{self.count}",
            self.random.randint(5, 25),
            self.on + timedelta(days=self.random.randint(0, 9)),
            code=self.random.choice(CODES),
        )

    def _slip(self):
        self._change_receipts(
            expected_on=self.on + timedelta(days=self.random.randint(0, 15))
        )

    def _arrive(self):
        self._change_receipts(received_on=self.on + timedelta(days=1))

    def _change_receipts(self, **values):
        ref = f"R{self.random.randint(1, self.count)}"
        with writing(self.engine) as connection:
            chosen = expected_receipt.c.receipt_ref == ref
            connection.execute(update(expected_receipt).where(chosen).values(**values))

    def _ship(self):
        """Let an order leave whole."""
        with writing(self.engine) as connection:
            order_id = connection.scalar(
                select(sales_order.c.id)
                .where(sales_order.c.state == "accepted")
                .order_by(sales_order.c.id)
                .limit(1)
            )
            if order_id is None:
                return
            gone = order_line.c.order_id == order_id
            left = {"qty_shipped": order_line.c.qty, "last_shipped_on": self.on}
            connection.execute(update(order_line).where(gone).values(**left))
            ended = update(sales_order).where(sales_order.c.id == order_id)
            connection.execute(ended.values(state="fulfilled"))


def first_dates(engine):
    """Return them by line; who wished for too soon a day is held, and has none."""
    return {line: first for line, (first, _) in dates(engine).items() if first}


def check_goods(on):
    """No good is given twice, and what is told adds up."""
    with reading(resources().engine) as connection:
        for goods in goods_of(connection, CODES, policy=resources().policy, on=on):
            given = {}
            for one in goods.lines:
                for part in one.cover.parts:
                    key = part.supply
                    given[key] = given.get(key, Decimal(0)) + part.qty
                parts = sum(part.qty for part in one.cover.parts)
                assert parts + one.cover.missing == one.line.qty
            assert all(qty <= supply.qty for supply, qty in given.items())


@pytest.mark.parametrize("seed", range(4))
def test_dates_follow_the_goods_and_nothing_else(sqlite_home, seed):
    engine = resources().engine
    world = World(engine, seed)
    known: dict[tuple[str, int], date] = {}
    for _ in range(STEPS):
        world.step()
        follow(world.on)
        after = dates(engine), waits(engine), changes(engine)
        assert follow(world.on).done == {}
        assert (dates(engine), waits(engine), changes(engine)) == after
        firsts = first_dates(engine)
        assert known.items() <= firsts.items()
        known = firsts
        assert all(dates(engine)[line][1] >= first for line, first in firsts.items())
        check_goods(world.on)
    assert known
