"""Row 29, invariant 25: runs at once, from invoice to mail, are one run."""

import signal
from collections import Counter
from contextlib import suppress

import pytest
from sqlalchemy import select

from adv_domain.rules.credits.creditable import CreditRefused
from adv_domain.store.engine import reading
from adv_domain.store.tables import document, instalment, invoice, outbox, run
from flows.direct import run_directly
from tasks.credits.credit_notes import credit_invoice
from tasks.resources import resources
from tests.killing import ready_to_fork, start_doomed, things_done
from tests.mail.smtp_server import Script, a_server
from tests.tasks import two_nights as nights
from tests.tasks.two_nights import FIRST, SECOND


def a_night():
    """Invoice, draw and mail, one step after the other."""
    for name in ("invoicing", "documents", "mail"):
        run_directly(name, on=FIRST)


def _founded(engine, home):
    """Bring the first night up to its invoices, the advances paid."""
    nights.founded(engine, home)
    (home / "policy.toml").write_text("")
    run_directly("handoff", on=FIRST)
    nights.money_comes(engine)
    run_directly("payments", on=FIRST)
    run_directly("handoff", on=FIRST)
    nights.advances_leave(engine)
    ready_to_fork("tests.tasks.test_nights_at_once", "adv_domain.documents.making")


def _started(home, port, runs, *, fates):
    environment = {
        **nights.environment(home, port),
        "ADV_LOCK_WAIT_SECONDS": "120",
    }
    logs = [home.with_name(f"log{at}") for at in range(runs)]
    processes = [
        start_doomed(a_night, environment=environment, log=log, at=fate)
        for log, fate in zip(logs, [*fates, *[None] * runs], strict=False)
    ]
    for one in processes:
        one.join(180)
    return [one.exitcode for one in processes], logs


def _each_once(engine, script):
    """Ten invoices, each drawn once and received once, and nothing wrong."""
    with reading(engine) as connection:
        numbers = connection.execute(
            select(invoice.c.number).order_by(invoice.c.chain_position)
        ).scalars()
        assert list(numbers) == list(range(1, 11))
        kinds = connection.execute(select(document.c.kind)).scalars()
        assert Counter(kinds) == {"pdf": 10, "ubl": 1}
        mails = connection.execute(select(outbox.c.state)).scalars()
        assert Counter(mails) == {"sent": 12}
    assert Counter(nights.received(script).values()) == {1: 12}
    assert nights.broken(engine) == []


@pytest.mark.parametrize("runs", [2, 4])
def test_row_29_nights_at_once_invoice_draw_and_mail_each_document_once(
    engine, home, runs
):
    """Nobody ends with a locked database: each waits for the other's step."""
    _founded(engine, home)
    script = Script()
    with a_server(script) as port:
        ends, logs = _started(home, port, runs, fates=[])
    assert ends == [0] * runs
    _each_once(engine, script)
    done = sum((Counter(things_done(log)) for log in logs), Counter())
    assert done["before a file"] == done["before a rename"] == 11
    assert done["before a mail"] == 12


def test_row_29_what_a_killed_run_held_goes_to_the_one_that_waits(engine, home):
    """Two of three die over their sixth file; each time one that waits goes on."""
    _founded(engine, home)
    script = Script()
    with a_server(script) as port:
        fates = [("before a rename", 6)] * 3
        ends, _ = _started(home, port, 3, fates=fates)
    assert sorted(ends) == [-signal.SIGKILL, -signal.SIGKILL, 0]
    _each_once(engine, script)
    with reading(engine) as connection:
        states = set(connection.execute(select(run.c.state)).scalars())
    assert states == {"completed", "crashed"}


def _credit_all():
    """A person credits each invoice of the first night whole."""
    with reading(resources().engine) as connection:
        numbers = nights.invoices_of(connection)[2:10]
    for number in numbers:
        with suppress(CreditRefused):
            credit_invoice(
                invoice_no=number,
                reason_code="price",
                reason="typo",
                by="Bo",
                on=SECOND,
            )


def _undo_first_night():
    nights.undo_all_of(FIRST, on=SECOND)


def _second_night():
    for name in ("invoicing", "documents", "mail"):
        run_directly(name, on=SECOND)


def test_invariant_23_persons_and_runs_at_once_leave_one_whole_history(engine, home):
    """A night, the undoing of the one before, and two who credit the same invoices."""
    _founded(engine, home)
    for name in ("invoicing", "documents"):
        run_directly(name, on=FIRST)
    nights.february(engine)
    script = Script()
    with a_server(script) as port:
        environment = {
            **nights.environment(home, port),
            "ADV_LOCK_WAIT_SECONDS": "120",
        }
        works = [_second_night, _credit_all, _undo_first_night, _credit_all]
        logs = [home.with_name(f"log{at}") for at in range(len(works))]
        processes = [
            start_doomed(work, environment=environment, log=log)
            for work, log in zip(works, logs, strict=True)
        ]
        for one in processes:
            one.join(180)
        assert [one.exitcode for one in processes] == [0] * len(works)
        last = start_doomed(_second_night, environment=environment, log=logs[0])
        last.join(180)
        assert last.exitcode == 0
    assert nights.broken(engine) == []
    assert set(nights.received(script).values()) == {1}
    arrived = set(script.message_ids)
    with reading(engine) as connection:
        kinds = connection.execute(
            select(invoice.c.kind, invoice.c.number).order_by(invoice.c.chain_position)
        ).all()
        for kind in ("invoice", "credit_note"):
            numbers = [number for one, number in kinds if one == kind]
            assert numbers == list(range(1, len(numbers) + 1))
        mails = connection.execute(select(outbox.c.state, outbox.c.message_id)).all()
        of_first = select(instalment.c.open_amount).where(
            instalment.c.issued_on == FIRST
        )
        assert set(connection.execute(of_first).scalars()) == {0}
    for state, message_id in mails:
        assert (state == "sent") == (message_id in arrived), state
