"""A made-up quarter: who orders what, and what stock says of it on which day.

Facts only: nothing here knows what customers are told.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

FIRST = date(2026, 1, 12)
DAYS = [FIRST + timedelta(days=at) for at in range(90)]
ORDERING_DAYS = [day for day in DAYS[:65] if day.weekday() < 5]
# a week in which nothing comes from stock; what it had to say comes on the Monday after
OUTAGE = [date(2026, 2, 16) + timedelta(days=at) for at in range(7)]
ORDERS_A_DAY = 14
PARTS = ("am", "pm")
USUAL = frozenset({"confirmation", "shipment", "part_shipment", "delay"})


@dataclass(frozen=True)
class Buyer:
    """A customer; threshold and wishes None: what the policy says."""

    code: str
    threshold: int | None
    wishes: str | None
    has_address: bool = True

    @property
    def days(self) -> int:
        return 2 if self.threshold is None else self.threshold

    @property
    def wants(self) -> frozenset[str]:
        if self.wishes is None:
            return USUAL
        return frozenset(self.wishes.split(",")) - {"none"}


@dataclass(eq=False)
class Line:
    """An order line, as it was first confirmed."""

    order_no: str
    line_no: int
    qty: int
    first_on: date


@dataclass(frozen=True)
class News:
    """What stock says of a line: another date, or that so much left on a day."""

    line: Line
    kind: str
    on: date
    qty: int = 0
    told_at: str = ""


@dataclass
class World:
    """The quarter on its way; news is by day and part of the day."""

    random: Random
    buyers: list[Buyer]
    lines: list[Line] = field(default_factory=list)
    buyer_of: dict[str, Buyer] = field(default_factory=dict)
    news: dict[tuple[date, str], list[News]] = field(
        default_factory=lambda: defaultdict(list)
    )
    slipped: int = 0

    def orders_of(self, day: date) -> list[tuple[Buyer, date, list[int]]]:
        """Return the day's orders: who, wanted when, and the quantity of each line."""
        return [
            (
                self.random.choice(self.buyers),
                day + timedelta(days=self.random.randint(4, 16)),
                [self.random.randint(1, 6) for _ in range(self.random.randint(1, 2))],
            )
            for _ in range(ORDERS_A_DAY)
        ]

    def accepted(self, line: Line, buyer: Buyer, day: date) -> None:
        """Plan what stock will say of a line that was accepted on the day."""
        self.lines.append(line)
        self.buyer_of[line.order_no] = buyer
        place = len(self.lines) * 37 % 100
        if place < 12:
            self.slipped += 1
            leaves_on = self._slip(line, day)
        elif place < 20:
            leaves_on = line.first_on + timedelta(days=self.random.randint(1, 9))
        else:
            early = timedelta(days=self.random.randint(0, 1))
            leaves_on = max(day + timedelta(days=1), line.first_on - early)
        self._leave(line, day, leaves_on)

    def _slip(self, line: Line, day: date) -> date:
        """Move the date: for good, twice, back again, or by a slip of the keyboard."""
        days = self.random.randint
        heard_on = day + timedelta(days=days(1, max(1, (line.first_on - day).days - 1)))
        new_on = line.first_on + timedelta(days=days(1, 12))
        self._say(heard_on, "am", News(line, "new_date", new_on))
        course = self.random.choices(
            ("stays", "again", "recovers", "typo"), (40, 20, 25, 15)
        )[0]
        if course == "typo":
            self._say(heard_on, "pm", News(line, "new_date", line.first_on))
            return line.first_on
        later_on = heard_on + timedelta(days=days(1, 4))
        if course == "stays" or later_on >= new_on:
            return new_on
        if course == "again":
            last_on = new_on + timedelta(days=days(1, 9))
        else:
            last_on = max(line.first_on, later_on)
        self._say(later_on, self.random.choice(PARTS), News(line, "new_date", last_on))
        return last_on

    def _leave(self, line: Line, day: date, leaves_on: date) -> None:
        part_on = max(day + timedelta(days=1), leaves_on - timedelta(days=2))
        rest = line.qty
        if line.qty > 1 and self.random.random() < 0.15 and part_on < leaves_on:
            rest -= 1
            self._say(part_on, "am", News(line, "shipment", part_on, 1))
        self._say(leaves_on, "am", News(line, "shipment", leaves_on, rest))

    def _say(self, day: date, part: str, news: News) -> None:
        # what was said during the outage had not passed yet when it was said
        hour = 8 if part == "am" else 15
        news = replace(news, told_at=f"{day}T{hour:02d}:00:00+00:00")
        if day in OUTAGE:
            day, part = OUTAGE[-1] + timedelta(days=1), "am"
        self.news[day, part].append(news)


def a_world(seed: int) -> World:
    """Make the customers: thresholds, wishes and addresses differ."""
    wishes = (
        None,
        None,
        "delay",
        "confirmation,delay,back_on_time",
        "shipment,delay",
        "shipment,part_shipment",
        "none",
    )
    thresholds = (None, 0, 5)
    buyers = [
        Buyer(
            code=f"C{at:02d}",
            threshold=thresholds[at % 3],
            wishes=wishes[at % 7],
            has_address=at % 8 != 5,
        )
        for at in range(24)
    ]
    return World(Random(seed), buyers)
