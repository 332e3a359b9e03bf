"""The endpoint for stock's news: who may post, how much, and what is answered?

It books nothing. A message is checked for secret or signature and for its size, and
put into the inbox as a file: 202. The same again is 200; 400, 401, 409 and 413 say what
is wrong with it, 503 that it can be sent again.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from adv_domain.receiver_settings import ReceiverSettings
from adv_domain.web.sender_proof import (
    ID,
    claims_signature,
    is_signed,
    keys_of,
    shows_secret,
)
from tasks.resources import now
from tasks.stock.receiving import BadMessageId, Receipt, receive

PATH = "/stock/feedback"
HEALTH_PATH = "/health"
_KEY = "idempotency-key"
_PATIENCE_SECONDS = 30.0
_STATUSES = {Receipt.TAKEN: 202, Receipt.AGAIN: 200, Receipt.OTHER_CONTENT: 409}
_log = logging.getLogger("adv.receiver")

_Receive = Callable[[], Awaitable[dict[str, Any]]]
_Send = Callable[[dict[str, Any]], Awaitable[None]]
_App = Callable[[dict[str, Any], _Receive, _Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A status and what it says."""

    status: int
    said: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


class _Refused(Exception):
    """A message is not taken."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.answer = _Answer(status, said)


def receiver_app(settings: ReceiverSettings) -> _App:
    """Make the ASGI application; it needs no framework for two paths."""

    async def app(scope: dict[str, Any], receive_: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return
        try:
            answer = await _answer(scope, receive_, settings)
        except _Refused as refused:
            answer = refused.answer
        await _write(send, answer)

    return app


async def _answer(
    scope: dict[str, Any], receive_: _Receive, settings: ReceiverSettings
) -> _Answer:
    path, method = scope["path"].rstrip("/"), scope["method"]
    if path == HEALTH_PATH and method in ("GET", "HEAD"):
        return _Answer(200, "ready")
    if path != PATH:
        return _Answer(404, f"post stock's news to {PATH}")
    if method != "POST":
        return _Answer(405, "post it", ((b"allow", b"POST"),))
    headers = _headers(scope)
    has_secret = shows_secret(headers, settings.secrets)
    if not has_secret and not claims_signature(headers):
        raise _Refused(401, "send Authorization: Bearer SECRET, or sign the message")
    body = await _body(headers, receive_, settings.max_bytes)
    if not has_secret and not is_signed(
        headers, body, keys=keys_of(settings.secrets), at=now()
    ):
        raise _Refused(401, "the signature is none of ours, or older than five minutes")
    if not body.strip():
        raise _Refused(400, "the message is empty; send it again")
    return await asyncio.to_thread(_taken, body, _message_id(headers, body))


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in scope["headers"]
    }


async def _body(headers: Mapping[str, str], receive_: _Receive, most: int) -> bytes:
    """Read the body as far as it may reach, and no longer than patience lasts."""
    too_large = _Refused(413, f"at most {most} bytes are taken at once; split it")
    announced = headers.get("content-length", "0")
    if not (announced.isascii() and announced.isdigit() and len(announced) < 16):
        raise _Refused(400, "content-length is no number")
    if int(announced) > most:
        raise too_large
    parts, size = [], 0
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                message = await receive_()
                if message["type"] == "http.disconnect":
                    raise _Refused(400, "the message was cut off; send it again")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > most:
                    raise too_large
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError:
        raise _Refused(408, "the message came too slowly; send it again") from None


def _message_id(headers: Mapping[str, str], body: bytes) -> str:
    """Return the sender's name for the message, else one by its content."""
    named = headers.get(ID) or headers.get(_KEY)
    return named or sha256(body).hexdigest()[:32]


def _taken(body: bytes, message_id: str) -> _Answer:
    try:
        receipt = receive(body, message_id=message_id)
    except BadMessageId as wrong:
        return _Answer(400, str(wrong))
    except (OSError, SQLAlchemyError):
        _log.exception("a message of stock could not be kept")
        return _Answer(503, "it could not be kept; send it again later", _LATER)
    _log.info("message of stock, %d bytes: %s", len(body), receipt)
    return _Answer(_STATUSES[receipt], _SAID[receipt])


_LATER = ((b"retry-after", b"60"),)
_SAID = {
    Receipt.TAKEN: "taken: the next delivery step books it",
    Receipt.AGAIN: "taken before",
    Receipt.OTHER_CONTENT: "another message of this id waits; give it an id of its own",
}


async def _write(send: _Send, answer: _Answer) -> None:
    body = json.dumps({"status": answer.status, "message": answer.said}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *answer.headers,
    ]
    if answer.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if answer.status in (408, 413):
        # what is left of the body is not read
        headers.append((b"connection", b"close"))
    start = {"type": "http.response.start", "status": answer.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
