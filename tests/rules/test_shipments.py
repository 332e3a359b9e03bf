from datetime import date, timedelta
from decimal import Decimal

import pytest

from adv_domain.rules.stock.progress import Progress
from adv_domain.rules.stock.shipments import (
    GoneLine,
    LateDeparture,
    expected_on,
    late_departure,
    shipment_event,
)

KNOWN = date(2026, 1, 9)
DELAYS = frozenset({Progress.DELAY})


def gone(days: int, **changes) -> GoneLine:
    values = {
        "line_id": 1,
        "qty_open": Decimal(0),
        "shipped_on": KNOWN + timedelta(days=days),
        "known_on": KNOWN,
        "threshold_days": 2,
        "is_told": False,
    }
    return GoneLine(**values | changes)


def test_a_rest_on_any_line_makes_it_a_part():
    assert shipment_event([Decimal(0), Decimal(0)]) is Progress.SHIPMENT
    assert shipment_event([Decimal(0), Decimal("0.5")]) is Progress.PART_SHIPMENT
    assert shipment_event([]) is Progress.SHIPMENT


def test_what_left_late_is_told_with_it_beyond_the_threshold_and_once():
    late = late_departure(gone(3), wanted=DELAYS)
    assert late == LateDeparture(1, KNOWN, date(2026, 1, 12), 3)
    assert late_departure(gone(2), wanted=DELAYS) is None
    assert late_departure(gone(3, is_told=True), wanted=DELAYS) is None
    assert late_departure(gone(3, qty_open=Decimal(1)), wanted=DELAYS) is None
    assert late_departure(gone(3, known_on=None), wanted=DELAYS) is None
    assert late_departure(gone(3), wanted=frozenset({Progress.SHIPMENT})) is None


@pytest.mark.parametrize(
    ("days", "told"),
    [(-1, False), (0, True), (2, True), (3, False)],
    ids=["passed", "as known", "within the threshold", "slipped: told once it stood"],
)
def test_the_day_of_a_rest_is_told_where_it_can_be(days, told):
    day = KNOWN + timedelta(days=days)
    found = expected_on(day, KNOWN, threshold_days=2, on=KNOWN)
    assert found == (day if told else None)
    assert expected_on(None, KNOWN, threshold_days=2, on=KNOWN) is None
