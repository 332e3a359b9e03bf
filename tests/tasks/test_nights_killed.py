"""Row 28, invariant 24: killed anywhere, two nights end like undisturbed ones."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter

import pytest
from sqlalchemy import select

from adv_domain.store.engine import reading
from adv_domain.store.tables import failure, lease, run
from flows.direct import run_directly
from tests.killing import ready_to_fork, run_doomed, things_done
from tests.mail.smtp_server import Script, a_server
from tests.tasks import two_nights as nights
from tests.tasks.nights_end import facts, files
from tests.tasks.two_nights import THIRD


@dataclass(frozen=True)
class _Calm:
    """What undisturbed nights come to."""

    facts: dict
    files: dict
    received: Counter
    counts: dict


def _lived_through(engine, home, *, kill):
    """Live the two nights; kill does each phase, however often it dies in it.

    Returns what the mail server got, and of how many mails a person had to find out.
    """
    script, asked = Script(), 0
    nights.founded(engine, home)
    with a_server(script) as port:
        for name, work, afterwards in nights.NIGHTS:
            is_busy = name == "second mail"
            script.rcpt["es@example.com"] = [nights.BUSY] * 99 * is_busy
            kill(name, work, nights.environment(home, port))
            assert len(set(script.message_ids)) == len(script.message_ids)
            if unknown := nights.unknown_settled(engine, script):
                kill(name, work, nights.environment(home, port), again=True)
            asked += unknown
            if afterwards:
                afterwards(engine)
    return script, asked


def _calm(counts):
    """Let each phase run to its end, and count what it does."""

    def _run(name, work, environment, *, again=False):
        log = Path(environment["ADV_HOME"]).with_name("log")
        begun = perf_counter()
        assert run_doomed(work, environment=environment, log=log) is None
        if not again:
            counts[name] = (things_done(log), perf_counter() - begun)

    return _run


# what lasts the least comes first: after a commit there may be nothing left to kill
_LASTING = (
    "statement",
    "before a file",
    "before a rename",
    "before a commit",
    "before a mail",
    "after a mail",
    "after a commit",
)


def _deadly(counts, hits, random):
    """Kill each phase at each kind of thing that it does, then by the clock."""

    def _kill(name, work, environment, *, again=False):
        log = Path(environment["ADV_HOME"]).with_name("log")
        things, seconds = counts[name]
        moments = [
            {"at": (kind, random.randint(1, max(1, things[kind] // 2)))}
            for kind in sorted(_some(things, random), key=_LASTING.index)
        ]
        moments.append({"after": random.uniform(0, seconds)})
        for moment in [] if again else moments:
            hit = run_doomed(work, environment=environment, log=log, **moment)
            if hit:
                hits[name, hit] += 1
        assert run_doomed(work, environment=environment, log=log) is None

    return _kill


def _some(things, random):
    """Choose the two kinds of which a phase does the least, and another one."""
    by_count = sorted(things, key=lambda kind: (things[kind], kind))
    return random.sample([*by_count[:2], random.choice(by_count[2:])], k=3)


@pytest.fixture(scope="module")
def calm(tmp_path_factory, installed_for_a_while):
    """What two nights come to that nobody disturbs, and what each phase does."""
    ready_to_fork("tests.tasks.two_nights", "adv_domain.documents.making")
    home, counts = tmp_path_factory.mktemp("calm") / "home", {}
    with installed_for_a_while(home) as engine:
        script, asked = _lived_through(engine, home, kill=_calm(counts))
        assert asked == 0
        assert nights.broken(engine) == []
        return _Calm(facts(engine), files(home), nights.received(script), counts)


def test_row_28_two_nights_killed_in_every_phase_end_like_undisturbed_ones(
    calm, engine, home
):
    """Also rows 30 and 87 and invariants 23 and 24; what left nobody knows of is asked.

    Between the server's 250 and our commit nobody can know whether a mail arrived: it
    is never sent again by itself, and leaves once by what a person found out.
    """
    hits = Counter()
    script, asked = _lived_through(
        engine, home, kill=_deadly(calm.counts, hits, Random(28))
    )
    _hit_everywhere(hits, calm.counts)
    assert asked > 0
    assert files(home) == calm.files
    _nothing_is_left_behind(engine, home)
    assert facts(engine) == calm.facts
    assert nights.received(script) == calm.received
    assert set(nights.received(script).values()) == {1}
    assert nights.broken(engine) == []


def _hit_everywhere(hits, counts):
    by_phase, by_kind = Counter(), Counter()
    for (name, kind), count in hits.items():
        by_phase[name] += count
        by_kind[kind] += count
    assert all(by_phase[name] for name in counts), by_phase
    assert set(by_kind) == {"clock"}.union(*(things for things, _ in counts.values()))
    assert sum(hits.values()) >= 45


def _nothing_is_left_behind(engine, home):
    """No lock, no run that seems to go on, no failure, no half file, nothing to do."""
    assert list(home.rglob("*.part")) == []
    for name in ("handoff", "payments", "invoicing", "documents", "mail"):
        [end] = run_directly(name, on=THIRD)
        assert end.outcome.message == "nothing to do"
    with reading(engine) as connection:
        held = select(lease.c.step).where(lease.c.released_at.is_(None))
        assert connection.execute(held).all() == []
        states = set(connection.execute(select(run.c.state)).scalars())
        assert states == {"completed", "failed", "crashed"}
        broken = select(failure.c.document).where(failure.c.resolved_at.is_(None))
        assert connection.execute(broken).all() == []
        if engine.dialect.name == "postgresql":
            others = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                "current_database() AND pid <> pg_backend_pid()"
            )
            assert connection.exec_driver_sql(others).scalar_one() == 0
