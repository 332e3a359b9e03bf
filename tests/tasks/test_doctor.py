"""The doctor sees what would hurt tonight and says what to do."""

from datetime import timedelta

import pytest

from adv_domain.store.engine import writing
from adv_domain.store.tables import switch
from tasks.doctor import examine
from tasks.resources import business_day, now, resources
from tests.tasks.supply_runs import in_stock


def _grades():
    return {one.name: one.grade for one in examine()}


def test_a_new_installation_has_nothing_bad_and_each_warning_a_remedy(home):
    checks = examine()
    assert not [one for one in checks if one.grade == "bad"]
    assert all(one.remedy for one in checks if one.grade == "warn")
    assert _grades()["company"] == "warn"


def test_a_mail_template_of_ones_own_that_cannot_work_is_told_with_its_line(home):
    own = home / "templates" / "email" / "es" / "invoice" / "subject.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Factura\n{{ nummer }}", encoding="utf-8")
    [told] = [one for one in examine() if one.name == "own templates"]
    assert told.grade == "bad"
    assert f"{own}, line 2: nummer is nothing" in told.detail
    own.write_text("Factura {{ document_no }}", encoding="utf-8")
    assert "own templates" not in _grades()


def test_a_database_that_is_not_set_up_is_bad(sqlite_home):
    (sqlite_home / "adv.db").unlink()
    assert _grades()["database"] == "bad"


def test_a_stopped_mail_is_told(engine):
    with writing(engine) as connection:
        connection.execute(
            switch.insert().values(
                name="stop_mail", is_on=True, set_by="Ana", reason="x", set_at=now()
            )
        )
    assert _grades()["mail"] == "warn"


@pytest.mark.parametrize(
    ("url", "secret", "grade"),
    [
        ("http://127.0.0.1:4200/api", None, "ok"),
        ("http://prefect.example.com/api", None, "warn"),
        ("http://prefect.example.com/api", "admin:pass", "ok"),
    ],
)
def test_an_open_prefect_api_is_warned_of(sqlite_home, monkeypatch, url, secret, grade):
    monkeypatch.setenv("PREFECT_API_URL", url)
    if secret:
        monkeypatch.setenv("PREFECT_API_AUTH_STRING", secret)
    assert _grades()["prefect"] == grade


def test_an_unreachable_mail_server_is_bad(sqlite_home, monkeypatch):
    monkeypatch.setenv("ADV_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("ADV_SMTP_PORT", "1")
    assert _grades()["mail server"] == "bad"


def test_the_time_zone_is_the_companys(sqlite_home, monkeypatch):
    monkeypatch.setenv("ADV_TIME_ZONE", "Pacific/Auckland")
    [clock] = [one for one in examine() if one.name == "clock"]
    assert "Pacific/Auckland" in clock.detail
    assert resources().settings.time_zone.key == "Pacific/Auckland"


def test_a_wrong_policy_is_bad_and_named_once(sqlite_home):
    (sqlite_home / "policy.toml").write_text("[kpis]\nsmall = 1\n")
    told = [one for one in examine() if "kpis.small" in one.detail]
    assert [(one.name, one.grade) for one in told] == [("policy", "bad")]
    assert "adv policy check" in told[0].remedy


def test_levels_too_old_to_promise_by_are_told(engine):
    assert _grades()["goods"] == "ok"
    today = business_day(now())
    in_stock(engine, 5, as_of=today)
    assert _grades()["goods"] == "ok"
    in_stock(engine, 5, code="P2", as_of=today - timedelta(days=8))
    [told] = [one for one in examine() if one.name == "goods"]
    assert told.grade == "warn"
    assert told.detail.startswith("1 of 2 products have no level of the last 7 days")
