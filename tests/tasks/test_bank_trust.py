"""A statement is booked only if it is ours, whole, and of days that have come."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest

from adv_domain.files.bank_formats import read_bank_file
from adv_domain.store.engine import reading, writing
from adv_domain.store.payments.bank_entries import bank_covers_until
from adv_domain.store.rows import insert_rows
from adv_domain.store.tables import bank_statement, payment
from flows.direct import run_directly
from tasks.doctor import examine
from tests.bank_files import booked, camt
from tests.builders import NOW
from tests.receivables import DAY, counts, import_, rows

OURS = "ES9121000418450200051332"
SOON = DAY + timedelta(days=31)
TOO_LATE = DAY + timedelta(days=32)


def test_an_entry_of_a_day_to_come_is_refused_by_its_name(engine, tmp_path):
    ahead = booked("7.00", ref="B9", day="2031-05-01")
    found = import_(tmp_path, booked("1.00"), ahead)
    assert counts(found) == {"read": 2, "rejected": 2}
    [fault] = found["faults"]
    assert (fault["code"], fault["value"]) == ("booked_ahead", "2031-05-01")
    assert "entry B9: it is booked on 2031-05-01" in fault["message"]
    assert rows(engine, payment, "id") == []
    assert rows(engine, bank_statement, "id") == []


@pytest.mark.parametrize(("day", "accepted"), [(SOON, 1), (TOO_LATE, 0)])
def test_some_weeks_are_not_ahead(engine, tmp_path, monkeypatch, day, accepted):
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    monkeypatch.setattr("tasks.resources.now", lambda: noon)
    found = import_(tmp_path, booked("1.00", day=day.isoformat()))
    assert found["accepted"] == accepted


def test_a_closing_balance_of_a_day_to_come_is_refused(engine, tmp_path):
    data = camt(booked("1.00")).replace(b"<Dt>2026-02-28</Dt>", b"<Dt>2031-01-01</Dt>")
    found = import_(tmp_path, data=data)
    assert counts(found) == {"read": 1, "rejected": 1}
    assert "closing balance is of 2031-01-01" in found["faults"][0]["message"]


def test_the_file_goes_to_quarantine_and_the_run_says_why(home, engine):
    data = camt(booked("7.00", day="2031-05-01"))
    (home / "inbox" / "bank" / "ahead.xml").write_bytes(data)
    [end] = run_directly("payments", on=DAY)
    [failed] = end.outcome.failed
    assert "entry no. 1: it is booked on 2031-05-01" in failed.message
    kept = [p.name for p in (home / "quarantine").rglob("ahead.xml")]
    assert kept == ["ahead.xml"]


def test_freshness_never_goes_beyond_the_business_date(engine):
    statement = {
        "account": OURS,
        "statement_ref": "S",
        "currency": "EUR",
        "to_on": date(2031, 5, 1),
        "entries": 0,
        "imported_at": NOW,
    }
    with writing(engine) as connection:
        assert bank_covers_until(connection, on=DAY) is None
        insert_rows(connection, bank_statement, [statement])
    with reading(engine) as connection:
        assert bank_covers_until(connection, on=DAY) == DAY
    [bank] = [one for one in examine() if one.name == "bank data"]
    assert "2031" not in bank.detail


@pytest.mark.parametrize(
    ("payments", "accepted"),
    [
        ("", 1),
        ("accounts = []", 1),
        ('accounts = ["de89 3704 0044 0532 0130 00"]', 0),
        (f'accounts = ["{OURS[:4]} {OURS[4:]}"]', 1),
    ],
)
def test_only_our_accounts_are_taken(home, engine, tmp_path, payments, accepted):
    company = '[company]\niban = "FR1420041010050500013M02606"\n'
    policy = f"{company}[payments]\n{payments}\n"
    (home / "policy.toml").write_text(policy, encoding="utf-8")
    found = import_(tmp_path, booked("1.00"))
    assert (found["accepted"], found["rejected"]) == (accepted, 1 - accepted)
    if not accepted:
        [fault] = found["faults"]
        assert (fault["code"], fault["value"]) == ("foreign_account", OURS)
        assert OURS in fault["message"]
        assert "[payments]" in fault["message"]


def test_the_companys_own_iban_needs_no_listing(home, engine, tmp_path):
    policy = f'[company]\niban = "{OURS}"\n[payments]\naccounts = ["DE1"]\n'
    (home / "policy.toml").write_text(policy, encoding="utf-8")
    assert import_(tmp_path, booked("1.00"))["accepted"] == 1


def _with(old, new, *entries):
    return camt(*entries).replace(old, new)


BAD_ENTRY = [
    (
        "entry B9: ",
        booked("2.00", ref="B9"),
        b'<Amt Ccy="EUR">2.00<',
        b'<Amt Ccy="">x<',
    ),
    ("entry no. 2: ", booked("2.00"), b'<Amt Ccy="EUR">2.00<', b'<Amt Ccy="">x<'),
    (
        "entry N7: ",
        booked("2.00"),
        b'<Ntry><Amt Ccy="EUR">2.00</Amt>',
        b'<Ntry><NtryRef>N7</NtryRef><Amt Ccy="USD">2.00</Amt>',
    ),
    (
        "entry no. 2: ",
        booked("2.00", text="here"),
        b"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-02-21",
        b"<BookgDt><Dt>2026-02-21",
    ),
]


@pytest.mark.parametrize(("name", "entry", "old", "new"), BAD_ENTRY)
def test_a_bad_entry_is_counted_and_named(engine, tmp_path, name, entry, old, new):
    bad = (entry[0], entry[1].replace("2026-02-20", "2026-02-21"))
    data = _with(old, new, booked("1.00"), bad, booked("3.00"))
    found = import_(tmp_path, data=data)
    assert counts(found) == {"read": 3, "rejected": 3}
    named = [each for each in found["faults"] if each["message"].startswith(name)]
    assert named
    assert all(each["row"] for each in named)
    assert rows(engine, payment, "id") == []


def test_an_entry_is_named_by_its_place_among_all(engine):
    pending = booked("1.00")[1].replace("BOOK", "PDNG")
    data = camt((0, pending), booked("2.00"))
    [statement] = read_bank_file(BytesIO(data), name="x").statements
    assert [one.entry_no for one in statement.transactions] == [2]
    assert (statement.entries, statement.unread) == (1, 0)
