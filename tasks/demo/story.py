"""How does the demo's history go by, day after day, through the product's own steps?"""

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from adv_domain.store.engine import unsynced
from tasks.demo import company
from tasks.demo.advances import AdvancePayer
from tasks.demo.orders import OrderDesk, order_rows
from tasks.demo.payers import Payers
from tasks.demo.people import People
from tasks.demo.shelves import Row, Shelves
from tasks.demo.warehouse import Warehouse
from tasks.resources import resources
from tasks.setup import set_up

RunChain = Callable[[str, date], None]
_SURVEY_ITEMS = ("phone reception", "speed of order taking", "delivery", "invoicing")
_SETTLED = 10.0
_POLICY = """# The demo's company. Every key and its default: deployments/policy.toml
[company]
code = "DEMO"
name = "Ebro Tools S.A."
vat_id = "ESA28000003"
address = "Calle del Puerto 12"
postal_code = "48001"
city = "Bilbao"
region = "PV"
email = "adv@ebrotools.example"
phone = "+34 940 000 000"

[mail]
sender = "Ebro Tools ADV <adv@ebrotools.example>"
operations = ["operations@ebrotools.example"]

[holds]
team_hours = {{ "credit control" = 4 }}

[[holds.escalation]]
to = "Nora Vidal"
hours_overdue = 8

# the orders of this company are few and of very different size
[brake]
least_amount = 1000000

[dunning.brake]
least_amount = 5000000

[payments]
accounts = [{accounts}]

[kpis]
recompute_days = 3
"""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """How long, how busy, which made-up world, and which day is the last."""

    days: int
    orders_per_day: int
    seed: int
    last_day: date

    def business_days(self) -> list[date]:
        """Return the working days of the history, the last day last."""
        found: list[date] = []
        day = self.last_day
        while len(found) < self.days:
            if day.weekday() < 5:
                found.append(day)
            day -= timedelta(days=1)
        return found[::-1]


@dataclass(slots=True)
class Story:
    """The made-up world around an installation: who writes which files each day."""

    plan: DemoPlan
    desk: OrderDesk
    warehouse: Warehouse
    payers: Payers
    people: People

    def begin(self) -> None:
        """Give the company its master data and the open items of its old system."""
        customers = company.demo_customers(self.plan.seed)
        products = company.demo_products()
        first = self.plan.business_days()[0]
        _put("exchange_rates", "rates.csv", company.rate_rows())
        _put("customers", "customers.csv", company.customer_rows(customers))
        _put("products", "products.csv", company.product_rows(products))
        _put("prices", "prices.csv", company.price_rows(customers, products))
        self._stock_is_counted(first - timedelta(days=1))
        _put("legacy-invoices", "open-items.csv", self._old_items(customers, first))

    def morning(self, on: date) -> None:
        """Let the day's orders, stock's count and answers, and surveys come in."""
        if on != self.plan.business_days()[0]:
            self._stock_is_counted(on - timedelta(days=1))
        self.warehouse.shelves.receive(on)
        orders = self.desk.orders_of(on, count=self.plan.orders_per_day)
        if orders:
            _put("orders", f"orders-{on}.csv", order_rows(orders))
        if on.weekday() == 0:
            _put("survey", f"survey-{on}.csv", self._answers(on))
        self.stock_answers(on, "am")

    def evening(self, on: date) -> None:
        """Let stock answer the day's orders and the banks send their statements."""
        self.stock_answers(on, "pm")
        self.warehouse.close(on)
        for name, statement in self.payers.statements_of(on):
            _put_bytes("bank", name, statement)

    def stock_answers(self, on: date, part: str) -> None:
        """Let stock answer what it was handed since it last did."""
        answers = self.warehouse.answers_of(on)
        if answers:
            _put("deliveries", f"stock-{on}-{part}.csv", answers)

    def _stock_is_counted(self, on: date) -> None:
        """Let stock say what lies there at the close of a day and what is to come."""
        shelves = self.warehouse.shelves
        _put("stock", f"stock-{on}.csv", shelves.count_rows(on))
        receipts = list(shelves.receipt_rows())
        if len(receipts) > 1:
            _put("receipts", f"receipts-{on}.csv", receipts)

    def _old_items(
        self, customers: list[company.DemoCustomer], first: date
    ) -> Iterator[Row]:
        """Write receivables of the old system: some nearly due, some long overdue."""
        random = Random(f"{self.plan.seed} old items")
        yield ("invoice", "customer", "issued_on", "due_on", "amount", "currency")
        for at in range(36):
            one = customers[at * 7 % len(customers)]
            due_on = first + timedelta(days=12 - at * 2)
            scale = company.RATES.get(one.currency, 1)
            yield (
                f"OLD-{1000 + at}",
                one.code,
                due_on - timedelta(days=30),
                due_on,
                int(random.randint(120, 2600) * scale),
                one.currency,
            )

    def _answers(self, on: date) -> Iterator[Row]:
        random = Random(f"{self.plan.seed} survey {on}")
        yield ("answer", "customer", "item", "score", "answered_on")
        for at in range(6):
            code = random.choice(self.desk.customers).code
            for item in _SURVEY_ITEMS:
                [score] = random.choices((5, 4, 3, 2, 1), (38, 34, 16, 8, 4))
                yield (f"{on}-{at}-{item}", code, item, score, on)


def _policy_text() -> str:
    accounts = ", ".join(f'"{account}"' for account in company.ACCOUNTS.values())
    return _POLICY.format(accounts=accounts)


def new_story(plan: DemoPlan) -> Story:
    """Set up an installation of the demo's company and the world around it."""
    home = resources().settings.home
    home.mkdir(parents=True, exist_ok=True)
    (home / "policy.toml").write_text(_policy_text(), encoding="utf-8")
    set_up()
    customers = company.demo_customers(plan.seed)
    known = {one.code: one for one in customers}
    shelves = Shelves(plan.seed, company.demo_products())
    shelves.fill()
    return Story(
        plan=plan,
        desk=OrderDesk(plan.seed, customers, company.demo_products()),
        warehouse=Warehouse(plan.seed, home / "outbox" / "stock", shelves),
        payers=Payers(plan.seed, known, AdvancePayer(known)),
        people=People(plan.seed),
    )


def live_history(
    story: Story, *, run_chain: RunChain, tell: Callable[[int, date], None]
) -> None:
    """Run all days but the last: cycle, the people, stock's answers, nightly close.

    Done without waiting for the disk: the made-up past can be made again.
    """
    story.begin()
    days = story.plan.business_days()
    with unsynced(resources().engine):
        run_chain("intake", days[0] - timedelta(days=1))
        for at, on in enumerate(days[:-1], start=1):
            _live_day(story, on, run_chain)
            run_chain("nightly", on)
            tell(at, on)


def live_last_day(story: Story, *, run_chain: RunChain, open_night: bool) -> None:
    """Run the last day; with open_night its nightly close is left to the reader."""
    on = story.plan.business_days()[-1]
    _live_day(story, on, run_chain)
    if not open_night:
        run_chain("nightly", on)


def _live_day(story: Story, on: date, run_chain: RunChain) -> None:
    story.morning(on)
    run_chain("hourly", on)
    story.people.work(on)
    story.evening(on)


def _put(kind: str, name: str, rows: Iterable[Row]) -> None:
    path = _place(kind, name)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    _settle(path)


def _put_bytes(kind: str, name: str, data: bytes) -> None:
    path = _place(kind, name)
    path.write_bytes(data)
    _settle(path)


def _place(kind: str, name: str) -> Path:
    folder = resources().settings.home / "inbox" / kind
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def _settle(path: Path) -> None:
    """Date the file back a little: intake waits for files that may still grow."""
    changed = path.stat().st_mtime - _SETTLED
    os.utime(path, (changed, changed))
