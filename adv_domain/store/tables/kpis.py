"""Tables of figures: survey answers and the KPI values of each day."""

from sqlalchemy import Column, Date, Index, Integer, Table, UniqueConstraint

from adv_domain.store.columns import UNIT, Moment
from adv_domain.store.tables.base import code, key, metadata, refers

survey_answer = Table(
    "survey_answer",
    metadata,
    key(),
    code("answer_key", size=160),
    refers("customer_id", "customer", optional=True),
    code("item", size=60),
    Column("score", UNIT, nullable=False),
    Column("scale_min", Integer, nullable=False),
    Column("scale_max", Integer, nullable=False),
    Column("answered_on", Date, nullable=False),
    refers("source_file_id", "source_file", optional=True),
    UniqueConstraint("answer_key"),
    Index("ix_survey_answer_answered_on", "answered_on"),
)

kpi_day = Table(
    "kpi_day",
    metadata,
    key(),
    Column("day", Date, nullable=False),
    code("name", size=80),
    code("dimension", size=80),
    Column("value", UNIT),
    Column("numerator", UNIT),
    Column("denominator", UNIT),
    Column("n", Integer),
    code("unit", size=12),
    Column("computed_at", Moment, nullable=False),
    UniqueConstraint("day", "name", "dimension"),
    Index("ix_kpi_day_name", "name", "day"),
)
