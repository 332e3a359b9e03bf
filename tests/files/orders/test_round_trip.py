"""Row 8: an exported order re-imports to an equal record, whatever the format."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adv_domain.files.mapping import OWN
from adv_domain.files.order_export import exported
from adv_domain.files.orders.formats import order_source
from adv_domain.files.orders.texts_out import Seller
from adv_domain.files.sources import InputFile
from adv_domain.rules.orders.incoming import IncomingOrder
from adv_domain.rules.orders.order_content import hashed_anew
from tests.files.orders.document_strategies import documents, said

SELLER = Seller("Nosotros S.A.", date(2026, 3, 2))
DOCUMENTS = ("json", "ubl", "edifact", "orderx")


def written_and_read(form: str, orders: Sequence[IncomingOrder]) -> list[IncomingOrder]:
    named = [(f"S{at}", order) for at, order in enumerate(orders)]
    found = []
    for file in exported(form, named, SELLER):
        source = order_source(InputFile(file.name, file.data), OWN)
        assert not source.warnings
        for each in source.orders():
            assert each.order is not None, each.faults
            assert not each.faults
            found.append(said(each.order))
    return found


@pytest.mark.parametrize("form", DOCUMENTS)
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(orders=st.lists(documents(), min_size=1, max_size=2))
def test_row_8_what_is_written_is_read_back_equal(
    form: str, orders: list[IncomingOrder]
) -> None:
    orders = [said(hashed_anew(order)) for order in orders]
    assert written_and_read(form, orders) == orders
