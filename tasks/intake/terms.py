"""Under which code are payment terms kept that a file gives in their JSON form?"""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from adv_domain.rules.orders.master_data import code_of_term, is_term_itself
from adv_domain.store.intake.master_data import PAYMENT_TERMS, write_master_rows


def codes_of_terms(
    connection: Connection, given: Iterable[str | None]
) -> Mapping[str, str]:
    """Write the terms that are new; return the code of each that is given in JSON."""
    codes = {
        text: code_of_term(text) for text in given if text and is_term_itself(text)
    }
    write_master_rows(
        connection,
        PAYMENT_TERMS,
        [
            {
                "code": code,
                "name": "as given in a file",
                "definition": json.loads(text),
            }
            for text, code in sorted(codes.items())
        ],
        compared=(),
        stamps={},
    )
    return codes
