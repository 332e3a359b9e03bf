"""Where do the points, bars and axis marks of a chart lie?

Plots are drawn on a canvas of 100 × 100 that the page stretches to its place; marks
are percentages of it, so that words keep their size on every screen. Places on the
screen are floats; the amounts behind them stay Decimals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

CANVAS = 100
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_WANTED_MARKS = 4
Points = Sequence[Decimal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The values from bottom to top, and the round values that are marked."""

    low: Decimal
    high: Decimal
    marks: tuple[Decimal, ...]

    def height(self, value: Decimal) -> float:
        """Return how far down from the top the value lies, in percent."""
        return round(float(CANVAS * (self.high - value) / (self.high - self.low)), 2)


def axis_from_zero(series: Sequence[Points], *, most: Decimal | None = None) -> Axis:
    """Return an axis from zero (or the lowest value below it) past the highest.

    most caps it: a rate ends at 1.
    """
    values = [value for points in series for value in points if value is not None]
    top, bottom = max([*values, Decimal(0)]), min([*values, Decimal(0)])
    step = _round_step((top - bottom) / _WANTED_MARKS) if top > bottom else Decimal(1)
    low = -step * (-bottom / step).to_integral_value(ROUND_CEILING)
    high = step * (top / step).to_integral_value(ROUND_CEILING)
    high = max(high, low + step)
    if most is not None:
        high = min(high, most)
    count = int((high - low) / step)
    return Axis(
        low=low, high=high, marks=tuple(low + step * at for at in range(count + 1))
    )


def axis_around(points: Points) -> Axis:
    """Return an axis that fits the values closely, for a line without marks."""
    values = [value for value in points if value is not None] or [Decimal(0)]
    low, high = min(values), max(values)
    return Axis(low=low, high=high if high > low else low + 1, marks=())


def summed(points: Points, *, days: int) -> list[Decimal | None]:
    """Return the sum of each day and those before it; None where days are missing."""
    sums: list[Decimal | None] = []
    for at in range(len(points)):
        window = [
            value for value in points[at + 1 - days : at + 1] if value is not None
        ]
        whole = at + 1 >= days and len(window) == days
        sums.append(sum(window, Decimal(0)) if whole else None)
    return sums


def _round_step(least: Decimal) -> Decimal:
    size = Decimal(1).scaleb(least.adjusted())
    return next(size * step for step in _STEPS if size * step >= least)


def line(points: Points, axis: Axis) -> str:
    """Return the path of a line; where a value is missing, it is interrupted."""
    commands = []
    pen = "M"
    for at, value in enumerate(points):
        if value is None:
            pen = "M"
            continue
        commands.append(f"{pen}{_across(at, len(points))} {axis.height(value)}")
        pen = "L"
    return "".join(commands)


def area(points: Points, axis: Axis) -> str:
    """Return the path of the ground under a line without gaps, else nothing."""
    if not points or any(value is None for value in points):
        return ""
    floor = axis.height(max(axis.low, Decimal(0)))
    return f"{line(points, axis)}L{CANVAS} {floor}L0 {floor}Z"


def bars(points: Points, axis: Axis) -> str:
    """Return one path with a bar for each value, so that a chart is one element."""
    if not points:
        return ""
    slot = CANVAS / len(points)
    floor = axis.height(Decimal(0))
    return "".join(
        f"M{at * slot + slot * 0.15:.2f} {floor}V{axis.height(value)}"
        f"h{slot * 0.7:.2f}V{floor}Z"
        for at, value in enumerate(points)
        if value
    )


def _across(at: int, count: int) -> float:
    return round(CANVAS * at / (count - 1), 2) if count > 1 else CANVAS / 2


def across(at: int, count: int) -> float:
    """Return how far from the left the point lies, in percent."""
    return _across(at, count)


def shares(amounts: Sequence[Decimal]) -> list[float]:
    """Return each amount's part of a bar in percent; credit takes no room."""
    room = [max(amount, Decimal(0)) for amount in amounts]
    whole = sum(room, Decimal(0))
    return [round(float(CANVAS * part / whole), 2) if whole else 0.0 for part in room]
