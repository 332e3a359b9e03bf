"""Is every failure listed, and can a person close what no run will ever mend?"""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from adv_domain.store.engine import reading, writing
from adv_domain.store.runs import FailedDocument, record_failures
from adv_domain.store.tables import event, failure
from flows.cli import cli
from flows.direct import run_directly
from tasks.doctor import examine
from tasks.failures import FailureRefused, close_failure
from tasks.resources import now, resources

ON = date(2024, 6, 3)
SAID = {"by": "ana", "reason": "sent by mail", "on": ON}


def set_aside(step, document, message="broken", code="broken"):
    with writing(resources().engine) as connection:
        record_failures(
            connection,
            step=step,
            run_id=1,
            owner="adv",
            failed=[FailedDocument(document, code, message)],
            now=now(),
        )


def drop(home, text, name="new.csv"):
    folder = home / "inbox" / "products"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    run_directly("intake", on=ON)


def adv(*words):
    return CliRunner().invoke(cli, list(words))


def listed():
    return json.loads(adv("failures", "--json").stdout)


def test_a_message_that_stock_refused_names_the_act_that_sends_it_again(home):
    set_aside("handoff", "O1/1", code="message_failed")
    set_aside("handoff", "O2")
    told = adv("failures").stdout
    assert "1 attempt; once the cause is mended: adv stock resend O1/1\n" in told
    assert "1 attempt; adv run handoff, once the cause is mended\n" in told
    assert told.endswith("2 open failures\n")


def test_a_quarantined_file_is_listed_and_closed_by_a_person(home):
    drop(home, "code,name\n,\nP1,\n")
    [one] = listed()
    assert list(one) == [
        "step",
        "document",
        "code",
        "cause",
        "since",
        "last_seen",
        "owner",
        "attempts",
        "closable",
    ]
    assert (one["step"], one["document"]) == ("intake", "products/new.csv")
    assert (one["owner"], one["attempts"], one["closable"]) == ("adv", 1, True)
    told = adv("failures").stdout
    assert one["cause"] in told and told.endswith("1 open failure\n")
    said = ("--by", "ana", "--reason", "given up")
    closed = adv("failures", "close", "intake", "products/new.csv", *said)
    assert closed.stdout == "the failure of products/new.csv is closed\n"
    assert listed() == []
    with reading(resources().engine) as connection:
        [row] = connection.execute(select(failure)).all()
        told = connection.execute(
            select(event).where(event.c.entity == "failure")
        ).one()
    assert (told.entity_id, told.what, told.actor, told.reason) == (
        row.id,
        "closed",
        "ana",
        "given up",
    )


def test_a_clean_file_of_the_same_name_closes_it(home):
    drop(home, "code,name\nP1,\n")
    drop(home, "code,name\nP2,Two\n", name="other.csv")
    assert len(listed()) == 1
    drop(home, "code,name\nP1,One\n")
    assert listed() == []


def test_a_file_that_fails_again_after_it_was_closed_is_open_again(sqlite_home):
    drop(sqlite_home, "code,name\nP1,\n")
    close_failure(step="intake", document="products/new.csv", **SAID)
    drop(sqlite_home, "code,name\nP1,\n")
    assert [one["attempts"] for one in listed()] == [2]


@pytest.mark.parametrize(
    ("step", "document", "closable"),
    [
        ("delivery", "deliveries/new.csv", True),
        ("delivery", "M1 order O9 line 1", True),
        ("payments", "bank/june.xml", True),
        ("payments", "payment 7", False),
        ("invoicing", "O-17", False),
    ],
)
def test_only_what_is_not_derived_from_tables_can_be_closed(
    sqlite_home, step, document, closable
):
    set_aside(step, document, "no tax rate")
    assert [one["closable"] for one in listed()] == [closable]
    if closable:
        close_failure(step=step, document=document, **SAID)
        assert listed() == []
        return
    with pytest.raises(FailureRefused, match=f"no tax rate.*adv run {step}"):
        close_failure(step=step, document=document, **SAID)
    assert len(listed()) == 1


def test_closing_needs_a_name_a_reason_and_an_open_failure(sqlite_home):
    for silent in ({"by": " "}, {"reason": ""}):
        with pytest.raises(FailureRefused, match="a name and a reason"):
            close_failure(step="intake", document="x", **(SAID | silent))
    refused = adv("failures", "close", "intake", "x", "--by", "a", "--reason", "b")
    assert refused.exit_code == 1
    assert "no open failure of x; see: adv failures" in refused.stderr


def test_the_doctor_names_the_list(sqlite_home):
    set_aside("intake", "products/new.csv")
    [one] = [check for check in examine() if check.name == "failures"]
    assert one.remedy.startswith("adv failures")
