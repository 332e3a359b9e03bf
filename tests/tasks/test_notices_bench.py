"""Are many open lines looked through for delays in seconds? And is the preview true?"""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.direct import run_directly
from tasks.bench.late_lines import ON, OpenLines
from tests.builders import a_customer, a_product, an_order
from tests.tasks.feedback_runs import book

_CPU_SECONDS = 5


@pytest.mark.slow
def test_50_000_open_lines_are_checked_for_delay_within_the_bound(monkeypatch):
    for name in ("ADV_HOME", "ADV_PROGRESS", "ADV_DATABASE_URL"):
        monkeypatch.setenv(name, "the bench sets its own")
    done = CliRunner().invoke(cli, ["notices", "bench", "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["lines"] == 50_000
    note, tell = document["days"]["note"], document["days"]["tell"]
    assert note["done"] == {"silences asked about": document["silent"]}
    assert tell["done"]["delays told"] == document["slipped"] == 6_000
    assert tell["done"]["silences told"] == document["silent"] == 1_500
    for day in (note, tell):
        assert day["cpu_seconds"] <= _CPU_SECONDS


def test_a_small_bench_finds_what_it_put_there(sqlite_home):
    work = OpenLines(200)
    work.put()
    [end] = run_directly("notices", on=ON)
    assert end.outcome.done == {"silences asked about": work.silent}
    assert sum(end.outcome.skipped.values()) == work.slipped


def test_the_preview_lists_what_is_told_and_what_is_not_and_why(sqlite_home):
    from tasks.resources import resources

    engine = resources().engine
    product_id = a_product(engine)
    for no, code, changes in (
        ("O1", "C1", {}),
        ("O2", "C2", {"progress_mails": "none"}),
        ("O3", "C3", {"email": None}),
    ):
        customer_id = a_customer(engine, code, **changes)
        an_order(
            engine,
            no=no,
            state="handed_off",
            customer_id=customer_id,
            product_id=product_id,
        )
        book(
            f"A{no},confirmation,{no},,,2026-01-09",
            f"B{no},new_date,{no},,,2026-01-20",
        )
    run_directly("notices", on=date(2026, 1, 6))
    shown = _preview("--json", "--date", "2026-01-07")
    document = json.loads(shown)
    assert [(one["order"], one["address"]) for one in document["told"]] == [
        ("O1", "c1@example.com"),
        ("O3", None),
    ]
    [not_told] = document["not_told"]
    assert (not_told["order"], not_told["why"]) == ("O2", "not wanted by the customer")
    assert document["told"][0]["old_on"] == "2026-01-09"
    assert document["told"][0]["new_on"] == "2026-01-20"
    lines = _preview("--date", "2026-01-07").splitlines()
    assert lines[1].split() == (
        "C1 O1 line 1: 2026-01-09 to 2026-01-20; to c1@example.com (told)".split()
    )
    [end] = run_directly("notices", on=date(2026, 1, 7))
    assert end.outcome.done["delays told"] == 2


def _preview(*options: str) -> str:
    done = CliRunner().invoke(cli, ["notices", "preview", *options])
    assert done.exit_code == 0, done.output
    return done.stdout
