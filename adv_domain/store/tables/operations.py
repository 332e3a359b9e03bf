"""Tables of running: leases, runs, failures, events, tasks, switches, source files."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adv_domain.store.columns import AMOUNT, KEY, JsonText, Moment
from adv_domain.store.tables.base import code, key, metadata, one_of, refers, where

lease = Table(
    "lease",
    metadata,
    Column("step", String(40), primary_key=True),
    Column("shard", Integer, primary_key=True),
    code("owner", size=200),
    code("host", size=200),
    Column("pid", Integer, nullable=False),
    code("pid_started", size=40),
    Column("fence", KEY, nullable=False),
    Column("renewed_at", Moment, nullable=False),
    Column("released_at", Moment, nullable=True),
)

RUN_STATES = ("running", "completed", "failed", "crashed")

run = Table(
    "run",
    metadata,
    key(),
    code("step"),
    Column("shard", Integer, nullable=False, server_default=text("0")),
    Column("business_date", Date, nullable=False),
    code("state", size=12),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    code("engine", size=12),
    code("engine_run", size=80, optional=True),
    Column("done", JsonText),
    Column("skipped", JsonText),
    Column("waiting", Integer, nullable=False, server_default=text("0")),
    Column("failed", Integer, nullable=False, server_default=text("0")),
    Column("message", Text),
    one_of("state", RUN_STATES),
    Index("ix_run_step_date", "step", "business_date"),
)

failure = Table(
    "failure",
    metadata,
    key(),
    code("step"),
    code("document", size=120),
    code("code", size=60),
    Column("message", Text, nullable=False),
    code("owner", size=60),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("last_run_id", KEY),
    Column("attempts", Integer, nullable=False),
    Column("resolved_at", Moment),
    UniqueConstraint("step", "document"),
    Index(
        "ix_failure_open",
        "step",
        **where("resolved_at IS NULL"),
    ),
)

event = Table(
    "event",
    metadata,
    key(),
    code("entity", size=20),
    Column("entity_id", KEY, nullable=False),
    Column("at", Moment, nullable=False),
    Column("business_date", Date, nullable=False),
    code("what", size=40),
    code("from_state", size=20, optional=True),
    code("to_state", size=20, optional=True),
    code("actor", size=120),
    Column("reason", Text),
    Column("run_id", KEY),
    Index("ix_event_entity", "entity", "entity_id", "id"),
)

SOURCE_STATES = ("taking", "archived", "quarantined")

source_file = Table(
    "source_file",
    metadata,
    key(),
    code("kind", size=20),
    code("name", size=255),
    code("sha256", size=64),
    Column("size", KEY, nullable=False),
    code("state", size=12),
    Column("taken_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("rows_read", Integer, nullable=False, server_default=text("0")),
    Column("accepted", Integer, nullable=False, server_default=text("0")),
    Column("duplicate", Integer, nullable=False, server_default=text("0")),
    Column("rejected", Integer, nullable=False, server_default=text("0")),
    code("stored_as", size=400, optional=True),
    code("report", size=400, optional=True),
    one_of("state", SOURCE_STATES),
    UniqueConstraint("kind", "sha256"),
)

file_fault = Table(
    "file_fault",
    metadata,
    key(),
    refers("source_file_id", "source_file"),
    Column("row", Integer, nullable=False),
    code("field", size=60),
    code("code", size=60),
    Column("message", Text, nullable=False),
    Column("value", Text),
    Index("ix_file_fault_source_file_id", "source_file_id"),
)

TASK_STATES = ("open", "done", "dropped")

task = Table(
    "task",
    metadata,
    key(),
    code("task_key", size=200),
    code("kind", size=40),
    code("team", size=60),
    code("state", size=10),
    Column("customer_id", KEY),
    code("entity", size=20, optional=True),
    Column("entity_id", KEY),
    Column("text", Text, nullable=False),
    Column("amount", AMOUNT),
    code("currency", size=3, optional=True),
    Column("opened_on", Date, nullable=False),
    Column("closed_at", Moment),
    code("closed_by", size=120, optional=True),
    Column("result", Text),
    one_of("state", TASK_STATES),
    UniqueConstraint("task_key"),
    Index(
        "ix_task_open",
        "team",
        **where("state = 'open'"),
    ),
)

switch = Table(
    "switch",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    code("set_by", size=120),
    Column("reason", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
)
