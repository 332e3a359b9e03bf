"""How do survey answers come in, each once, true twins of one file all of them?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Connection

from adv_domain.rules.faults import FileFault
from adv_domain.rules.orders.master_data import SurveyRecord
from adv_domain.store.intake.customers import customer_ids
from adv_domain.store.intake.survey import known_answers, write_answers
from tasks.intake.tally import RecordAt, Taking


@dataclass(frozen=True, slots=True)
class SurveyKeys:
    """Gives the answers of one file their keys: equal ones are counted."""

    taking: Taking
    counted: Counter[str] = field(default_factory=Counter)

    def write(
        self, connection: Connection, records: Sequence[RecordAt]
    ) -> list[bool | FileFault]:
        """Write the answers that are not on record yet."""
        answers = [(at, cast("SurveyRecord", record)) for at, record in records]
        keys = [self._key(answer) for _, answer in answers]
        known = known_answers(connection, keys)
        customers = customer_ids(
            connection, {one.customer for _, one in answers if one.customer}
        )
        rows: list[dict[str, Any]] = []
        endings: list[bool | FileFault] = []
        for key, (row_no, answer) in zip(keys, answers, strict=True):
            if answer.customer and answer.customer not in customers:
                endings.append(self._unknown(row_no, answer.customer))
            elif key in known:
                endings.append(False)
            else:
                known.add(key)
                customer_id = customers.get(answer.customer or "")
                rows.append(self._row(key, answer, customer_id))
                endings.append(True)
        write_answers(connection, rows)
        return endings

    def _key(self, answer: SurveyRecord) -> str:
        if answer.answer:
            return f"answer:{answer.answer}"
        parts = (answer.customer, answer.item, answer.score, answer.answered_on)
        content = "\x1f".join(str(part) for part in parts)
        self.counted[content] += 1
        digest = sha256(content.encode()).hexdigest()
        return f"content:{digest}:{self.counted[content]}"

    def _row(
        self, key: str, answer: SurveyRecord, customer_id: int | None
    ) -> dict[str, Any]:
        return {
            "answer_key": key,
            "customer_id": customer_id,
            "item": answer.item,
            "score": answer.score,
            "scale_min": answer.scale_min,
            "scale_max": answer.scale_max,
            "answered_on": answer.answered_on,
            "source_file_id": self.taking.file_id,
        }

    def _unknown(self, row_no: int, customer: str) -> FileFault:
        message = "there is no customer of this code; import the customer first"
        name = self.taking.name
        return FileFault(
            name, row_no, "customer", "unknown_customer", message, customer
        )
