"""Answers of different scales, made comparable."""

from decimal import Decimal

import pytest

from adv_domain.rules.figures.survey_scores import (
    is_satisfied,
    on_five_points,
    place_on_scale,
)

D = Decimal


@pytest.mark.parametrize(
    ("score", "lowest", "highest", "satisfied"),
    [
        ("4", "1", "5", True),
        ("3", "1", "5", False),
        ("8", "1", "10", True),
        ("7", "1", "10", False),
        ("8", "0", "10", True),
        ("7", "0", "10", False),
    ],
)
def test_satisfied_is_three_quarters_up_the_scale(
    score: str, lowest: str, highest: str, *, satisfied: bool
) -> None:
    said = is_satisfied(score=D(score), lowest=D(lowest), highest=D(highest))
    assert said is satisfied


def test_scales_are_compared_on_five_points() -> None:
    assert on_five_points(score=D(4), lowest=D(1), highest=D(5)) == 4
    assert on_five_points(score=D(5), lowest=D(0), highest=D(10)) == 3


@pytest.mark.parametrize(
    ("score", "lowest", "highest"), [("6", "1", "5"), ("1", "1", "1")]
)
def test_an_answer_off_the_scale_is_refused(
    score: str, lowest: str, highest: str
) -> None:
    with pytest.raises(ValueError, match="no answer"):
        place_on_scale(score=D(score), lowest=D(lowest), highest=D(highest))
