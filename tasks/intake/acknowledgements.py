"""How do the acknowledgements of a file count, each once?"""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection

from adv_domain.rules.faults import FileFault
from adv_domain.rules.stock.acknowledgement_record import AcknowledgementRecord
from tasks.intake.tally import RecordAt, Taking
from tasks.stock.acknowledging import Heard, HeardBy, Word, hear


def take_acknowledgements(
    connection: Connection, taking: Taking, records: Sequence[RecordAt]
) -> list[bool | FileFault]:
    """Book what stock says of our messages; key: the message and what is said."""
    said = [(row_no, cast("AcknowledgementRecord", one)) for row_no, one in records]
    run = taking.run
    heard, _ = hear(
        connection,
        [Word(one.message_id, one.is_accepted, one.note) for _, one in said],
        by=HeardBy(run.actor, run.on, run.run_id),
    )
    return [
        _unknown(taking, row_no, one) if what is Heard.UNKNOWN else what is Heard.NEWS
        for what, (row_no, one) in zip(heard, said, strict=True)
    ]


def _unknown(taking: Taking, row_no: int, one: AcknowledgementRecord) -> FileFault:
    message = f"there is no message {one.message_id} of ours; correct it"
    return FileFault(
        taking.name, row_no, "message_id", "unknown_message", message, one.message_id
    )
