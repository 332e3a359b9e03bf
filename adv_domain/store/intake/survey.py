"""Which survey answers are on record, and how are new ones written?"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from adv_domain.store.rows import among, insert_rows
from adv_domain.store.tables import survey_answer


def known_answers(connection: Connection, keys: Collection[str]) -> set[str]:
    """Return those of the keys that are on record."""
    return set(
        connection.execute(
            select(survey_answer.c.answer_key).where(
                among(connection, survey_answer.c.answer_key, sorted(keys))
            )
        ).scalars()
    )


def write_answers(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new answers; each has a key of its own."""
    insert_rows(connection, survey_answer, rows)
