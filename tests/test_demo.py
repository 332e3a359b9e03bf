"""The demo: a believable company, nothing wrong in its books, the same from a wheel."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FAULTS = (
    "unknown_customer",
    "unknown_product",
    "discontinued_product",
    "price",
    "deadline",
    "date_in_past",
    "quantity",
    "duplicate_reference",
    "credit_limit",
    "currency",
)


def _adv(*arguments, home, path=ROOT, cwd=None):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("ADV_")
    }
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", "--home", str(home), *arguments],
        cwd=cwd or ROOT,
        env={**environment, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def _json(done):
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.slow
def test_sixty_days_hold_something_of_everything(tmp_path):
    home = tmp_path / "home"
    told = _json(_adv("demo", "--json", "--last-day", "2026-11-20", home=home))
    stages = told["stages"]
    assert stages["orders"]["taken"] == 600
    assert {name for name in FAULTS if stages["orders_by_fault"].get(name, 0) < 5} == (
        set()
    )
    assert stages["deliveries"]["delayed_lines_told"] >= 20
    assert stages["payments"]["part_payments"] >= 10
    assert stages["payments"]["reversed"] + stages["payments"]["unmatched"] >= 5
    assert stages["disputes"]["noted"] >= 3
    # row 41: asked, paid (some in parts), invoiced, deducted
    ahead = stages["advances"]
    assert ahead["requests_paid"] >= 5
    assert ahead["invoiced"] > ahead["requests_paid"]
    assert ahead["deducted_by"] >= 3
    assert sum(stages["promises"].values()) >= 3
    assert stages["invoices"]["credit_note"] >= 10
    assert set(stages["reminders"]) >= {f"level_{level}" for level in (1, 2, 3, 4)}
    assert told["kpis"]["orders_entered"]["value"]
    for place in ("dashboard", "mails"):
        assert Path(told["paths"][place]).is_file()

    asked = ("--json", "--date", "2026-11-20")
    waiting = _json(_adv("stock", "back-orders", *asked, home=home))
    assert len(waiting) >= 5
    late = _json(_adv("delays", *asked, home=home))["lines"]
    assert "stock" in {one["cause"] for one in late}
    assert not stages["tasks"].get("old_stock_count")

    audit = _json(_adv("audit", "--json", home=home))
    assert [one for one in audit["checks"] if one["violations"]] == []
    of_customer = _json(_adv("customer", "C008", "--json", home=home))["advances"]
    assert of_customer["orders"]
    pages = list(home.glob("payment-requests/*/*.pdf"))
    assert len(pages) == stages["mails_by_kind"]["payment_request"]
    invoices = _json(_adv("invoice", "list", "--json", home=home))
    assert {one["currency"] for one in invoices} >= {"EUR", "JPY", "TND"}

    again = _adv("demo", home=home)
    assert again.returncode == 2
    assert "is in use" in again.stderr


@pytest.mark.slow
def test_an_open_night_leaves_work_of_every_kind(tmp_path):
    home = tmp_path / "home"
    plan = ("--days", "10", "--open-night", "--last-day", "2026-11-20")
    _json(_adv("demo", "--json", *plan, home=home))
    night = ("run", "nightly", "--date", "2026-11-20", "--direct", "--json")
    done = _json(_adv(*night, home=home))["done"]
    assert done["invoices"] > 0
    assert done["matched"] > 0
    assert done["reminders"] > 0
    assert done["sent"] > 0
    assert not _json(_adv(*night, home=home))["done"].get("invoices")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The product as it is installed: built, and unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    [archive] = folder.glob("*.whl")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_the_packages_and_their_data_and_no_tests(wheel):
    names = {
        path.name for path in wheel.iterdir() if not path.name.endswith(".dist-info")
    }
    assert names == {"flows", "tasks", "adv_domain"}
    bundled = wheel / "adv_domain" / "_bundled"
    for needed in (
        "templates/email/es/invoice",
        "templates/document/invoice.typ",
        "deployments/prefect.yaml",
        "deployments/policy.toml",
        "deployments/mappings/northwind/orders.toml",
    ):
        assert (bundled / needed).exists(), needed
    assert (wheel / "adv_domain/store/migrations/script.py.mako").is_file()


@pytest.mark.slow
def test_the_wheel_runs_the_demo_from_another_folder(wheel, tmp_path):
    plan = ("--days", "2", "--last-day", "2026-11-20")
    done = _adv(
        "demo", "--json", *plan, home=tmp_path / "home", path=wheel, cwd=tmp_path
    )
    told = _json(done)
    assert told["stages"]["orders"]["taken"] == 20
    assert (tmp_path / "home" / "dashboard" / "index.html").is_file()
