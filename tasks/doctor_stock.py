"""Can messages reach the stock department, by the way that the policy names?"""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from adv_domain.settings import StockSettings
from tasks.checks import Check
from tasks.resources import Resources

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NAME = "stock"


def stock_check(known: Resources) -> Iterator[Check]:
    """Tell the way; over HTTP, whether somebody listens and nobody reads along."""
    way = known.policy.handoff.adapter
    stock = known.settings.stock
    if way != "http":
        where = "outbox/stock" if way == "folder" else "the table wms_message"
        yield Check(_NAME, "ok", f"messages go to {where}")
        return
    if stock is None:
        yield Check(
            _NAME,
            "bad",
            "the policy sends messages over HTTP, and no address is set",
            "set ADV_STOCK_URL and ADV_STOCK_SECRET",
        )
        return
    yield _endpoint(stock)


def _endpoint(stock: StockSettings) -> Check:
    parts = urlsplit(stock.url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((host, port), timeout=5):
            pass
    except OSError as error:
        remedy = "check ADV_STOCK_URL, or the network"
        return Check(_NAME, "bad", f"{host}:{port}: {error}", remedy)
    if parts.scheme == "http" and host not in _LOOPBACK:
        remedy = "use https, unless the network between is your own"
        return Check(_NAME, "warn", f"{host}:{port} in clear", remedy)
    return Check(_NAME, "ok", f"{host}:{port}")
