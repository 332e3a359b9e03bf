"""A change of an order is held against its charges and allowances too."""

import pytest
from sqlalchemy import update

from adv_domain.store.engine import writing
from adv_domain.store.tables import sales_order
from tests.builders import a_customer, a_product
from tests.tasks.amendment_runs import change, changed, handed_off, row, states


@pytest.mark.parametrize(
    ("left", "state"), [(95, "waiting_stock"), (80, "held"), (0.5, "held")]
)
def test_row_11_an_allowance_is_weighed_again_when_a_change_takes_goods_away(
    engine, tmp_path, left, state
):
    """9.00 off 1,000.00 is within the tolerance of 1 %; off what is left it may not."""
    a_customer(engine)
    a_product(engine)
    handed_off(tmp_path, row(quantity=100))
    with writing(engine) as connection:
        off = [{"amount": "-9.00", "reason": "bonus"}]
        connection.execute(update(sales_order).values(charges=off))
    changed(tmp_path, change(quantity=left))
    assert states(engine) == [state]
