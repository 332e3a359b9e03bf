"""A stock system at the other end of HTTP, as bad as a test wants it."""

import json
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

SECRET = "between-us"


@dataclass
class Receiver:
    """Keeps each request that arrived; moods tell how the next ones are answered.

    A mood is a status, or "die" (closes the socket unanswered), "die_after" (keeps the
    message, then closes), "endless" (keeps it, answers 200 and never ends), "late"
    (keeps it, answers when nobody waits any more). When there are none left, the
    answer is usual.
    """

    moods: list = field(default_factory=list)
    usual: int = 200
    requests: list = field(default_factory=list)
    taken: dict = field(default_factory=dict)
    url: str = ""
    retry_after: str | None = None
    poured: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)

    def keep(self, key, body):
        """Take a message once; one that comes again must be the very same."""
        assert self.taken.setdefault(key, body) == body

    @property
    def orders(self):
        return [json.loads(body)["order"]["order_no"] for body in self.taken.values()]

    def bodies(self, key):
        return [body for known, body in self.requests if known == key]


def verify(headers, body):
    """Check the signature as a receiver does that has never seen our code."""
    import base64

    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    for one in headers["webhook-signature"].split():
        check = HMAC(SECRET.encode(), hashes.SHA256())
        check.update(content)
        try:
            check.verify(base64.b64decode(one.removeprefix("v1,")))
        except InvalidSignature:
            continue
        return True
    return False


@contextmanager
def a_receiver():
    """Serve on the loopback address until the test ends."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            key = self.headers["idempotency-key"]
            receiver.requests.append((key, body))
            mood = receiver.moods.pop(0) if receiver.moods else receiver.usual
            if not verify(self.headers, body):
                mood = 401
            if mood in ("die", "die_after"):
                if mood == "die_after":
                    receiver.keep(key, body)
                self.close_connection = True
                self.connection.shutdown(2)
                return
            if mood == "late":
                receiver.keep(key, body)
                receiver.let_go.wait(20)
                self.close_connection = True
                return
            if mood == "endless":
                receiver.keep(key, body)
                self._answer_without_end()
                return
            if mood < 300:
                receiver.keep(key, body)
            self._answer(mood)

        def _answer(self, status):
            text = b"said so"
            self.send_response(status)
            if receiver.retry_after:
                self.send_header("retry-after", receiver.retry_after)
            if status in (301, 302, 307):
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _answer_without_end(self):
            self.send_response(200)
            self.send_header("content-length", str(1 << 40))
            self.end_headers()
            self.close_connection = True
            with suppress(OSError):
                while True:
                    receiver.poured += self.connection.send(bytes(1 << 14))

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}
    )
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/handoff"
    try:
        yield receiver
    finally:
        receiver.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
