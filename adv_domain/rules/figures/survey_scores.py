"""What does an answer on one of the survey scales say about satisfaction?

Scales 1–5, 1–10 and 0–10 are made comparable by the place of the answer between
the lowest and the highest score. The usual reading of five points, 4 and 5 are
satisfied, is three quarters of the way up: 8 and more on ten points.
"""

from decimal import Decimal

SATISFIED_FROM = Decimal("0.75")
_STEPS = 4


def place_on_scale(*, score: Decimal, lowest: Decimal, highest: Decimal) -> Decimal:
    """Return 0 for the lowest answer and 1 for the highest.

    Raises ValueError where the scale is empty or the score lies outside it.
    """
    if not lowest < highest or not lowest <= score <= highest:
        raise ValueError(f"{score} is no answer from {lowest} to {highest}")
    return (score - lowest) / (highest - lowest)


def on_five_points(*, score: Decimal, lowest: Decimal, highest: Decimal) -> Decimal:
    """Return the answer as it would stand on a scale of 1 to 5."""
    place = place_on_scale(score=score, lowest=lowest, highest=highest)
    return 1 + place * _STEPS


def is_satisfied(*, score: Decimal, lowest: Decimal, highest: Decimal) -> bool:
    """Say whether the answer counts as satisfied."""
    place = place_on_scale(score=score, lowest=lowest, highest=highest)
    return place >= SATISFIED_FROM
