from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.stock.delays import OpenLine, delay_of, delays, silent_lines

CONFIRMED_ON = date(2025, 3, 10)


def a_line(days: int = 0, **fields: Any) -> OpenLine:
    """Make a line that is now confirmed so many days after its first date."""
    known = {
        "line_id": 1,
        "qty_open": Decimal(5),
        "first_confirmed_on": CONFIRMED_ON,
        "confirmed_on": CONFIRMED_ON + timedelta(days=days),
        "told_on": None,
        "threshold_days": 2,
    }
    return OpenLine(**{**known, **fields})


def test_only_a_slip_beyond_the_threshold_is_told():
    assert delays([a_line(-3), a_line(0), a_line(2)]) == []
    [delay] = delays([a_line(3)])
    assert (delay.old_on, delay.days_late) == (CONFIRMED_ON, 3)


def test_a_further_slip_counts_from_what_the_customer_was_told():
    told_on = CONFIRMED_ON + timedelta(days=10)
    assert delay_of(a_line(12, told_on=told_on)) is None
    further = delay_of(a_line(13, told_on=told_on))
    assert further is not None and further.old_on == told_on


def test_a_recovery_is_not_told_nor_the_slip_back_to_the_same_date():
    told_on = CONFIRMED_ON + timedelta(days=10)
    assert delay_of(a_line(4, told_on=told_on)) is None
    assert delay_of(a_line(10, told_on=told_on)) is None


def test_lines_without_date_or_with_nothing_open_are_not_late():
    assert delay_of(a_line(9, qty_open=Decimal(0))) is None
    assert delay_of(a_line(9, first_confirmed_on=None)) is None
    assert delay_of(a_line(confirmed_on=None)) is None


def test_silence_is_found_once_the_day_and_the_threshold_are_over():
    line = a_line()
    assert silent_lines([line], on=CONFIRMED_ON + timedelta(days=2)) == []
    late_on = CONFIRMED_ON + timedelta(days=3)
    assert silent_lines([line], on=late_on) == [line]
    assert silent_lines([a_line(qty_open=Decimal(0))], on=late_on) == []
    assert silent_lines([a_line(0, threshold_days=0)], on=CONFIRMED_ON) == []


@given(moves=st.lists(st.integers(-20, 60), max_size=20), threshold=st.integers(0, 10))
def test_every_notice_slips_by_more_than_the_threshold_and_no_date_twice(
    moves: list[int], threshold: int
):
    told: list[date] = []
    for days in moves:
        line = a_line(
            days, told_on=told[-1] if told else None, threshold_days=threshold
        )
        delay = delay_of(line)
        if delay:
            assert delay.new_on not in told
            assert (delay.new_on - delay.old_on).days > threshold
            told.append(delay.new_on)
    assert told == sorted(told)
