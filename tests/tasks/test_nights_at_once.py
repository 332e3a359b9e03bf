"""Row 29, invariant 25: runs at once, from invoice to mail, are one run."""

import signal
from collections import Counter

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import document, invoice, outbox, run
from flows.direct import run_directly
from tests.killing import ready_to_fork, start_doomed, things_done
from tests.mail.smtp_server import Script, a_server
from tests.tasks import two_nights as nights
from tests.tasks.two_nights import FIRST


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
