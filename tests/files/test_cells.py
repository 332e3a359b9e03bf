"""A cell means what the stated format says, or it is a fault; nothing is guessed."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adv_domain.files.cells import BadCell, Formats, NumberFormat
from adv_domain.files.fields import Column, Field, day, number, rate, text, whole
from adv_domain.files.word_fields import progress_of, weekdays_of

POINT = Formats()
COMMA = Formats(numbers=(NumberFormat(",", "."),))


@pytest.mark.parametrize(
    ("cell", "formats", "value"),
    [
        ("12", POINT, "12"),
        ("-0.50", POINT, "-0.50"),
        ("007", POINT, "7"),
        ("1.234.567,89", COMMA, "1234567.89"),
        ("1234,5", COMMA, "1234.5"),
        ("1 234,5", Formats(numbers=(NumberFormat(",", " "),)), "1234.5"),
        ("0.1000000", POINT, "0.1"),
    ],
)
def test_number_in_the_stated_format_is_read(
    cell: str, formats: Formats, value: str
) -> None:
    assert Column(Field("price", number()), formats)[cell] == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "formats", "code"),
    [
        ("1,5", POINT, "not_a_number"),
        ("1.5", COMMA, "not_a_number"),
        ("12.34", COMMA, "not_a_number"),
        ("1,234.5", POINT, "not_a_number"),
        ("NaN", POINT, "not_a_number"),
        ("inf", POINT, "not_a_number"),
        ("-Infinity", POINT, "not_a_number"),
        ("1e3", POINT, "not_a_number"),
        ("10 EUR", POINT, "not_a_number"),
        ("١٢", POINT, "not_a_number"),
        ("1_000", POINT, "not_a_number"),
        ("1" + "0" * 30, POINT, "out_of_range"),
        ("9" * 5000, POINT, "out_of_range"),
        ("0.1234567", POINT, "too_precise"),
    ],
)
def test_number_in_another_format_is_a_fault(
    cell: str, formats: Formats, code: str
) -> None:
    with pytest.raises(BadCell) as bad:
        Column(Field("price", number()), formats)[cell]
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("cell", "form", "value"),
    [
        ("2024-02-29", "%Y-%m-%d", date(2024, 2, 29)),
        ("31/12/2024", "%d/%m/%Y", date(2024, 12, 31)),
        ("12/31/2024", "%m/%d/%Y", date(2024, 12, 31)),
        ("31.12.24", "%d.%m.%y", date(2024, 12, 31)),
        ("2024-12-31 23:59:00", "%Y-%m-%d %H:%M:%S", date(2024, 12, 31)),
    ],
)
def test_date_in_the_stated_format_is_read(cell: str, form: str, value: date) -> None:
    assert Column(Field("ordered_on", day()), Formats(dates=(form,)))[cell] == value


@pytest.mark.parametrize(
    ("cell", "form", "code"),
    [
        ("2024-02-31", "%Y-%m-%d", "not_a_date"),
        ("31/02/2024", "%d/%m/%Y", "not_a_date"),
        ("2023-02-29", "%Y-%m-%d", "not_a_date"),
        ("20240229", "%Y-%m-%d", "not_a_date"),
        ("2024-W09-4", "%Y-%m-%d", "not_a_date"),
        ("05/31/2024", "%d/%m/%Y", "not_a_date"),
        ("9999-12-31", "%Y-%m-%d", "out_of_range"),
        ("0001-01-01", "%Y-%m-%d", "out_of_range"),
    ],
)
def test_wrong_date_is_a_fault(cell: str, form: str, code: str) -> None:
    with pytest.raises(BadCell) as bad:
        Column(Field("ordered_on", day()), Formats(dates=(form,)))[cell]
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("cell", "percent", "value"),
    [
        ("15", "percent", "0.15"),
        ("15 %", "percent", "0.15"),
        ("2.5", "percent", "0.025"),
        ("0.15", "fraction", "0.15"),
    ],
)
def test_percentage_becomes_a_fraction(cell: str, percent: str, value: str) -> None:
    formats = Formats(percent=percent)  # type: ignore[arg-type]  # parametrised
    column = Column(Field("discount_percent", rate()), formats)
    assert column[cell] == Decimal(value)


def test_percentage_above_a_hundred_is_a_fault() -> None:
    with pytest.raises(BadCell) as bad:
        Column(Field("discount_percent", rate()), Formats(percent="fraction"))["15"]
    assert bad.value.code == "out_of_range"


def test_text_keeps_leading_zeros_and_flattens_line_breaks() -> None:
    column = Column(Field("name", text(20)), POINT)
    assert column["05012"] == "05012"
    assert column[" Rue\r\n  Haute "] == "Rue Haute"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("a" * 21, "too_long"),
        ("bell\x07", "control_character"),
        ("PO-1\u200b", "control_character"),
    ],
)
def test_text_that_does_not_fit_is_a_fault(cell: str, code: str) -> None:
    with pytest.raises(BadCell) as bad:
        Column(Field("name", text(20)), POINT)[cell]
    assert bad.value.code == code


def test_empty_cell_takes_the_default_or_is_missing() -> None:
    assert Column(Field("unit", text(5), default="PCE"), POINT)[" "] == "PCE"
    assert Column(Field("unit", text(5)), POINT)[""] is None
    with pytest.raises(BadCell) as bad:
        Column(Field("code", text(5), required=True), POINT)[""]
    assert bad.value.code == "missing"


def test_default_is_written_in_our_form_whatever_the_partners() -> None:
    field = Field("discount_percent", rate(), default="2.5")
    column = Column(field, Formats(numbers=(NumberFormat(","),), percent="fraction"))
    assert column[""] == Decimal("0.025")


def test_whole_number_outside_its_bounds_is_a_fault() -> None:
    column = Column(Field("line", whole(low=1)), POINT)
    assert column["12"] == 12
    for cell in ("0", "1.5", "-1", "12345678901234567890"):
        with pytest.raises(BadCell):
            column[cell]


@given(st.text(max_size=40))
def test_any_text_is_a_value_or_a_fault(cell: str) -> None:
    for make in (number(), rate(), day(), whole(), text(20)):
        with suppress(BadCell):
            Column(Field("any", make), COMMA)[cell]


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("mon,wed", "mon,wed"),
        ("Wed; Mon", "mon,wed"),
        ("friday thursday", "thu,fri"),
        ("sun", "sun"),
    ],
)
def test_weekdays_are_read_in_the_weeks_order(cell: str, days: str) -> None:
    assert weekdays_of(cell) == days


def test_a_word_that_is_no_weekday_is_a_fault() -> None:
    with pytest.raises(BadCell, match="days of the week among mon, tue"):
        weekdays_of("mon, mercredi")


@pytest.mark.parametrize(
    ("cell", "events"),
    [
        ("delay", "delay"),
        ("Delay; confirmation", "confirmation,delay"),
        ("back_on_time shipment", "shipment,back_on_time"),
        ("NONE", "none"),
    ],
)
def test_events_of_orders_are_read_in_their_order(cell: str, events: str) -> None:
    assert progress_of(cell) == events


@pytest.mark.parametrize("cell", ["none,delay", "delays", "; ,"])
def test_what_is_no_event_of_an_order_is_a_fault(cell: str) -> None:
    with pytest.raises(BadCell, match="must be none, or events among confirmation"):
        progress_of(cell)
