import json
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner, Result

from adv_domain.rules.terms.date_steps import StepKind
from adv_domain.rules.terms.terms import Roll, Rounding, Share
from adv_domain.store.engine import writing
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import payment_term
from flows.commands.terms import terms
from tests.builders import a_customer

TWO_HALVES = {
    "lines": [
        {"share": "percent_of_total", "value": "50", "due": [["add_days", 30]]},
        {"share": "remainder", "due": [["add_days", 60]]},
    ],
    "early_discount": {"percent": "2", "due": [["add_days", 10]], "base": "gross"},
}


def preview(
    term: object,
    *more: str,
    on: str = "2025-01-15",
    amount: str = "1210.01",
    currency: str = "EUR",
) -> Result:
    text = term if isinstance(term, str) else json.dumps(term)
    options = ["--terms", text, "--date", on, "--amount", amount]
    return CliRunner().invoke(
        terms, ["preview", *options, "--currency", currency, *more]
    )


def test_the_json_form_has_instalments_and_the_amount_paid_when_paying_early():
    result = preview(TWO_HALVES, "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document.keys() == {"instalments", "early_discount"}
    assert [(part["due_on"], part["amount"]) for part in document["instalments"]] == [
        ("2025-02-14", "605.01"),
        ("2025-03-16", "605.00"),
    ]
    assert all(part["steps"] for part in document["instalments"])
    assert document["early_discount"] == {"until": "2025-01-25", "amount": "1185.81"}


def test_without_early_discount_it_is_null():
    term = {"lines": [{"share": "remainder", "due": []}]}
    document = json.loads(preview(term, "--json").stdout)
    assert document["early_discount"] is None


def test_a_discount_on_net_uses_the_net_amount():
    discount = {**TWO_HALVES["early_discount"], "base": "net"}  # type: ignore[dict-item]
    term = {**TWO_HALVES, "early_discount": discount}
    result = preview(term, "--json", "--net", "1000", amount="1210")
    assert json.loads(result.stdout)["early_discount"]["amount"] == "1190.00"


def test_people_read_dates_amounts_and_the_way_to_them():
    output = preview(TWO_HALVES).output
    assert "2025-02-14          605.01 EUR" in output
    assert "add 30 days: 2025-02-14" in output
    assert "paid until 2025-01-25: 1185.81 EUR settle the whole" in output
    assert "at the longest 60 days" in output


def test_people_are_told_of_base_dates_on_which_a_term_does_not_work():
    term = {"lines": [{"share": "remainder", "due": [["set_day", 10]]}]}
    output = preview(term, on="2025-01-05").output
    assert "does not work from 2023-01-11: line 1: the due date" in output
    at_once = {"lines": [{"share": "remainder", "due": []}]}
    assert "always due on the base date" in preview(at_once).output


def test_people_are_told_where_the_law_allows_less():
    term = {
        "lines": [{"share": "remainder", "due": [["add_days", 45], ["end_of_month"]]}]
    }
    output = preview(term, on="2025-01-05").output
    assert "the law of ES allows a business: 60 days (Ley 3/2004, art. 4)" in output
    assert "the law of BE" in output
    assert "the law of FR" not in output
    assert "the law of" not in preview(TWO_HALVES).output


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_an_invalid_term_gives_no_instalments_and_names_the_line(
    more: tuple[str, ...],
):
    result = preview({"lines": [{"share": "remainder", "due": [["x"]]}]}, *more)
    assert result.exit_code == 1
    assert "line 1: the date step 'x' is unknown" in result.stderr
    if more:
        document = json.loads(result.stdout)
        assert document["instalments"] == []
        assert document["early_discount"] is None
        assert document["faults"][0]["row"] == 1


def test_a_due_date_before_the_base_date_exits_1():
    term = {"lines": [{"share": "remainder", "due": [["set_day", 10]]}]}
    assert preview(term, on="2025-01-31").exit_code == 1
    assert preview(term, on="2025-01-05").exit_code == 0


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("on", "15/01/2025", "is no date"),
        ("amount", "many", "is no amount"),
        ("amount", "NaN", "is no amount"),
        ("amount", "10.001", "EUR has 2 decimals"),
        ("currency", "euro", "is no currency"),
    ],
)
def test_wrong_options_are_a_usage_error(field: str, value: str, says: str):
    result = preview(TWO_HALVES, **{field: value})  # type: ignore[arg-type]
    assert result.exit_code == 2
    assert says in result.stderr


def test_the_digits_of_the_currency_hold():
    document = json.loads(
        preview(TWO_HALVES, "--json", amount="101", currency="jpy").stdout
    )
    assert [part["amount"] for part in document["instalments"]] == ["51", "50"]


def test_the_command_loads_neither_prefect_nor_pandas_nor_a_database():
    code = (
        "import sys; import flows.commands.terms; "
        "print([m for m in ('prefect', 'pandas', 'sqlalchemy') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_a_code_is_looked_up_in_the_home(home):
    document = json.loads(preview("net30", "--json").stdout)
    assert [part["due_on"] for part in document["instalments"]] == ["2025-02-14"]
    unknown = preview("net 31")
    assert unknown.exit_code == 1
    assert "no payment term has the code 'net 31'" in unknown.stderr


def test_a_code_without_a_home_is_a_configuration_error(tmp_path, monkeypatch):
    monkeypatch.delenv("ADV_DATABASE_URL", raising=False)
    monkeypatch.setenv("ADV_HOME", str(tmp_path / "nowhere"))
    result = preview("net30")
    assert result.exit_code == 2
    assert not (tmp_path / "nowhere").exists()


LONG = {
    "lines": [
        {"share": "percent_of_total", "value": "30", "due": []},
        {"share": "remainder", "due": [["add_days", 45], ["end_of_month"]]},
    ]
}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "payment term: at least one line is needed"),
        (
            [{"share": "percent_of_total", "value": "30", "due": []}],
            "line 1: the last line must take the remainder",
        ),
        (
            [{"share": "remainder", "due": []}, LONG["lines"][0]],
            "line 1: only the last line may take the remainder",
        ),
        (
            [LONG["lines"][0], {**LONG["lines"][0], "value": "71"}, LONG["lines"][1]],
            "line 2: the percentages of the total exceed 100",
        ),
        (
            [LONG["lines"][0], {"share": "remainder", "due": [["set_day", 1]]}],
            "line 2: the due date 2025-01-01 lies before the base date 2025-01-15",
        ),
        (
            [LONG["lines"][0], {"share": "remainder", "due": [["add_days", -1]]}],
            "line 2: add_days -1 is negative",
        ),
    ],
)
def test_row_36_a_broken_term_gives_1_and_names_its_line(
    lines: list[object], says: str
):
    result = preview({"lines": lines}, "--json")
    assert result.exit_code == 1
    assert result.stderr.startswith(says)
    document = json.loads(result.stdout)
    assert (document["instalments"], document["early_discount"]) == ([], None)


def test_row_40_a_term_over_the_legal_cap_gives_1_and_names_its_line():
    refused = preview(LONG, "--json", "--country", "es")
    assert refused.exit_code == 1
    assert refused.stderr == (
        "line 2: leaves up to 75 days to pay; in ES the law allows 60 days "
        "(Ley 3/2004, art. 4); give a shorter time\n"
    )
    document = json.loads(refused.stdout)
    assert (document["instalments"], document["faults"][0]["row"]) == ([], 2)
    assert preview(LONG, "--country", "FR").exit_code == 0
    assert preview(LONG, "--country", "ES", "--buyer", "consumer").exit_code == 0
    agreed = preview(LONG, "--country", "DE")
    assert agreed.exit_code == 0
    assert "line 2: leaves up to 75 days to pay" in agreed.output
    assert "more only by express agreement" in agreed.output
    public = preview(TWO_HALVES, "--country", "ES", "--buyer", "public_body")
    assert public.exit_code == 1
    assert "in ES the law allows 30 days (Ley 15/2010, art. 3)" in public.stderr


def test_row_40_the_preview_shows_what_posting_will_do_with_a_late_invoice():
    found = preview(TWO_HALVES, "--json", "--country", "ES", "--supplied-on=2025-01-05")
    assert found.exit_code == 0
    last = json.loads(found.stdout)["instalments"][-1]
    assert last["due_on"] == "2025-03-06"
    assert last["steps"][-1] == (
        "the law of ES allows 60 days from the delivery of 2025-01-05 "
        "(Ley 3/2004, art. 4), brought forward: 2025-03-06"
    )


def test_row_38_the_preview_rolls_over_the_days_off_of_a_region():
    term = {"lines": [{"share": "remainder", "due": [["add_days", 1]]}], "roll": "next"}

    def due_on(*more: str) -> str:
        document = json.loads(preview(term, "--json", *more, on="2025-05-01").stdout)
        return str(document["instalments"][0]["due_on"])

    assert due_on() == "2025-05-02"
    assert due_on("--country", "ES", "--region", "CT") == "2025-05-02"
    assert due_on("--country", "ES", "--region", "MD") == "2025-05-05"


def test_row_39_the_preview_says_how_the_early_amount_comes_about():
    output = preview(TWO_HALVES).output
    assert "2 % of 1210.01 gross: 24.20 EUR less" in output
    assert "add 10 days: 2025-01-25" in output


@pytest.mark.parametrize("country", ["XX", "Spain"])
def test_a_country_that_is_none_is_a_usage_error(country: str):
    found = preview(TWO_HALVES, "--country", country)
    assert (found.exit_code, "write ES" in found.stderr) == (2, True)


def test_row_38_the_preview_looks_up_whose_law_and_days_off_count(engine):
    a_customer(engine, "C1", calendar_region="MD")
    a_customer(engine, "C2", country="DE", party_kind="public_body")
    term = {"lines": [{"share": "remainder", "due": [["add_days", 1]]}], "roll": "next"}
    found = preview(term, "--json", "--customer", "C1", on="2025-05-01")
    assert found.exit_code == 0, (found.output, found.exception)
    assert json.loads(found.stdout)["instalments"][0]["due_on"] == "2025-05-05"
    refused = preview(LONG, "--customer", "C2")
    assert (refused.exit_code, "BGB § 271a" in refused.stderr) == (1, True)
    for more, says in (
        (("--customer", "C9"), "no customer has the code 'C9'"),
        (("--customer", "C1", "--country", "ES"), "leave --country and --region out"),
    ):
        wrong = preview(term, *more)
        assert (wrong.exit_code, says in wrong.stderr) == (2, True)


def test_the_help_shows_a_term_that_works():
    text = CliRunner().invoke(terms, ["preview", "--help"]).output
    form = text[text.index('{"lines"') : text.index("share     percent")]
    assert preview(" ".join(form.split()), "--json").exit_code == 0
    assert all(kind in text for kind in (*StepKind, *Share, *Roll, *Rounding))


def check(*more: str) -> tuple[int, dict[str, dict[str, Any]]]:
    found = CliRunner().invoke(terms, ["check", "--json", *more])
    listed = json.loads(found.stdout)["terms"]
    return found.exit_code, {one["code"]: one for one in listed}


def test_row_40_terms_that_stand_are_held_against_the_law_of_a_day(engine):
    """What was let in before a law is found by its date: Belgium's of February 2022."""
    status, found = check()
    assert (status, {one["customers"] for one in found.values()}) == (0, {0})
    rows = {
        "eom": {"lines": LONG["lines"]},
        "back": {"lines": [{"share": "remainder", "due": [["set_day", 10]]}]},
    }
    with writing(engine) as connection:
        values = [{"code": one, "name": one, "definition": rows[one]} for one in rows]
        insert_rows(connection, payment_term, values)
    for code, country in (("B1", "BE"), ("B2", "BE"), ("D1", "DE"), ("F1", "FR")):
        a_customer(engine, code, country=country, payment_terms="eom")
    a_customer(engine, "X1", payment_terms="gone")
    status, found = check("--date", "2026-01-15")
    assert (status, found["eom"]["customers"], found["eom"]["longest_days"]) == (
        *(1, 4),
        75,
    )
    [wrong], [told] = found["eom"]["wrong"], found["eom"]["told"]
    assert wrong.startswith("line 2 leaves up to 75 days to pay; in BE the law allows")
    assert wrong.endswith(": B1 and 1 more")
    assert told.endswith("D1: keep the express agreement on file")
    assert found["back"]["wrong"][0].startswith("line 1: the due date")
    assert found["gone"]["wrong"] == ["no such term: import it"]
    _, before = check("--date", "2022-01-31")
    assert before["eom"]["wrong"] == []
    shown = CliRunner().invoke(terms, ["check", "--date", "2026-01-15"])
    assert shown.exit_code == 1
    assert "WRONG: line 2 leaves up to 75 days" in shown.output


@pytest.mark.parametrize(
    ("amount", "currency", "parts", "early"),
    [
        ("0", "EUR", ["0.00", "0.00"], "0.00"),
        ("-1210.01", "EUR", ["-605.01", "-605.00"], "-1185.81"),
        ("-101", "JPY", ["-51", "-50"], "-99"),
        ("0.001", "TND", ["0.001", "0.000"], "0.001"),
        ("12.345", "TND", ["6.173", "6.172"], "12.098"),
    ],
)
def test_row_36_the_preview_of_any_sign_and_currency(
    amount: str, currency: str, parts: list[str], early: str
):
    found = preview(TWO_HALVES, "--json", amount=amount, currency=currency)
    document = json.loads(found.stdout)
    assert [part["amount"] for part in document["instalments"]] == parts
    assert document["early_discount"]["amount"] == early


def test_a_discount_on_net_asks_for_the_net_amount():
    term = {
        "lines": [{"share": "remainder", "due": [["add_days", 30]]}],
        "early_discount": {"percent": "2", "days": 10, "base": "net"},
    }
    asked = [
        "preview", "--terms", json.dumps(term), "--date", "2026-01-15",
        "--amount", "1210", "--currency", "EUR",
    ]  # fmt: skip
    told = CliRunner().invoke(terms, asked)
    assert told.exit_code == 0
    assert "without --net it is shown on the whole 1210" in told.stderr
    exact = CliRunner().invoke(terms, [*asked, "--net", "1000"])
    assert "1190" in exact.output and not exact.stderr
    assert CliRunner().invoke(terms, [*asked, "--net", "1300"]).exit_code == 2
