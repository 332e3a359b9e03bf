"""Which order is told as a likely duplicate, and of which other one?"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.orders.twins import Twin, goods_key, older_twin
from tests.rules.order_cases import an_order, codes

MONDAY = date(2026, 6, 1)


def twin(order_id: int, *, ref: str = "", days: int = 0) -> Twin:
    ordered_on = MONDAY + timedelta(days=days)
    return Twin(order_id, f"S{order_id}", ref or f"PO-{order_id}", ordered_on)


ME = twin(5)


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([], None),
        ([ME], None),
        ([twin(4), ME], 4),
        ([twin(3), twin(4), ME], 4),
        # the older one is left alone
        ([ME, twin(6)], None),
        # the same reference is the business of another rule
        ([twin(4, ref="PO-5")], None),
        ([twin(4, days=-6)], 4),
        ([twin(4, days=-7)], None),
        ([twin(4, days=6)], 4),
        ([twin(4, days=7)], None),
    ],
)
def test_the_last_older_one_under_another_reference_is_the_twin(
    others: list[Twin], found: int | None
) -> None:
    older = older_twin(ME, others, within_days=6)
    assert (older.order_id if older else None) == found


goods = st.lists(
    st.tuples(st.text(max_size=6), st.decimals(0, 99, places=2)), min_size=1, max_size=5
)


@given(goods, st.randoms())
def test_the_order_of_the_lines_does_not_matter(
    lines: list[tuple[str, Decimal]], random: object
) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' random
    assert goods_key("C1", shuffled) == goods_key("C1", lines)
    assert goods_key("C2", lines) != goods_key("C1", lines)
    assert goods_key("C1", [*lines, ("more", Decimal(1))]) != goods_key("C1", lines)


def test_an_order_without_lines_is_nobodys_twin() -> None:
    assert goods_key("C1", []) is None


def test_a_twin_is_told() -> None:
    assert codes(an_order(twin=twin(4))) == ["likely_duplicate"]
