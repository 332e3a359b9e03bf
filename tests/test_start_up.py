"""Commands that need no engine start without Prefect, pandas and the like."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEVER = ("prefect", "pandas", "fastapi")
# what only some commands need, and none of those below
HEAVY = ("typst", "jinja2", "lxml", "alembic", "email_validator", "holidays", "babel")
PROBE = """
import json, sys
from flows.cli import main
try:
    main()
except SystemExit:
    pass
finally:
    sys.stderr.write("\\nLOADED " + json.dumps(sorted(sys.modules)))
"""


def _loaded(folder, *arguments):
    """Return the modules that are loaded when adv has ended, and their packages."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    names = json.loads(done.stderr.rpartition("LOADED ")[2])
    return {*names, *(name.partition(".")[0] for name in names)}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["run", "--help"],
        ["run", "invoicing", "--direct"],
        ["run", "validation", "--direct"],
        ["run", "handoff", "--direct"],
        ["order", "X"],
        ["customer", "list"],
        ["invoice", "list", "--json"],
        ["holds"],
        ["outbox", "list"],
        ["audit"],
    ],
    ids=" ".join,
)
def test_it_starts_light(sqlite_home, arguments):
    assert not _loaded(sqlite_home, *arguments) & {*NEVER, *HEAVY}


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "dunning", "--direct"],
        ["run", "hourly", "--direct"],
        ["run", "nightly", "--direct"],
        ["kpi", "show"],
        ["review", "list"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_it_needs_no_engine(sqlite_home, arguments):
    assert not _loaded(sqlite_home, *arguments) & set(NEVER)


@pytest.mark.parametrize(
    "arguments",
    [["run", "invoicing", "--direct"], ["order", "X"], ["invoice", "list"]],
    ids=" ".join,
)
def test_sqlite_loads_no_driver_of_postgresql_and_no_policy_is_not_checked(
    sqlite_home, arguments
):
    assert not _loaded(sqlite_home, *arguments) & {"psycopg", "pydantic"}


def test_the_work_list_starts_without_validation(sqlite_home):
    validation = {"tasks.orders.record", "tasks.orders.promises", "tasks.orders.cases"}
    assert not _loaded(sqlite_home, "holds") & validation
