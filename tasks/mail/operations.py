"""How do operations get a mail? Through the same outbox as customers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from adv_domain.store.outbox import OutboxMail, queue_mails
from tasks.resources import now, resources

INTERNAL_KINDS = ("digest", "failure", "test")


def queue_operations_mail(
    connection: Connection,
    *,
    kind: str,
    key: str,
    context: Mapping[str, Any],
    on: date,
    run_id: int | None = None,
) -> int:
    """Queue a mail to each address of operations, in the company's language.

    kind is digest or failure and names the template; the same key queues nothing a
    second time. Returns how many mails are new.
    """
    policy = resources().policy
    return queue_mails(
        connection,
        [
            OutboxMail(
                outbox_key=f"{kind}:{key}:{address}",
                kind=kind,
                to_address=address,
                template=kind,
                language=policy.company.language,
                context=context,
            )
            for address in policy.mail.operations
        ],
        business_date=on,
        now=now(),
        run_id=run_id,
    )
