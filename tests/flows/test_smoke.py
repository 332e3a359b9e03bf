"""Does a real Prefect server schedule, run and retry what prefect.yaml deploys?"""

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading, writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import document, invoice, tax_rate
from flows.local_prefect import server, worker
from flows.prefect_home import prepare_environment
from tasks.resources import resources
from tests.builders import a_customer, a_delivery, a_product, an_order
from tests.flows.prefect_api import PrefectApi

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
ON = date(2026, 1, 31)


class Installation:
    """A home with a Prefect server, its deployments and a worker."""

    def __init__(self, home, stack):
        port = _free_port()
        self.environment = {
            **{key: os.environ[key] for key in os.environ if key[:8] != "PREFECT_"},
            "PYTHONPATH": str(ROOT),
            "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
        }
        prepare_environment(home, self.environment)
        self.api = PrefectApi(self.environment["PREFECT_API_URL"])
        stack.enter_context(
            server(home=home, host="127.0.0.1", port=port, environment=self.environment)
        )
        self.prefect("work-pool", "create", "adv", "--type", "process")
        self.prefect("deploy", "--prefect-file", "deployments/prefect.yaml", "--all")
        stack.enter_context(worker(home=home, environment=self.environment))

    def prefect(self, *arguments):
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _ship(code, *, tax_category="standard"):
    engine = resources().engine
    customer_id = a_customer(engine, code, tax_category=tax_category)
    product_id = a_product(engine, f"P{code}")
    order_id = an_order(
        engine, customer_id=customer_id, product_id=product_id, no=f"O{code}"
    )
    a_delivery(engine, order_id)


def _give_rate(category):
    with writing(resources().engine) as connection:
        insert_rows(
            connection,
            tax_rate,
            [
                {
                    "territory": "ES",
                    "category": category,
                    "rate": Decimal("0.10"),
                    "vat_code": "S",
                    "valid_from": date(2020, 1, 1),
                    "valid_to": None,
                }
            ],
        )


def _invoiced():
    """Return the posted numbers with their buyers, and which have a PDF."""
    with reading(resources().engine) as connection:
        rows = connection.execute(
            select(invoice.c.invoice_no, invoice.c.buyer, document.c.path)
            .outerjoin(document, document.c.invoice_id == invoice.c.id)
            .order_by(invoice.c.id)
        ).all()
    return [(row.invoice_no, row.buyer["name"], bool(row.path)) for row in rows]


def test_schedules_runs_and_retries_on_a_real_server(sqlite_home):
    with ExitStack() as stack:
        installed = Installation(sqlite_home, stack)
        _scheduled_runs_appear(installed.api)
        _failed_step_is_retried(installed)
        _failed_nightly_close_is_retried(installed)
        _nothing_is_left(installed.api)


def _scheduled_runs_appear(api):
    until = time.monotonic() + 120
    while not all(api.scheduled(name) for name in ("hourly-cycle", "nightly-close")):
        assert time.monotonic() < until, "the scheduler made no runs"
        time.sleep(1)


def _failed_step_is_retried(installed):
    api = installed.api
    _ship("GOOD1")
    _ship("BAD1", tax_category="without_rate")

    run_id = api.start("invoicing", business_date=ON.isoformat())
    failed = api.end_of(run_id)
    assert failed["state"]["type"] == "FAILED"
    assert failed["state"]["message"].startswith("1 invoice; 1 failed (OBAD1: ")
    assert failed["name"] == f"invoicing {ON}"
    [report] = api.reports(run_id)
    assert "| OBAD1 |" in report
    assert "What to do" in report

    _give_rate("without_rate")
    installed.prefect("flow-run", "retry", run_id)
    mended = api.end_of(run_id, attempt=2)
    assert mended["state"]["type"] == "COMPLETED"
    assert mended["state"]["message"] == "1 invoice"
    assert [buyer for _, buyer, _ in _invoiced()] == ["Customer GOOD1", "Customer BAD1"]


def _failed_nightly_close_is_retried(installed):
    api = installed.api
    _ship("GOOD2")
    _ship("BAD2", tax_category="no_rate_either")

    run_id = api.start("nightly-close", business_date=ON.isoformat())
    failed = api.end_of(run_id)
    assert failed["state"]["type"] == "FAILED"
    assert "invoicing: 1 invoice; 1 failed (OBAD2: " in failed["state"]["message"]
    ends = {name: one["state"]["type"] for name, one in api.subflows(run_id).items()}
    assert ends == {
        "delivery-tracking": "COMPLETED",
        "payment-monitoring": "COMPLETED",
        "invoicing": "FAILED",
        "documents": "COMPLETED",
        "dunning": "COMPLETED",
        "mail-delivery": "COMPLETED",
        "kpi-refresh": "COMPLETED",
        "digest": "COMPLETED",
    }
    assert [has_pdf for *_, has_pdf in _invoiced()] == [True, True, True]

    _give_rate("no_rate_either")
    installed.prefect("flow-run", "retry", run_id)
    mended = api.end_of(run_id, attempt=2)
    assert mended["state"]["type"] == "COMPLETED", mended["state"]["message"]
    subflows = api.subflows(run_id)
    assert subflows["invoicing"]["state"]["message"] == "1 invoice"
    assert subflows["documents"]["state"]["message"] == "1 document; 1 mail queued"
    numbers = [number for number, *_ in _invoiced()]
    assert numbers == [f"F-2026-{number:06d}" for number in (1, 2, 3, 4)]
    assert all(has_pdf for *_, has_pdf in _invoiced())


def _nothing_is_left(api):
    for name in ("invoicing", "documents"):
        ended = api.end_of(api.start(name, business_date=ON.isoformat()))
        assert ended["state"]["type"] == "COMPLETED"
        assert ended["state"]["message"] == "nothing to do"
