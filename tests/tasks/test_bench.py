"""The volume path is measured in the documented form; a batch costs the same number
of statements whatever its size, and the database it leaves is sound."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from flows.commands.audit import audit
from flows.commands.bench import bench

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
BY_ORDER = STAGES[:5]
FIGURES = {"documents", "cpu_seconds", "wall_seconds", "statements", "batches"}


@pytest.fixture(params=["sqlite", "postgresql"])
def measure(request, tmp_path, monkeypatch):
    """Run the benchmark in a home of its own, on an empty database each time."""
    from tasks.resources import _engine, resources

    count = iter(range(1, 100))

    def run(*arguments, batch=1000, keep="home"):
        at = next(count)
        for name in ("ADV_HOME", "ADV_PROGRESS", "ADV_DATABASE_URL"):
            monkeypatch.setenv(name, "")  # the command writes them; put back at the end
            monkeypatch.delenv(name)
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            name = f"bench_{id(monkeypatch)}_{at}"
            server.psql(f"CREATE DATABASE {name};")
            monkeypatch.setenv("ADV_DATABASE_URL", server.get_uri(name))
        monkeypatch.setenv("ADV_BATCH_SIZE", str(batch))
        kept = ("--keep", str(tmp_path / f"{keep}{at}"))
        found = CliRunner().invoke(bench, [*arguments, *kept, "--json"])
        assert found.exit_code == 0, found.output
        return json.loads(found.stdout)

    run.database = request.param
    yield run
    resources().engine.dispose()
    _engine.cache_clear()


def _documents(found):
    return {name: stage["documents"] for name, stage in found["stages"].items()}


def test_a_benchmark_in_a_process_of_its_own_stays_within_its_memory(tmp_path):
    held = bytearray(500 * 1024 * 1024)  # what the parent holds is not the bench's
    held[::4096] = b"x" * len(held[::4096])
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "bench", "--orders", "200", "--json"],
        env={**os.environ, "ADV_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert 0 < json.loads(done.stdout)["peak_rss_mb"] < 400


def test_the_form_is_the_documented_one_and_the_database_is_sound(measure):
    found = measure("--orders", "200", "--seed", "7", batch=150)
    assert set(found) == {
        "setup",
        "orders",
        "seed",
        "engine",
        "batch",
        "stages",
        "total_cpu_seconds",
        "peak_rss_mb",
    }
    assert set(found["setup"]) == {"cpu_seconds"}
    assert (found["orders"], found["seed"], found["batch"]) == (200, 7, 150)
    assert found["engine"] == measure.database
    assert tuple(found["stages"]) == STAGES
    assert all(set(stage) == FIGURES for stage in found["stages"].values())
    documents = _documents(found)
    assert [documents[name] for name in BY_ORDER] == [200] * 5
    assert all(documents[name] > 0 for name in STAGES)
    assert found["peak_rss_mb"] > 0

    checked = CliRunner().invoke(audit, ["--json"])
    assert checked.exit_code == 0, checked.output
    checks = json.loads(checked.stdout)["checks"]
    assert checks
    assert sum(check["rows"] for check in checks)
    assert [check for check in checks if check["violations"]] == []


def test_the_same_seed_makes_the_same_documents(measure):
    first = measure("--orders", "60", "--seed", "3")
    again = measure("--orders", "60", "--seed", "3")
    other = measure("--orders", "60", "--seed", "4")
    assert _documents(again) == _documents(first)
    assert _documents(other) != _documents(first)


def test_a_batch_of_2000_takes_as_many_statements_as_one_of_50(measure):
    small = measure("--orders", "50", batch=2000)
    large = measure("--orders", "2000", batch=2000)
    for name in STAGES:
        assert large["stages"][name]["batches"] == small["stages"][name]["batches"]
        assert (
            large["stages"][name]["statements"] == small["stages"][name]["statements"]
        ), name


def test_people_read_each_stage_once(tmp_path, monkeypatch):
    for name in ("ADV_HOME", "ADV_PROGRESS", "ADV_DATABASE_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    keep = tmp_path / "home"
    found = CliRunner().invoke(bench, ["--orders", "20", "--keep", str(keep)])
    assert found.exit_code == 0, found.output
    *stages, total = found.stdout.splitlines()
    assert tuple(line.split()[0] for line in stages) == STAGES
    assert total.startswith("20 orders on sqlite: ")
    again = CliRunner().invoke(bench, ["--orders", "20", "--keep", str(keep)])
    assert again.exit_code == 2
    assert "name a new folder" in again.output
