"""From files to `adv invoice` by the command line, each JSON form as documented."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.first_day import ACCOUNT, Company, adv

REPLAY = """invoice,customer,due_on,amount,currency,settled_on,disputed
F-1,A,2025-03-01,100.50,EUR,,
"""
POLICY = """
[[dunning.policies]]
name = "trial"
minimum = 5
[[dunning.policies.levels]]
level = 1
test = "days_after_due"
days = 3
channel = "email"
tone = "friendly"
[[dunning.policies.levels]]
level = 2
test = "days_after_due"
days = 60
channel = "letter"
tone = "formal"
effect = "hand_over"
"""
TERM = (
    '{"lines": [{"share": "percent_of_total", "value": "30", "due": [["add_days", 0]]},'
    '{"share": "remainder", "due": [["add_days", 45], ["end_of_month"]]}],'
    '"base": "invoice", "roll": "none",'
    '"early_discount": {"percent": "2", "due": [["add_days", 10]], "base": "gross"}}'
)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    made = Company(tmp_path_factory.mktemp("company"))
    made.live_through_the_first_day()
    return made


def test_imports_count_every_row(company):
    for kind, rows in (("customers", 2), ("products", 2), ("legacy-invoices", 1)):
        counts = {"read": rows, "accepted": rows, "duplicate": 0, "rejected": 0}
        assert company.said[kind] == {**counts, "faults": []}
    first, again = company.said["orders"], company.said["orders again"]
    counts = ("read", "accepted", "duplicate", "rejected", "orders")
    assert [first[name] for name in counts] == [5, 4, 0, 1, 3]
    assert [again[name] for name in counts] == [5, 0, 4, 1, 0]
    [fault] = first["faults"]
    assert list(fault) == ["file", "row", "field", "code", "message", "value"]
    assert (fault["file"], fault["row"], fault["value"]) == ("orders.csv", 6, "many")


def test_an_order_file_is_looked_into_without_writing(company):
    seen = company.said["inspect"]
    assert list(seen) == ["orders", "faults"]
    first = seen["orders"][0]
    assert {"customer_ref", "buyer", "currency", "lines", "total"} <= set(first)
    assert (first["customer_ref"], first["currency"]) == ("R1", "EUR")
    assert (len(first["lines"]), first["total"]) == (2, "151.00")


def test_runs_tell_what_they_did(company):
    for name in ("hourly", "nightly", "nightly again"):
        told = company.said[name]
        assert {"flow", "date", "done", "skipped", "failed"} <= set(told)
        assert (told["flow"], told["failed"]) == (name.split()[0], [])
        assert told["date"] == str(company.day)
    assert company.said["hourly"]["done"]["accepted"] == 2
    assert company.said["hourly"]["done"]["held"] == 1
    assert company.said["nightly"]["done"]["invoices"] == 2
    assert "invoices" not in company.said["nightly again"]["done"]


def test_the_previewed_reminder_is_the_one_that_left(company):
    [notice] = company.said["preview"]["notices"]
    assert {
        "customer": "C1",
        "invoice": "OLD-1",
        "instalment": 1,
        "level": 1,
        "channel": "email",
        "amount": "150.00",
    }.items() <= notice.items()
    assert isinstance(notice["interest"], str)
    assert isinstance(notice["fee"], str)
    reminders = [
        one for one in company.say("outbox", "list") if one["kind"] == "reminder"
    ]
    assert [one["to"] for one in reminders] == ["uno@example.com"]


def test_bank_files_are_inspected_and_taken_once(company):
    [statement] = company.said["bank inspect"]["statements"]
    assert statement == {
        "account": ACCOUNT,
        "currency": "EUR",
        "opening": "50.00",
        "closing": "157.77",
        "entries": 2,
        "transactions": 2,
        "booked_sum": "107.77",
        "balanced": True,
    }
    assert company.said["bank inspect"]["faults"] == []
    counts = ("read", "accepted", "duplicate", "rejected", "payments")
    taken, again = company.said["bank"], company.said["bank again"]
    assert [taken[name] for name in counts] == [2, 2, 0, 0, 2]
    assert [taken[name] for name in ("matched", "review", "unmatched")] == [1, 0, 1]
    assert [again[name] for name in counts] == [2, 0, 2, 0, 0]


def test_one_invoice_reads_the_same_everywhere(company):
    number = company.number
    shown = company.say("invoice", number)
    [listed] = [
        one for one in company.say("invoice", "list") if one["number"] == number
    ]
    account = company.say("customer", "C1")
    [owed] = [one for one in account["invoices"] if one["number"] == number]
    for view in (shown, listed, owed):
        assert view["issued_on"] == str(company.day)
        assert (view["gross"], view["open"]) == ("182.71", "82.71")
        [part] = view["instalments"]
        assert part["due_on"] == str(company.day + timedelta(days=30))
        assert part["amount"] == "182.71"
    assert listed["customer"] == "C1"
    assert listed["instalments"][0]["open"] == "82.71"
    assert [one["what"] for one in shown["timeline"]][:1] == ["posted"]


def test_an_order_says_where_it_is_and_why(company):
    shipped = company.say("order", "R1")
    assert (shipped["state"], shipped["net"]) == ("closed", "151.00")
    assert [one["invoice_no"] for one in shipped["invoices"]] == [company.number]
    assert [line["qty_invoiced"] for line in shipped["lines"]] == [
        line["qty"] for line in shipped["lines"]
    ]
    half = company.say("order", "R2")
    assert half["state"] == "in_fulfilment"
    held = company.say("order", "R3")
    assert held["state"] == "held"
    holding = [one["code"] for one in held["faults"] if one["severity"] == "block"]
    assert holding == ["unknown_product"]
    assert "unknown_product" in held["why"]
    for order in (shipped, half, held):
        assert order["timeline"]


def test_an_account_adds_up(company):
    account = company.say("customer", "C1")
    assert (account["open_balance"], account["unapplied"]) == ("232.71", "0.00")
    assert Decimal(account["credit_limit"]) == 10000
    assert Decimal(account["exposure"]) == Decimal("232.71")
    assert account["timeline"]
    paid = [
        (one["status"], one["amount"], [part["invoice"] for part in one["allocations"]])
        for one in account["payments"]
        if one["proposals"] == []
    ]
    assert ("matched", "50.00", ["OLD-1"]) in paid
    assert ("matched", "100.00", [company.number]) in paid
    booked = {one["booked_on"] for one in account["payments"]}
    assert booked == {str(company.day)}
    rows = {one["code"]: one for one in company.say("customer", "list")}
    assert (rows["C1"]["open"], rows["C1"]["unapplied"]) == ("232.71", "0.00")
    # 3 of 4 tables were shipped: 76.50 and 21 %
    assert (rows["C2"]["open"], rows["C2"]["unapplied"]) == ("92.57", "0.00")


def test_terms_are_tried_by_json_and_by_code(company):
    asked = ("--date", "2025-01-15", "--amount", "1000.00", "--currency", "EUR")
    tried = company.say("terms", "preview", "--terms", TERM, *asked)
    assert [(one["due_on"], one["amount"]) for one in tried["instalments"]] == [
        ("2025-01-15", "300.00"),
        ("2025-03-31", "700.00"),
    ]
    assert all(isinstance(one["steps"], list) for one in tried["instalments"])
    assert tried["early_discount"] == {"until": "2025-01-25", "amount": "980.00"}
    by_code = company.say("terms", "preview", "--terms", "net30", *asked)
    assert by_code["instalments"][0]["due_on"] == "2025-02-14"
    assert by_code["early_discount"] is None


def test_a_policy_is_tried_on_the_past(company):
    invoices = company.write("past.csv", REPLAY)
    policy = company.write("trial.toml", POLICY)
    told = company.say(
        "dunning",
        "replay",
        *("--invoices", invoices, "--policy", policy),
        *("--from", "2025-03-01", "--to", "2025-03-31"),
    )
    assert told == {
        "notices": [
            {
                "run_on": "2025-03-04",
                "customer": "A",
                "invoice": "F-1",
                "level": 1,
                "channel": "email",
                "amount": "100.50",
            }
        ],
        "mails": 1,
    }


_KPI_NAMES = (
    "orders_entered invoices_posted credit_notes_posted order_entry_error_rate "
    "on_time_rate on_time_in_full_rate dso_simple dso_count_back dso_best_possible "
    "average_days_delinquent collection_effectiveness receivables overdue "
    "ageing_not_due ageing_1_30 ageing_31_60 ageing_61_90 ageing_over_90 "
    "late_invoices days_late days_late_when_late"
).split()


def test_kpis_have_their_documented_names(company):
    shown = company.say("kpi", "show", "--as-of", company.day)
    assert shown["as_of"] == str(company.day)
    assert set(_KPI_NAMES) <= set(shown["kpis"])
    for figure in shown["kpis"].values():
        assert list(figure) == ["value", "numerator", "denominator", "n"]
    values = {name: figure["value"] for name, figure in shown["kpis"].items()}
    assert (values["orders_entered"], values["invoices_posted"]) == ("3", "2")
    assert values["receivables"] == "325.28"
    assert values["ageing_1_30"] == "150"


def test_the_outbox_and_the_audit_have_their_forms(company):
    mails = company.say("outbox", "list")
    assert mails
    for mail in mails:
        assert list(mail) == (
            ["key", "kind", "to", "state", "attempts", "last_error", "message_id"]
        )
        assert mail["state"] == "sent"
    checks = company.say("audit")["checks"]
    for check in checks:
        assert {"name", "rows", "violations"} <= set(check)
    assert {check["name"]: check["violations"] for check in checks} == {
        check["name"]: 0 for check in checks
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["order", "R1"],
        ["customer", "C1"],
        ["customer", "list"],
        ["invoice", "list"],
        ["holds"],
        ["review", "list"],
        ["outbox", "list"],
        ["kpi", "show"],
        ["audit"],
        ["doctor"],
    ],
)
def test_people_are_told_the_same(company, arguments):
    code, out, err = adv(company.home, *arguments)
    assert (code, err) == (0, "")
    assert out.strip()


def test_an_invoice_is_told_to_people(company):
    code, out, _ = adv(company.home, "invoice", company.number)
    assert code == 0
    assert "= 182.71 EUR, open 82.71" in out
    assert "received 100.00" in out
    assert "posted" in out
