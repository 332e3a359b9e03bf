"""`adv kpi`: the form that other tools rely on, and words for people."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from flows.cli import cli
from flows.direct import run_directly
from tests.builders import a_customer, a_product, an_order
from tests.store.kpi_rows import an_item, day, shipped

NAMES_OF_THE_DESIGN = """orders_entered invoices_posted credit_notes_posted
order_entry_error_rate on_time_rate on_time_in_full_rate dso_simple dso_count_back
dso_best_possible average_days_delinquent collection_effectiveness receivables overdue
ageing_not_due ageing_1_30 ageing_31_60 ageing_61_90 ageing_over_90 late_invoices
days_late days_late_when_late""".split()


def adv(*arguments: str):
    return CliRunner().invoke(cli, ["kpi", *arguments])


def shown(*arguments: str) -> dict:
    answer = adv("show", "--json", *arguments)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


@pytest.fixture
def a_history(engine):
    customer_id, product_id = a_customer(engine), a_product(engine)
    for n in range(3):
        order_id = an_order(
            engine,
            customer_id=customer_id,
            product_id=product_id,
            no=f"O{n}",
            ordered_on=day(n),
        )
        if n:
            shipped(engine, order_id, on=10 + 4 * n)
    an_item(engine, customer_id=customer_id, amount="12.50", issued=0, due=2)
    return engine


def test_every_promised_name_is_there_with_four_parts(a_history) -> None:
    document = shown("--as-of", "2026-01-06")
    assert document["as_of"] == "2026-01-06"
    assert set(NAMES_OF_THE_DESIGN) <= set(document["kpis"])
    for figure in document["kpis"].values():
        assert set(figure) == {"value", "numerator", "denominator", "n"}


def test_as_of_counts_the_day_and_rates_everything_up_to_it(a_history) -> None:
    kpis = shown("--as-of", "2026-01-23")["kpis"]  # day 18: one in time, one late
    assert kpis["orders_entered"]["value"] == "0"
    assert kpis["on_time_rate"] == {
        "value": "0.5",
        "numerator": "1",
        "denominator": "2",
        "n": 2,
    }
    assert kpis["receivables"]["value"] == "12.5"
    assert kpis["ageing_1_30"]["value"] == "12.5"
    assert kpis["late_invoices"]["value"] is None


def test_a_period_counts_its_days_only(a_history) -> None:
    document = shown("--from", "2026-01-06", "--to", "2026-01-19")
    assert (document["from"], document["to"]) == ("2026-01-06", "2026-01-19")
    assert document["kpis"]["orders_entered"]["value"] == "2"
    assert document["kpis"]["on_time_rate"]["value"] == "1"


def test_the_figures_need_no_refresh_and_equal_the_table(a_history) -> None:
    before = shown("--as-of", "2026-01-07")["kpis"]
    run_directly("kpis", on=day(2))
    assert shown("--as-of", "2026-01-07")["kpis"] == before


def test_people_read_families_and_percentages(a_history) -> None:
    told = adv("show", "--as-of", "2026-01-23").output
    assert "as of the close of 2026-01-23" in told
    assert "50.00 %" in told
    assert "–" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "2026-02-01", "--to", "2026-01-01"),
        ("--as-of", "2026-02-01", "--to", "2026-01-01"),
        ("--as-of", "yesterday"),
    ],
)
def test_days_that_make_no_period_are_a_usage_fault(sqlite_home, arguments) -> None:
    assert adv("show", *arguments).exit_code == 2


def test_explain_tells_formula_and_owner() -> None:
    told = adv("explain", "dso_simple").output
    assert "÷ sales of the last 90 days" in told
    assert "credit control" in told
    document = json.loads(
        adv("explain", "order_entry_error_rate:price", "--json").stdout
    )
    assert "price" in document["formula"]
    assert document["undefined"] == "where the denominator is zero"


def test_explain_without_a_name_lists_all() -> None:
    assert len(json.loads(adv("explain", "--json").stdout)) >= len(NAMES_OF_THE_DESIGN)


def test_an_unknown_name_is_a_usage_fault() -> None:
    answer = adv("explain", "profit")
    assert answer.exit_code == 2
    assert "adv kpi explain" in answer.output


@pytest.mark.parametrize("shape", ["long", "wide"])
def test_the_table_is_exported_as_csv(a_history, tmp_path, shape) -> None:
    run_directly("kpis", on=day(2))
    out = tmp_path / "kpis.csv"
    period = ("--from", "2026-01-05", "--to", "2026-01-07")
    assert adv("export", *period, "--shape", shape, "--out", str(out)).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert {row["day"] for row in rows} == {"2026-01-05", "2026-01-06", "2026-01-07"}
    if shape == "wide":
        assert [row["orders_entered"] for row in rows] == ["1.000000"] * 3
        assert rows[0]["dso_count_back"] == "5.000000"
        assert rows[0]["on_time_rate"] == ""


def test_rebuild_fills_the_table(a_history) -> None:
    answer = adv("rebuild", "--from", "2026-01-05", "--to", "2026-01-07")
    assert answer.exit_code == 0
    assert "3 days" in answer.output
