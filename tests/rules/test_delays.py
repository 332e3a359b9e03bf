from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from adv_domain.rules.sending_window import SendingWindow
from adv_domain.rules.stock.delays import (
    Finding,
    Look,
    News,
    OpenLine,
    Question,
    Verdict,
    finding_of,
)
from adv_domain.rules.stock.progress import Progress, wanted_events

CONFIRMED_ON = date(2025, 3, 10)
TODAY = date(2025, 3, 3)
WINDOW = SendingWindow(ZoneInfo("Europe/Madrid"), from_hour=8, until_hour=18)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def a_line(days: int = 0, **fields: Any) -> OpenLine:
    """Make a line that is now confirmed so many days after its first date, and has
    been for long."""
    known = {
        "line_id": 1,
        "qty_open": Decimal(5),
        "first_confirmed_on": CONFIRMED_ON,
        "confirmed_on": CONFIRMED_ON + timedelta(days=days),
        "told_on": None,
        "threshold_days": 2,
        "wanted": frozenset({Progress.DELAY, Progress.BACK_ON_TIME}),
        "differs_since": LONG_AGO,
    }
    return OpenLine(**{**known, **fields})


def find(
    line: OpenLine, on: date = TODAY, hour: int = 12, news: News = News.FRESH
) -> Finding | None:
    moment = datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
    return finding_of(line, look=Look(on, moment, WINDOW, news))


def verdict(line: OpenLine, **look: Any) -> Verdict | None:
    found = find(line, **look)
    return found.verdict if found else None


def after(days: int) -> date:
    return CONFIRMED_ON + timedelta(days=days)


def test_row_25_only_a_slip_beyond_the_threshold_is_told():
    assert [verdict(a_line(days)) for days in (-3, 0)] == [None, None]
    assert [verdict(a_line(days)) for days in (1, 2)] == [Verdict.WITHIN] * 2
    delay = find(a_line(3))
    assert delay == Finding(1, Verdict.TELL, CONFIRMED_ON, after(3), 3)


def test_a_further_slip_counts_from_what_the_customer_was_told():
    assert verdict(a_line(12, told_on=after(10))) is Verdict.WITHIN
    further = find(a_line(13, told_on=after(10)))
    assert further == Finding(1, Verdict.TELL, after(10), after(13), 3)


def test_a_recovery_is_not_told_nor_the_slip_back_to_the_same_date():
    assert verdict(a_line(4, told_on=after(10))) is None
    assert verdict(a_line(10, told_on=after(10))) is None


def test_lines_without_date_or_with_nothing_open_are_not_late():
    assert find(a_line(9, qty_open=Decimal(0))) is None
    assert find(a_line(9, first_confirmed_on=None)) is None
    assert find(a_line(confirmed_on=None)) is None
    assert find(a_line(qty_open=Decimal(0)), on=after(9)) is None


def test_a_slip_waits_until_mail_next_begins_to_leave():
    morning = datetime(2025, 3, 3, 6, 30, tzinfo=UTC)  # half past seven in Madrid
    noon = datetime(2025, 3, 3, 11, tzinfo=UTC)
    assert verdict(a_line(9, differs_since=None)) is Verdict.WAIT
    assert verdict(a_line(9, differs_since=morning), hour=12) is Verdict.TELL
    assert verdict(a_line(9, differs_since=noon), hour=20) is Verdict.WAIT
    assert verdict(a_line(9, differs_since=noon), on=date(2025, 3, 4)) is Verdict.TELL


def test_who_does_not_want_to_hear_of_delays_does_not():
    assert verdict(a_line(9, wanted=frozenset())) is Verdict.UNWANTED
    silent = a_line(wanted=frozenset(), question=asked())
    assert verdict(silent, on=after(5)) is Verdict.UNWANTED


def asked(**changes: Any) -> Question:
    return Question(**{"asked_at": LONG_AGO, "is_open": True} | changes)


def test_silence_is_asked_of_stock_on_the_first_day_and_told_beyond_the_threshold():
    assert verdict(a_line(), on=after(0)) is None
    assert verdict(a_line(), on=after(1)) is Verdict.ASK
    assert verdict(a_line(question=asked()), on=after(2)) is Verdict.WITHIN
    told = find(a_line(question=asked()), on=after(3))
    assert told == Finding(1, Verdict.TELL_SILENCE, CONFIRMED_ON, None, 3)


def test_silence_is_told_only_where_the_question_has_stood_and_stands():
    on = after(5)
    just = datetime(2025, 3, 15, 11, tzinfo=UTC)
    assert verdict(a_line(question=asked(asked_at=just)), on=on) is Verdict.WAIT
    assert verdict(a_line(question=asked(is_open=False)), on=on) is Verdict.ANSWERED
    assert verdict(a_line(question=asked(is_told=True)), on=on) is None


def test_while_nothing_comes_from_stock_nobody_hears_of_a_silence():
    line, on = a_line(question=asked()), after(5)
    assert verdict(line, on=on, news=News.STALE) is Verdict.STALE
    assert verdict(a_line(), on=on, news=News.STALE) is Verdict.STALE
    # who never said a word can be asked, and his silence is not told
    assert verdict(a_line(), on=on, news=News.NONE) is Verdict.ASK
    assert verdict(line, on=on, news=News.NONE) is Verdict.STALE
    # a slip that stock has told is told all the same
    assert verdict(a_line(9), news=News.STALE) is Verdict.TELL


def test_who_knows_a_later_date_does_not_hear_that_an_earlier_one_passed():
    line = a_line(told_on=after(20), question=asked())
    assert verdict(line, on=after(5)) is Verdict.WITHIN
    assert verdict(line, on=after(23)) is Verdict.TELL_SILENCE


def test_back_on_time_is_told_to_whom_a_delay_was_told_if_he_wants_it():
    known = {"told_on": after(10), "is_told_late": True}
    assert find(a_line(0, **known)) == Finding(
        1, Verdict.TELL_BACK, after(10), CONFIRMED_ON, -10
    )
    assert verdict(a_line(0, **known, differs_since=None)) is Verdict.WAIT
    assert verdict(a_line(1, **known)) is None
    assert verdict(a_line(0, told_on=after(10))) is None
    assert verdict(a_line(0, **known, wanted=frozenset({Progress.DELAY}))) is None


def test_a_date_told_before_is_told_again_by_a_person_only():
    known = {"told_on": CONFIRMED_ON, "is_told_before": True}
    assert verdict(a_line(10, **known)) is Verdict.TOLD_BEFORE


def test_a_customer_hears_what_he_chose_else_what_is_usual():
    usual = ("confirmation", "delay")
    assert wanted_events(None, usual=usual) == {Progress.CONFIRMATION, Progress.DELAY}
    assert wanted_events("shipment,delay", usual=usual) == {
        Progress.SHIPMENT,
        Progress.DELAY,
    }
    assert wanted_events("none", usual=usual) == frozenset()


@given(moves=st.lists(st.integers(-6, 60), max_size=20), threshold=st.integers(0, 10))
def test_invariant_20_each_notice_slips_by_more_than_the_threshold_no_date_twice(
    moves: list[int], threshold: int
):
    told: list[date] = []
    for days in moves:
        line = a_line(
            days, told_on=told[-1] if told else None, threshold_days=threshold
        )
        delay = find(line)
        if delay and delay.verdict is Verdict.TELL and delay.new_on:
            assert delay.new_on not in told
            assert (delay.new_on - delay.old_on).days > threshold
            told.append(delay.new_on)
    assert told == sorted(told)
