"""How does a message reach the HTTP endpoint of a stock system?"""

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adv_domain.rules.stock.handing_over import Answer, Receipt, answer_to
from adv_domain.settings import StockSettings
from adv_domain.web.signature import SecretUnusable, signed_headers

if TYPE_CHECKING:
    import httpx

_LONGEST_DETAIL = 300
_MOST_READ = 64 * 1024
_OURS = frozenset({401, 403, 404, 405, 407, 410})
"""Statuses that are about address or secret, whatever the message."""


class EndpointMisconfigured(RuntimeError):
    """Address, secret or certificate are wrong: no message can get through."""


class StockEndpoint:
    """An open connection to the endpoint, reused from message to message."""

    def __init__(self, client: "httpx.Client", settings: StockSettings) -> None:
        self._client = client
        self._settings = settings

    def post(self, *, key: str, body: bytes, at: datetime) -> Answer:
        """Send a message under its key; raises EndpointMisconfigured.

        A connection that fails, or an answer that does not come in time, leaves open
        whether the message arrived: it is sent again under the same key.
        """
        # loads only where messages leave over HTTP
        import httpx

        try:
            with self._client.stream(
                "POST",
                self._settings.url,
                content=body,
                headers=self._headers(key, body, at),
            ) as response:
                said = _beginning(response)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, SecretUnusable) as error:
            raise EndpointMisconfigured(f"the stock endpoint: {error}") from error
        except httpx.TransportError as error:
            if _is_distrust(error):
                raise EndpointMisconfigured(
                    f"the stock endpoint's certificate: {error}; see ADV_STOCK_CA_FILE"
                ) from error
            return Answer(Receipt.NOT_NOW, _said(error))
        return self._read(response, said)

    def _headers(self, key: str, body: bytes, at: datetime) -> dict[str, str]:
        secrets = self._settings.secret
        return {
            "accept-encoding": "identity",
            "content-type": "application/json; charset=utf-8",
            "idempotency-key": key,
            **signed_headers(secrets=secrets, message_id=key, at=at, body=body),
        }

    def _read(self, response: "httpx.Response", said: str) -> Answer:
        status = response.status_code
        detail = f"HTTP {status} {response.reason_phrase}: {said}".rstrip(": ")
        if status in _OURS or 300 <= status < 400:
            raise EndpointMisconfigured(
                f"the stock endpoint answers {detail}; check ADV_STOCK_URL and "
                "ADV_STOCK_SECRET"
            )
        return answer_to(status, detail=detail, wait=_wait(response))


@contextmanager
def stock_endpoint(settings: StockSettings) -> Iterator[StockEndpoint]:
    """Open a connection to the endpoint; raises EndpointMisconfigured."""
    import httpx

    # it logs a line a request, with the address, which may hold a password
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        trusted = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise EndpointMisconfigured(f"ADV_STOCK_CA_FILE: {error}") from error
    with httpx.Client(
        timeout=settings.timeout, verify=trusted, follow_redirects=False
    ) as client:
        yield StockEndpoint(client, settings)


def _beginning(response: "httpx.Response") -> str:
    """Return how the answer begins; of one without end the rest is never read."""
    read = bytearray()
    # as it came: what is packed could unpack to any size, and we ask for nothing packed
    for part in response.iter_raw():
        read += part
        if len(read) >= _MOST_READ:
            break
    text = read[:_MOST_READ].decode("utf-8", "replace")
    return " ".join(text[:_LONGEST_DETAIL].split())


def _is_distrust(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _said(error: "httpx.TransportError") -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")[:_LONGEST_DETAIL]


def _wait(response: "httpx.Response") -> timedelta:
    """Read how long the receiver wants to be left alone; a date is passed over."""
    seconds = response.headers.get("retry-after", "")
    return timedelta(seconds=min(int(seconds), 86_400) if seconds.isdecimal() else 0)
