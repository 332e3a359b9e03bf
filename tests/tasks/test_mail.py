"""Mail leaves once, each ending is written, and nothing is resent by itself."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from adv_domain.mail.outcome import MailConfigurationError
from adv_domain.store.engine import reading, writing
from adv_domain.store.outbox import OutboxMail, queue_mails
from adv_domain.store.rows import counted_statements
from adv_domain.store.tables import (
    dunning_notice,
    event,
    failure,
    instalment,
    outbox,
)
from flows.direct import run_directly
from tasks import resources
from tasks.mail import acts as mail_actions
from tasks.mail import step as mail_step
from tests.builders import a_customer
from tests.mail.smtp_server import (
    DROP,
    PASSWORD,
    USER,
    Script,
    a_certificate,
    a_server,
    free_port,
)
from tests.tasks.dunning_rows import a_dispute, an_invoice

DAY = date(2026, 3, 10)
CONTEXT = {"company_name": "Nervión", "requested_by": "Ana"}


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home):
    """A server with STARTTLS and login that the settings of the home point to."""
    script, certificate = Script(), a_certificate(tmp_path)
    with a_server(script, certificate=certificate, with_login=True) as port:
        for name, value in {
            "HOST": "127.0.0.1",
            "PORT": port,
            "TLS": "starttls",
            "USERNAME": USER,
            "PASSWORD": PASSWORD,
            "TIMEOUT": 5,
            "RETRY_SECONDS": 0,
            "CA_FILE": certificate,
        }.items():
            monkeypatch.setenv(f"ADV_SMTP_{name}", str(value))
        yield script


def queued(engine, *keys: str, kind: str = "test", **changes):
    """Queue a mail per key to <key>@example.com."""
    values = {"kind": kind, "template": "test", "language": "es", "context": CONTEXT}
    with writing(engine) as connection:
        queue_mails(
            connection,
            [
                OutboxMail(
                    outbox_key=key,
                    to_address=f"{key}@example.com",
                    **(values | changes),
                )
                for key in keys
            ],
            business_date=DAY,
            now=resources.now(),
        )


def states(engine) -> dict[str, str]:
    with reading(engine) as connection:
        rows = connection.execute(
            select(outbox.c.outbox_key, outbox.c.state).order_by(outbox.c.id)
        )
        return {row.outbox_key: row.state for row in rows}


def column(engine, name: str, key: str = "a"):
    with reading(engine) as connection:
        return connection.execute(
            select(outbox.c[name]).where(outbox.c.outbox_key == key)
        ).scalar_one()


def notice_states(engine) -> list[str]:
    with reading(engine) as connection:
        return list(
            connection.execute(
                select(dunning_notice.c.state).order_by(dunning_notice.c.id)
            ).scalars()
        )


def run(on: date = DAY):
    [end] = run_directly("mail", on=on)
    return end.outcome


def test_queued_mails_arrive_in_order_over_starttls_with_a_login(engine, smtp) -> None:
    queued(engine, "a", "b", "c")
    outcome = run()
    assert outcome.done == {"sent": 3}
    assert states(engine) == {"a": "sent", "b": "sent", "c": "sent"}
    assert [message["To"] for message in smtp.accepted] == [
        "a@example.com",
        "b@example.com",
        "c@example.com",
    ]
    assert smtp.message_ids[0] == column(engine, "message_id")
    assert smtp.was_secure == [True] * 3
    assert run().message == "nothing to do"


def test_a_451_is_tried_again_and_accepted_under_the_same_message_id(
    engine, smtp
) -> None:
    smtp.rcpt["a@example.com"] = ["451 4.7.1 greylisted"]
    queued(engine, "a", "b")
    first = run()
    assert states(engine) == {"a": "retry", "b": "sent"}
    assert (first.waiting, first.failed) == (1, ())
    assert column(engine, "last_error") == "451 4.7.1 greylisted"
    run()
    assert states(engine)["a"] == "sent"
    assert column(engine, "attempts") == 2
    assert column(engine, "message_id") in smtp.message_ids


def test_a_retry_waits_for_its_time(engine, smtp, monkeypatch) -> None:
    monkeypatch.setenv("ADV_SMTP_RETRY_SECONDS", "600")
    smtp.rcpt["a@example.com"] = ["451 later"]
    queued(engine, "a")
    run()
    assert run().message == "1 waiting"
    wait = column(engine, "next_attempt_at") - datetime.now(UTC)
    assert timedelta(seconds=400) < wait <= timedelta(seconds=600)


def test_a_mail_tried_for_too_many_days_has_failed(engine, smtp) -> None:
    smtp.rcpt["a@example.com"] = ["451 later"]
    queued(engine, "a")
    with writing(engine) as connection:
        connection.execute(
            update(outbox).values(queued_at=resources.now() - timedelta(days=6))
        )
    run()
    assert states(engine) == {"a": "failed"}
    assert column(engine, "last_error") == "given up after 5 days: 451 later"


def test_a_550_is_final_and_named_once(engine, smtp) -> None:
    smtp.rcpt["a@example.com"] = ["550 5.1.1 no such user"]
    queued(engine, "a", "b")
    outcome = run()
    assert states(engine) == {"a": "failed", "b": "sent"}
    [failed] = outcome.failed
    assert (failed.document, failed.code) == ("a", "mail_failed")
    assert failed.message == "550 5.1.1 no such user"
    assert run().failed == ()
    assert len(smtp.accepted) == 1


def test_a_lost_answer_to_data_is_unknown_and_never_resent(engine, smtp) -> None:
    smtp.data["a@example.com"] = [DROP]
    queued(engine, "a", "b")
    outcome = run()
    assert states(engine) == {"a": "unknown", "b": "sent"}
    assert [failed.code for failed in outcome.failed] == ["mail_unknown"]
    run()
    assert states(engine)["a"] == "unknown"
    assert len(smtp.accepted) == 2


def test_a_421_puts_the_mail_off_and_the_next_goes_over_a_new_connection(
    engine, smtp
) -> None:
    smtp.rcpt["a@example.com"] = ["421 closing"]
    queued(engine, "a", "b")
    run()
    assert states(engine) == {"a": "retry", "b": "sent"}


@pytest.mark.parametrize(
    "setting",
    [{"ADV_SMTP_PASSWORD": "wrong"}, {"ADV_SMTP_CA_FILE": ""}],
    ids=["bad login", "bad certificate"],
)
def test_wrong_settings_end_the_run_with_everything_queued(
    engine, smtp, monkeypatch, setting
) -> None:
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    queued(engine, "a", "b")
    with pytest.raises(MailConfigurationError):
        run()
    assert states(engine) == {"a": "queued", "b": "queued"}
    assert column(engine, "attempts") == 0
    assert smtp.accepted == []


def test_a_server_that_is_away_costs_two_attempts_and_not_the_queue(
    engine, smtp, monkeypatch
) -> None:
    monkeypatch.setenv("ADV_SMTP_PORT", str(free_port()))
    monkeypatch.setenv("ADV_SMTP_RETRY_SECONDS", "600")
    queued(engine, "a", "b", "c", "d")
    outcome = run()
    assert states(engine) == {"a": "retry", "b": "retry", "c": "queued", "d": "queued"}
    assert outcome.skipped == {"the mail server cannot be reached": 2}
    assert column(engine, "attempts", "c") == 0


def test_a_run_killed_between_250_and_commit_leaves_one_unknown(
    engine, smtp, monkeypatch
) -> None:
    queued(engine, "a", "b", "c")
    real = mail_step.ending_of

    def _killed(mail, result, *, at):
        if mail.outbox_key == "b":
            raise KeyboardInterrupt
        return real(mail, result, at=at)

    monkeypatch.setattr(mail_step, "ending_of", _killed)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.setattr(mail_step, "ending_of", real)
    assert states(engine) == {"a": "sent", "b": "sending", "c": "queued"}
    outcome = run()
    assert states(engine) == {"a": "sent", "b": "unknown", "c": "sent"}
    assert [failed.document for failed in outcome.failed] == ["b"]
    assert len(smtp.accepted) == 3


def test_a_process_killed_while_sending_leaves_one_unknown_and_loses_none(
    smtp, home
) -> None:
    engine = resources.resources().engine
    queued(engine, "a", "b", "c")
    command = [sys.executable, "-m", "flows.cli", "run", "mail", "--direct"]
    with subprocess.Popen([*command, "--date", DAY.isoformat()]) as process:
        # the server has the whole of the second mail and has not answered yet
        smtp.on_accepted = lambda: len(smtp.accepted) == 2 and process.kill()
        process.wait(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert states(engine) == {"a": "sent", "b": "sending", "c": "queued"}
    run()
    assert states(engine) == {"a": "sent", "b": "unknown", "c": "sent"}
    assert len(set(smtp.message_ids)) == len(smtp.message_ids) == 3


def test_a_mail_that_cannot_be_built_has_failed_and_the_others_go(
    engine, smtp, home
) -> None:
    queued(engine, "context", context={"company_name": "N"})
    queued(engine, "template", template="nothing")
    queued(engine, "break", context={**CONTEXT, "company_name": "N\r\nBcc: x@y.zz"})
    queued(engine, "file", attachments=["documents/none.pdf"])
    queued(engine, "outside", attachments=["../../etc/passwd"])
    queued(engine, "address with a space", "good")
    outcome = run()
    assert outcome.done == {"sent": 1}
    assert set(states(engine).values()) == {"failed", "sent"}
    assert states(engine)["good"] == "sent"
    assert len(outcome.failed) == 6


def test_an_attachment_goes_with_the_mail(engine, smtp, home) -> None:
    (home / "documents").mkdir(exist_ok=True)
    (home / "documents" / "F1.pdf").write_bytes(b"%PDF-1.7")
    queued(engine, "a", attachments=["documents/F1.pdf"])
    run()
    [message] = smtp.accepted
    attached = message.get_payload()[1]
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_payload(decode=True) == b"%PDF-1.7"


def test_stopped_mail_stays_until_a_person_lets_it_go(engine, smtp) -> None:
    queued(engine, "a")
    mail_actions.stop_mail(by="Ana", reason="wrong letterhead")
    assert run().skipped == {"mail is stopped": 1}
    assert states(engine) == {"a": "queued"}
    mail_actions.let_mail_go(by="Ana", reason="mended")
    run()
    assert states(engine) == {"a": "sent"}
    with reading(engine) as connection:
        told = connection.execute(
            select(event.c.what, event.c.actor, event.c.reason)
            .where(event.c.entity == "switch")
            .order_by(event.c.id)
        ).all()
    assert [tuple(row) for row in told] == [
        ("stop_mail_on", "Ana", "wrong letterhead"),
        ("stop_mail_off", "Ana", "mended"),
    ]


def test_a_stop_halts_a_run_under_way(engine, smtp, monkeypatch) -> None:
    queued(engine, "a", "b", "c")
    real = mail_step.ending_of

    def _stopping(mail, result, *, at):
        mail_actions.stop_mail(by="Ana", reason="wrong letterhead")
        return real(mail, result, at=at)

    monkeypatch.setattr(mail_step, "ending_of", _stopping)
    outcome = run()
    assert states(engine) == {"a": "sent", "b": "queued", "c": "queued"}
    assert outcome.skipped == {"mail is stopped": 2}


def test_outside_its_hours_only_internal_mail_leaves(engine, smtp, home) -> None:
    begins = (datetime.now(ZoneInfo("Europe/Madrid")).hour + 2) % 23
    (home / "policy.toml").write_text(
        f"[mail]\nsend_from_hour = {begins}\nsend_until_hour = {begins + 1}\n"
    )
    queued(engine, "a", kind="invoice")
    queued(engine, "b", kind="failure")
    outcome = run()
    assert states(engine) == {"a": "queued", "b": "sent"}
    [(why, waiting)] = outcome.skipped.items()
    assert waiting == 1
    assert why.startswith("leaves in the sending hours, from ")
    assert why.endswith(f" {begins:02}:00")
    assert why in outcome.message


def test_without_a_server_the_same_path_writes_files_to_read(engine, home) -> None:
    queued(engine, "a", "b")
    assert run().done == {"sent": 2}
    folder = home / "outbox" / "mail"
    assert len(list(folder.glob("*.eml"))) == 2
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert "a@example.com" in index
    assert Path(column(engine, "eml_path")).exists()


def test_a_killed_run_into_the_folder_is_simply_done_again(
    engine, home, monkeypatch
) -> None:
    queued(engine, "a", "b")
    real = mail_step.ending_of

    def _killed(mail, result, *, at):
        if mail.outbox_key == "b":
            raise KeyboardInterrupt
        return real(mail, result, at=at)

    monkeypatch.setattr(mail_step, "ending_of", _killed)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.setattr(mail_step, "ending_of", real)
    assert set(states(engine).values()) == {"sending"}
    assert run().done == {"sent": 2}
    assert len(list((home / "outbox" / "mail").glob("*.eml"))) == 2


def test_statements_into_the_folder_do_not_grow_with_the_batch(engine, home) -> None:
    run()
    counts = []
    for size in (5, 60):
        queued(engine, *(f"{size}-{number}" for number in range(size)))
        with counted_statements(engine) as seen:
            run()
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_two_runs_at_once_send_each_mail_once(engine, smtp, monkeypatch) -> None:
    monkeypatch.setenv("ADV_LOCK_WAIT_SECONDS", "60")
    queued(engine, *(f"m{number}" for number in range(12)))
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, (DAY, DAY)))
    assert sum(outcome.done.get("sent", 0) for outcome in outcomes) == 12
    assert set(states(engine).values()) == {"sent"}
    assert len(set(smtp.message_ids)) == len(smtp.message_ids) == 12


def a_reminder(engine, *, key: str = "a", amount: str = "100.00") -> int:
    """Queue a reminder over one open item of 100.00; return the item's id."""
    customer_id = a_customer(engine, code=f"C-{key}")
    [item_id] = an_invoice(engine, customer_id, f"F-{key}")
    with writing(engine) as connection:
        connection.execute(
            insert(dunning_notice).values(
                customer_id=customer_id,
                instalment_id=item_id,
                level=1,
                policy="default",
                channel="email",
                tone="friendly",
                effect="none",
                state="decided",
                decided_on=DAY,
                amount=Decimal(amount),
                interest=Decimal(0),
                fee=Decimal(0),
                currency="EUR",
                outbox_key=key,
            )
        )
    queued(engine, key, kind="reminder")
    return item_id


def test_a_confirmed_reminder_completes_its_notices(engine, smtp) -> None:
    a_reminder(engine)
    run()
    assert notice_states(engine) == ["completed"]
    with reading(engine) as connection:
        done_on = connection.execute(select(dunning_notice.c.completed_on)).scalar()
    assert done_on == DAY


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("550 no such user", "failed"), ("451 later", "decided")],
)
def test_a_reminder_that_did_not_arrive_does_not_count(
    engine, smtp, answer, expected
) -> None:
    smtp.rcpt["a@example.com"] = [answer]
    a_reminder(engine)
    run()
    assert notice_states(engine) == [expected]


def test_an_unknown_reminder_waits_for_a_person(engine, smtp) -> None:
    smtp.data["a@example.com"] = [DROP]
    a_reminder(engine)
    run()
    assert notice_states(engine) == ["unknown"]
    mail_actions.resolve_mail(
        "a", was_sent=True, by="Ana", reason="customer confirmed", on=DAY
    )
    assert (states(engine), notice_states(engine)) == ({"a": "sent"}, ["completed"])
    with reading(engine) as connection:
        standing = connection.execute(
            select(failure.c.document).where(failure.c.resolved_at.is_(None))
        ).all()
    assert standing == []


def test_a_reminder_paid_before_the_send_is_withdrawn(engine, smtp) -> None:
    item_id = a_reminder(engine)
    a_reminder(engine, key="b")
    with writing(engine) as connection:
        connection.execute(
            update(instalment)
            .where(instalment.c.id == item_id)
            .values(open_amount=Decimal("40.00"))
        )
    outcome = run()
    assert states(engine) == {"a": "withdrawn", "b": "sent"}
    assert notice_states(engine) == ["withdrawn", "completed"]
    assert outcome.skipped == {"balance changed, withdrawn": 1}
    assert column(engine, "last_error").startswith("F-a has 40")


def test_a_reminder_disputed_before_the_send_is_withdrawn(engine, smtp) -> None:
    item_id = a_reminder(engine)
    a_dispute(engine, item_id, on=DAY)
    run()
    assert states(engine) == {"a": "withdrawn"}


def test_a_reminder_over_what_is_left_beside_a_known_dispute_goes(engine, smtp) -> None:
    item_id = a_reminder(engine, amount="90.00")
    a_dispute(engine, item_id, on=DAY)
    run()
    assert states(engine) == {"a": "sent"}


def test_a_listed_item_without_notice_is_read_again_too(engine, smtp) -> None:
    customer_id = a_customer(engine)
    [item_id] = an_invoice(engine, customer_id, "F-1")
    queued(engine, "a", context={**CONTEXT, "listed": [[item_id, "100.01"]]})
    queued(engine, "b", context={**CONTEXT, "listed": [[item_id, "100.00"]]})
    run()
    assert states(engine) == {"a": "withdrawn", "b": "sent"}
