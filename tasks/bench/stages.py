"""How does the generated work go through the chain, and what does each stage cost?"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from adv_domain.files.camt_out import StatementEntry, StatementHead, camt053
from adv_domain.store.engine import reading
from adv_domain.store.tables import instalment, invoice, sales_order
from tasks.bench import workload
from tasks.bench.measure import Cost, measured, peak_rss_mb
from tasks.bench.workload import Row, Workload
from tasks.resources import resources
from tasks.setup import set_up

RunStep = Callable[[str, date], Mapping[str, int]]
STAGES = (
    "intake",
    "validation",
    "handoff",
    "delivery",
    "invoicing",
    "payments",
    "dunning",
    "kpis",
)
_PAID_AFTER = 66
_FIRST_AGE, _SECOND_AGE = 70, 100
_POLICY = """
[company]
country = "FR"
tax_territory = "FR"
vat_id = "FR40303265045"

[documents]
mail_invoices = false

[payments]
stale_days = 365
"""


class DatabaseInUse(ValueError):
    """The benchmark must not run where a company's orders are."""

    def __init__(self) -> None:
        super().__init__(
            "the database of ADV_DATABASE_URL holds orders; give the benchmark an "
            "empty one"
        )


def prepare_empty() -> None:
    """Set up the home and its database; raises DatabaseInUse."""
    home = resources().settings.home
    home.mkdir(parents=True, exist_ok=True)
    (home / "policy.toml").write_text(_POLICY, encoding="utf-8")
    known = set_up()
    with reading(known.engine) as connection:
        if connection.execute(select(sales_order.c.id).limit(1)).first():
            raise DatabaseInUse


def prepare(work: Workload) -> None:
    """Set up the home and put the master data into its inbox; raises DatabaseInUse."""
    prepare_empty()
    tax_rates = [("territory", "category", "rate_percent"), ("FR", "standard", "20")]
    _write(_inbox("tax_rates") / "rates.csv", tax_rates)
    _write(_inbox("customers") / "customers.csv", work.customer_rows())
    _write(_inbox("products") / "products.csv", work.product_rows())
    _write(_inbox("prices") / "prices.csv", work.price_rows())
    _write(_inbox("stock") / "stock.csv", work.stock_rows())


@dataclass(slots=True)
class Bench:
    """A run through all stages; costs are added up by stage name."""

    work: Workload
    run_step: RunStep
    progress: Path
    tell: Callable[[str], None]
    with_money: bool = True
    costs: dict[str, Cost] = field(default_factory=dict)

    def run(self) -> dict[str, Cost]:
        """Run and measure the stages in the chain's order."""
        self._orders()
        self._goods()
        if self.with_money:
            self._money()
        return self.costs

    def _orders(self) -> None:
        _write(_inbox("orders") / "orders.csv", self.work.order_rows())
        for name in ("intake", "validation", "handoff"):
            with self._stage(name) as cost:
                self.run_step(name, workload.ORDERED_ON)
                cost.documents = self.work.orders

    def _goods(self) -> None:
        _write(_inbox("deliveries") / "shipments.csv", self.work.shipment_rows())
        for name in ("delivery", "invoicing"):
            with self._stage(name) as cost:
                self.run_step(name, workload.SHIPPED_ON)
                cost.documents = self.work.orders

    def _money(self) -> None:
        paid_on = workload.aged(_PAID_AFTER)
        bank_file = _inbox("bank") / "statement.xml"
        bank_file.write_bytes(_statement(self.work, paid_on))
        with self._stage("payments") as cost:
            cost.documents = self.run_step("payments", paid_on).get("payments", 0)
        for days in (_FIRST_AGE, _SECOND_AGE):
            on = workload.aged(days)
            with self._stage("dunning", is_last=days == _SECOND_AGE) as cost:
                cost.documents = self.run_step("dunning", on).get("notices", 0)
            self.run_step("mail", on)
        with self._stage("kpis") as cost:
            done = self.run_step("kpis", workload.aged(_SECOND_AGE))
            cost.documents = sum(done.values())

    @contextmanager
    def _stage(self, name: str, *, is_last: bool = True) -> Iterator[Cost]:
        """Measure a part of a stage; what it cost in all is told after the last."""
        with measured(self.progress) as cost:
            yield cost
        whole = self.costs[name] = _added(self.costs.get(name), cost)
        if is_last:
            self.tell(
                f"{name:<11} {whole.documents:>8} documents "
                f"{whole.cpu_seconds:>8.2f} s CPU  {whole.statements:>5} statements"
            )


def expect_complete(work: Workload) -> None:
    """Raise RuntimeError unless every order was invoiced: a wrong run has no speed."""
    with reading(resources().engine) as connection:
        posted = connection.execute(select(func.count()).select_from(invoice)).scalar()
    if posted != work.orders:
        raise RuntimeError(f"{posted} invoices for {work.orders} orders")


def report(
    work: Workload, costs: Mapping[str, Cost], *, setup_seconds: float
) -> dict[str, object]:
    """Return the documented JSON form."""
    known = resources()
    return {
        "setup": {"cpu_seconds": round(setup_seconds, 3)},
        "orders": work.orders,
        "seed": work.seed,
        "engine": known.engine.dialect.name,
        "batch": known.settings.batch_size,
        "stages": {name: costs[name].as_dict() for name in STAGES if name in costs},
        "total_cpu_seconds": round(sum(one.cpu_seconds for one in costs.values()), 3),
        "peak_rss_mb": round(peak_rss_mb(), 1),
    }


def _statement(work: Workload, on: date) -> bytes:
    """Write a bank file in which 80 % of the orders pay each of their instalments."""
    with reading(resources().engine) as connection:
        rows = connection.execute(
            select(
                sales_order.c.customer_ref,
                invoice.c.rf_reference,
                instalment.c.instalment_no,
                instalment.c.amount,
            )
            .join(invoice, invoice.c.order_id == sales_order.c.id)
            .join(instalment, instalment.c.invoice_id == invoice.c.id)
            .order_by(instalment.c.id)
        ).all()
    entries = [
        StatementEntry(
            entry_ref=f"E{row.rf_reference}{row.instalment_no}",
            amount=row.amount,
            booked_on=on,
            payer_name="A customer",
            structured_ref=row.rf_reference,
        )
        for row in rows
        if work.is_paid(int(row.customer_ref[1:]))
    ]
    Random(f"{work.seed} bank").shuffle(entries)
    head = StatementHead(workload.ACCOUNT, f"S{on:%Y%m%d}", "EUR", on)
    return camt053(head, entries)


def _inbox(kind: str) -> Path:
    return resources().settings.home / "inbox" / kind


def _added(known: Cost | None, cost: Cost) -> Cost:
    if known is None:
        return cost
    return Cost(
        documents=known.documents + cost.documents,
        cpu_seconds=known.cpu_seconds + cost.cpu_seconds,
        wall_seconds=known.wall_seconds + cost.wall_seconds,
        statements=known.statements + cost.statements,
        batches=known.batches + cost.batches,
    )


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
