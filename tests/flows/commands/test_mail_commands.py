"""`adv outbox`, `adv mail test`, `adv stop-mail` do what the runbook says."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from adv_domain.store.engine import writing
from adv_domain.store.tables import outbox as outbox_table
from flows.commands.mail import mail, stop_mail
from flows.commands.outbox import outbox
from flows.direct import run_directly
from tasks.resources import resources

WHO = ("--by", "Ana", "--reason", "asked the customer")


@pytest.fixture(autouse=True)
def _home(sqlite_home):
    return sqlite_home


def call(command, *words: str):
    return CliRunner().invoke(command, list(words))


def listed(*words: str) -> list[dict[str, object]]:
    result = call(outbox, "list", "--json", *words)
    assert result.exit_code == 0, result.output
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def a_mail_in(state: str) -> str:
    """Queue a test mail and put it into a state; return its key."""
    result = call(mail, "test", "--to", "ana@example.com", "--json")
    [key] = json.loads(result.stdout)["queued"]
    with writing(resources().engine) as connection:
        connection.execute(
            update(outbox_table)
            .where(outbox_table.c.outbox_key == key)
            .values(state=state, last_error="550 no such user", attempts=1)
        )
    return key


def test_a_test_mail_is_queued_to_each_address_and_listed() -> None:
    result = call(mail, "test", "--to", "a@example.com", "--to", "b@example.com")
    assert result.exit_code == 0, result.output
    first, second = listed()
    assert set(first) == {
        "key",
        "kind",
        "to",
        "state",
        "attempts",
        "last_error",
        "message_id",
    }
    assert (first["to"], second["to"]) == ("a@example.com", "b@example.com")
    assert (first["kind"], first["state"], first["attempts"]) == ("test", "queued", 0)
    run_directly("mail", on=date(2026, 3, 10))
    assert {entry["state"] for entry in listed()} == {"sent"}
    assert listed("--state", "queued") == []


def test_a_test_mail_to_no_address_is_refused_and_nothing_queued() -> None:
    result = call(mail, "test", "--to", "a@example.com", "--to", "nobody")
    assert result.exit_code == 2
    assert "nobody" in result.stderr
    assert listed() == []


def test_the_list_reads_well_for_people() -> None:
    key = a_mail_in("failed")
    result = call(outbox, "list")
    assert key in result.output
    assert "550 no such user" in result.output
    assert "1 mail" in result.output


def test_a_failed_mail_is_tried_again_on_request() -> None:
    key = a_mail_in("failed")
    assert call(outbox, "retry", key, *WHO).exit_code == 0
    [entry] = listed()
    assert entry["state"] == "queued"


@pytest.mark.parametrize("state", ["sent", "sending", "withdrawn", "queued"])
def test_other_mails_are_not_tried_again(state: str) -> None:
    key = a_mail_in(state)
    result = call(outbox, "retry", key, *WHO)
    assert result.exit_code == 1
    assert state in result.stderr


def test_an_unknown_mail_is_not_tried_again_before_it_is_settled() -> None:
    key = a_mail_in("unknown")
    result = call(outbox, "retry", key, *WHO)
    assert result.exit_code == 1
    assert "outbox resolve" in result.stderr
    assert call(outbox, "resolve", key, "--not-sent", *WHO).exit_code == 0
    assert call(outbox, "retry", key, *WHO).exit_code == 0


@pytest.mark.parametrize(
    ("answer", "state"), [("--sent", "sent"), ("--not-sent", "failed")]
)
def test_a_person_settles_an_unknown_mail(answer: str, state: str) -> None:
    key = a_mail_in("unknown")
    result = call(outbox, "resolve", key, answer, *WHO, "--json")
    assert json.loads(result.stdout) == {"key": key, "state": state}
    [entry] = listed()
    assert entry["last_error"] == "Ana: asked the customer"
    assert call(outbox, "resolve", key, "--not-sent", *WHO).exit_code == 1


def test_resolving_needs_an_answer_and_a_name() -> None:
    key = a_mail_in("unknown")
    assert call(outbox, "resolve", key, *WHO).exit_code == 2
    assert call(outbox, "resolve", key, "--sent").exit_code == 2


def test_a_key_that_does_not_exist_is_named() -> None:
    result = call(outbox, "retry", "nothing", *WHO)
    assert result.exit_code == 2
    assert "nothing" in result.stderr


def test_all_mail_is_stopped_and_let_go() -> None:
    call(mail, "test", "--to", "a@example.com")
    assert call(stop_mail, "--reason", "wrong letterhead").exit_code == 0
    [end] = run_directly("mail", on=date(2026, 3, 10))
    assert end.outcome.skipped == {"mail is stopped": 1}
    assert call(stop_mail, "--off").exit_code == 2
    assert call(stop_mail, "--off", "--by", "Ana", "--reason", "mended").exit_code == 0
    [end] = run_directly("mail", on=date(2026, 3, 10))
    assert end.outcome.done == {"sent": 1}
