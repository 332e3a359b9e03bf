"""By which way do messages leave for stock: folder, HTTP endpoint or table?

Each way takes messages in order and answers for each in turn; none decides what
becomes of it (rules/stock/handing_over.py).
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from adv_domain.files.outbox_folder import write_files
from adv_domain.rules.stock.handing_over import Answer, Receipt
from adv_domain.store.engine import writing
from adv_domain.store.leases import keep_lease
from adv_domain.store.stock.sending import QueuedMessage
from adv_domain.store.stock.wms import write_to_wms
from adv_domain.web.stock_endpoint import (
    EndpointMisconfigured,
    StockEndpoint,
    stock_endpoint,
)
from tasks.resources import Resources, now, resources
from tasks.step import RunRef

FOLDER = "outbox/stock"
_TAKEN = Answer(Receipt.TAKEN)
_BETWEEN_CONFIRMATIONS = 20
"""How many messages at most a crash may send again over HTTP."""

_SECONDS_BETWEEN = 60
"""The lease is renewed with each confirmation, and lost after twice this time."""


class Adapter(Protocol):
    """A way to stock: how many messages go between two confirmations, what they are
    counted as, and how they are delivered.
    """

    @property
    def at_once(self) -> int: ...

    @property
    def counted_as(self) -> str: ...

    def deliver(self, messages: Iterable[QueuedMessage]) -> Iterator[Answer]: ...


@contextmanager
def adapter_of(run: RunRef) -> Iterator[Adapter]:
    """Open the way that the policy names; raises EndpointMisconfigured."""
    known = resources()
    match known.policy.handoff.adapter:
        case "http":
            if known.settings.stock is None:
                raise EndpointMisconfigured(
                    "the policy sends messages to stock over HTTP; set ADV_STOCK_URL "
                    "and ADV_STOCK_SECRET"
                )
            with stock_endpoint(known.settings.stock) as endpoint:
                yield _HttpAdapter(endpoint, known.settings.stock.timeout)
        case "table":
            yield _TableAdapter(known, run)
        case "folder":
            yield _FolderAdapter(known)


@dataclass(frozen=True, slots=True)
class _FolderAdapter:
    """Files in outbox/stock: the same file whenever it is repeated.

    A disk fault ends the run with its cause; what is not confirmed stays queued.
    """

    known: Resources
    counted_as: str = "files written"

    @property
    def at_once(self) -> int:
        return self.known.settings.batch_size

    def deliver(self, messages: Iterable[QueuedMessage]) -> Iterator[Answer]:
        contents = {one.file_name: f"{one.text}\n".encode() for one in messages}
        write_files(self.known.settings.home / FOLDER, contents)
        return iter([_TAKEN] * len(contents))


@dataclass(frozen=True, slots=True)
class _HttpAdapter:
    """Posts to the endpoint, one after the other over one connection."""

    endpoint: StockEndpoint
    timeout: float
    counted_as: str = "delivered"

    @property
    def at_once(self) -> int:
        slow = int(_SECONDS_BETWEEN / max(self.timeout, 1))
        return max(1, min(_BETWEEN_CONFIRMATIONS, slow))

    def deliver(self, messages: Iterable[QueuedMessage]) -> Iterator[Answer]:
        for one in messages:
            body = one.text.encode()
            yield self.endpoint.post(key=one.message_key, body=body, at=now())


@dataclass(frozen=True, slots=True)
class _TableAdapter:
    """Rows of wms_message, which stock's own system reads and acknowledges."""

    known: Resources
    run: RunRef
    counted_as: str = "rows written"

    @property
    def at_once(self) -> int:
        return self.known.settings.batch_size

    def deliver(self, messages: Iterable[QueuedMessage]) -> Iterator[Answer]:
        rows = [_wms_row(one) for one in messages]
        with writing(self.known.engine) as connection:
            keep_lease(connection, self.run.lease, now=now())
            write_to_wms(connection, rows, now=now())
        return iter([_TAKEN] * len(rows))


def _wms_row(one: QueuedMessage) -> dict[str, object]:
    message = json.loads(one.text)
    return {
        "message_key": one.message_key,
        "order_no": message["order"]["order_no"],
        "version": one.version,
        "kind": one.kind,
        "schema_version": message["schema_version"],
        "message": one.text,
    }
