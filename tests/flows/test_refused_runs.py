"""Does a run with a wrong policy or a date to come end at once, and say why?"""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from adv_domain.store.engine import reading
from adv_domain.store.tables import run
from flows.direct import run_directly
from tasks.dates import (
    REACHING_CUSTOMERS,
    DateAhead,
    a_date_ahead_is_meant,
    check_date,
    is_long_ago,
)
from tasks.resources import business_day, now, resources
from tests.first_day import adv, said

WRONG = "[validation]\nlead_days = -1\n[kpis]\nsmall = 1\n"
AHEAD = "2131-01-01"


def _runs():
    with reading(resources().engine) as connection:
        return connection.execute(select(func.count()).select_from(run)).scalar()


@pytest.mark.parametrize("flow", ["nightly", "dunning", "mail"])
def test_a_date_to_come_reaches_no_customer_by_a_slip(sqlite_home, flow):
    asked = ("run", flow, "--direct", "--date", AHEAD)
    code, out, err = adv(sqlite_home.parent, *asked)
    assert (code, out) == (2, "")
    assert AHEAD in err and "--yes-future" in err and "Traceback" not in err
    assert _runs() == 0


def test_what_is_meant_runs_and_so_does_what_reaches_nobody(sqlite_home):
    asked = ("run", "dunning", "--direct", "--date", AHEAD)
    assert said(sqlite_home.parent, *asked, "--yes-future")["date"] == AHEAD
    assert said(sqlite_home.parent, *asked, "--dry-run")["date"] == AHEAD
    kpis = ("run", "validation", "--direct", "--date", AHEAD)
    assert said(sqlite_home.parent, *kpis)["date"] == AHEAD


def test_a_date_long_ago_is_only_warned_of(sqlite_home):
    code, out, err = adv(
        sqlite_home.parent, "run", "dunning", "--direct", "--date", "1998-05-01"
    )
    assert code == 0 and "dunning" in out
    assert "1998-05-01 is long ago" in err


def test_no_day_to_come_is_posted_or_mailed_for_by_a_slip(sqlite_home):
    """Row 37: one document of a day ahead moves all later ones of its series there.
    Tomorrow is no such day: a night may close early."""
    today = business_day(now())
    check_date("nightly", on=today + timedelta(days=1))
    later = today + timedelta(days=2)
    for flow in sorted(REACHING_CUSTOMERS):
        with pytest.raises(DateAhead, match="--yes-future"):
            check_date(flow, on=later)
    with a_date_ahead_is_meant(True):
        check_date("nightly", on=later)
    assert is_long_ago(today - timedelta(days=401))
    assert not is_long_ago(today - timedelta(days=400))
    soon = str(today + timedelta(days=9))
    code, out, err = adv(
        sqlite_home.parent, "run", "invoicing", "--direct", "--date", soon
    )
    assert (code, out) == (2, "") and "--yes-future" in err
    code, _out, err = adv(
        sqlite_home.parent, "run", "validation", "--direct", "--date", soon
    )
    assert code == 0
    assert f"{soon} is to come" in err


def test_a_wrong_policy_is_told_once_before_any_step(sqlite_home):
    path = sqlite_home / "policy.toml"
    path.write_text(WRONG)
    code, out, err = adv(sqlite_home.parent, "run", "nightly", "--direct")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        f"adv: {path}: 2 mistakes in the policy",
        "  validation.lead_days: must be greater than or equal to 0 (is '-1')",
        "  kpis.small: this key is not known here (is '1')",
        f"check it with: adv policy check {path}",
    ]
    assert _runs() == 0


def test_a_file_that_is_no_toml_is_told_with_its_line(sqlite_home):
    path = sqlite_home / "policy.toml"
    path.write_text("[kpis]\n\nclose = 3 = 4\n")
    code, _, err = adv(sqlite_home.parent, "run", "nightly", "--direct")
    assert code == 2
    assert err.startswith(f"adv: {path}: line 3: not readable as TOML: ")
    assert len(err.splitlines()) == 1


def test_a_policy_that_cannot_be_opened_is_a_usage_fault(sqlite_home):
    (sqlite_home / "policy.toml").mkdir()
    code, _, err = adv(sqlite_home.parent, "run", "nightly", "--direct")
    assert code == 2
    assert "policy.toml: cannot be read: " in err


def test_a_broken_step_of_a_chain_is_one_line(sqlite_home, monkeypatch, caplog):
    def broken(*_args, **_words):
        raise RuntimeError("the ground gave way")

    monkeypatch.setattr("flows.direct.conduct", broken)
    ends = run_directly("hourly", on=date(2026, 1, 31))
    assert ends[0].error == "the ground gave way"
    first = next(one for one in caplog.records if one.name == "adv.runs")
    assert (first.message, first.exc_info) == (
        "payments broke: the ground gave way",
        None,
    )


@pytest.mark.usefixtures("prefect_server")
def test_through_prefect_the_run_fails_at_once_with_the_message(sqlite_home):
    from flows.nightly_close import nightly_close

    ahead = nightly_close(business_date=date(2131, 1, 1), return_state=True)
    assert ahead.is_failed()
    assert "nightly for 2131-01-01 was not run" in ahead.message

    path = sqlite_home / "policy.toml"
    path.write_text(WRONG)
    for given in (None, date(2026, 1, 31)):
        wrong = nightly_close(business_date=given, return_state=True)
        assert wrong.is_failed(), wrong
        assert f"{path}: 2 mistakes in the policy" in wrong.message
    assert _runs() == 0


@pytest.mark.usefixtures("prefect_server")
def test_what_is_meant_runs_through_prefect_too(sqlite_home):
    from flows.through_prefect import run_through_prefect

    ends = run_through_prefect(
        "nightly", on=date(2131, 1, 1), home=sqlite_home, is_ahead_meant=True
    )
    assert [end.error for end in ends if end.error] == []
