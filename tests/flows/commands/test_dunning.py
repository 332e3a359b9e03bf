"""`adv dunning replay` reads plain files, needs no home, and says what is wrong."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.commands.dunning import dunning
from tests.builders import a_customer
from tests.tasks.dunning_rows import an_invoice

POLICY = """
[[dunning.policies]]
name = "trial"
minimum = "5.00"
[[dunning.policies.levels]]
level = 1
test = "days_after_due"
days = 3
channel = "email"
tone = "friendly"
[[dunning.policies.levels]]
level = 2
test = "end_of_month"
days = 5
channel = "email"
tone = "firm"
[[dunning.policies.levels]]
level = 3
test = "days_since_previous"
days = 10
channel = "letter"
tone = "formal"
interest = true
effect = "hand_over"
"""
INVOICES = """invoice,customer,due_on,amount,currency,settled_on,disputed
F-1,A,2025-03-01,100.5,EUR,,
F-2,A,2025-03-01,1000,JPY,2025-03-04,false
F-3,B,2025-03-02,10.125,TND,,1
F-4,B,2025-03-02,80.00,EUR,,no
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "policy.toml").write_text(POLICY)
    (tmp_path / "invoices.csv").write_text(INVOICES)
    return tmp_path


def run(folder, *options, invoices="invoices.csv", policy="policy.toml"):
    return CliRunner().invoke(
        dunning,
        [
            "replay",
            *("--invoices", str(folder / invoices)),
            *("--policy", str(folder / policy)),
            *("--from", "2025-03-01", "--to", "2025-04-30"),
            *options,
        ],
    )


def notices_of(result):
    document = json.loads(result.stdout)
    rows = [
        (each["run_on"][5:], each["invoice"], each["level"], each["amount"])
        for each in document["notices"]
    ]
    return rows, document["mails"]


def test_replay_shows_every_notice_of_the_policy(folder):
    result = run(folder, "--json")
    assert result.exit_code == 0, result.output
    assert notices_of(result) == (
        [
            ("03-04", "F-1", 1, "100.50"),
            ("03-05", "F-4", 1, "80.00"),
            ("04-05", "F-1", 2, "100.50"),
            ("04-05", "F-4", 2, "80.00"),
            ("04-15", "F-1", 3, "100.50"),
            ("04-15", "F-4", 3, "80.00"),
        ],
        4,
    )
    first = json.loads(result.stdout)["notices"][0]
    assert first == {
        "run_on": "2025-03-04",
        "customer": "A",
        "invoice": "F-1",
        "level": 1,
        "channel": "email",
        "amount": "100.50",
    }


def test_runs_on_weekdays_and_on_a_list_of_dates(folder):
    # 5 April 2025 is a Saturday
    rows, _ = notices_of(run(folder, "--json", "--run-days", "weekdays"))
    assert rows[2] == ("04-07", "F-1", 2, "100.50")
    rows, mails = notices_of(
        run(folder, "--json", "--run-days", "2025-03-20,2025-05-09")
    )
    assert [row[:3] for row in rows] == [("03-20", "F-1", 1), ("03-20", "F-4", 1)]
    assert mails == 2


def test_part_payments_are_taken_off_from_their_day(folder):
    payments = "invoice,paid_on,amount\nF-1,2025-03-10,40.50\nF-4,2025-04-05,80\n"
    (folder / "payments.csv").write_text(payments)
    result = run(folder, "--json", "--payments", str(folder / "payments.csv"))
    assert notices_of(result)[0] == [
        ("03-04", "F-1", 1, "100.50"),
        ("03-05", "F-4", 1, "80.00"),
        ("04-05", "F-1", 2, "60.00"),
        ("04-15", "F-1", 3, "60.00"),
    ]


def test_a_bad_row_is_a_fault_and_the_good_ones_are_played(folder):
    (folder / "bad.csv").write_text(INVOICES + "F-5,C,soon,1.00,EUR,,\n")
    result = run(folder, "--json", invoices="bad.csv")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert [fault["row"] for fault in document["faults"]] == [6]
    assert len(document["notices"]) == 6


def test_a_file_that_is_no_table_is_a_fault(folder):
    (folder / "empty.csv").write_text("")
    result = run(folder, "--json", invoices="empty.csv")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["notices"] == []


@pytest.mark.parametrize(
    "options",
    [
        {"invoices": "missing.csv"},
        {"invoices": "."},
        {"policy": "missing.toml"},
        {"policy": "wrong.toml"},
    ],
)
def test_what_cannot_be_opened_or_used_is_a_usage_error(folder, options):
    (folder / "wrong.toml").write_text(
        '[[dunning.policies]]\nname = "x"\nlevels = []\n'
    )
    result = run(folder, "--json", **options)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""


@pytest.mark.parametrize(
    "options",
    [
        ("--from", "2025-06-01"),
        ("--run-days", "sometimes"),
        ("--run-days", ","),
    ],
)
def test_days_that_make_no_sense_are_a_usage_error(folder, options):
    assert run(folder, *options).exit_code == 2


def test_people_get_a_line_per_notice_and_the_sum(folder):
    result = run(folder)
    assert result.stdout.splitlines()[-1] == "6 notices in 4 mails"
    assert "level 1 by email: 100.50 EUR" in result.stdout


def test_preview_lists_what_the_night_would_send_and_leave(engine):
    customer_id = a_customer(engine)
    an_invoice(engine, customer_id, "F-1", amount=Decimal("100.50"))
    an_invoice(engine, customer_id, "F-2", due_on=date(2025, 4, 1))
    arguments = ["preview", "--date", "2025-03-06"]
    result = CliRunner().invoke(dunning, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {
        "notices": [
            {
                "customer": "C1",
                "invoice": "F-1",
                "instalment": 1,
                "level": 1,
                "channel": "email",
                "amount": "100.50",
                "interest": "0.00",
                "fee": "0.00",
                "currency": "EUR",
            }
        ],
        "not_chased": [
            {
                "customer": "C1",
                "invoice": "F-2",
                "instalment": 1,
                "amount": "100.00",
                "reason": "level_not_due",
                "until": "2025-04-04",
            }
        ],
    }
    told = CliRunner().invoke(dunning, arguments).stdout
    assert "not chased: level_not_due until 2025-04-04" in told


def test_nothing_is_written(folder, monkeypatch):
    monkeypatch.chdir(folder)
    before = sorted(Path().rglob("*"))
    run(folder, "--json")
    assert sorted(Path().rglob("*")) == before


def test_replay_honours_a_last_level_written_as_a_mail(folder):
    levels = 'levels = [{level = 1, days = 3, channel = "email", tone = "any"}]'
    (folder / "soft.toml").write_text(
        f'[[dunning.policies]]\nname = "soft"\n{levels}\n'
    )
    found = json.loads(run(folder, "--json", policy="soft.toml").stdout)
    assert {each["channel"] for each in found["notices"]} == {"email"}
    assert found["mails"] > 0
