"""A real SMTP server on loopback that answers by script."""

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from adv_domain.settings import SmtpSettings

USER, PASSWORD = "adv", "right horse"
DROP = "drop"
HANG = "hang"
OK = "250 OK"


@dataclass
class Script:
    """What the server answers: a list per recipient, one answer per attempt."""

    rcpt: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    data: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sender: list[str] = field(default_factory=list)
    accepted: list[Message] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    was_secure: list[bool] = field(default_factory=list)
    on_accepted: Callable[[], None] = lambda: None  # a hook without effect

    @property
    def message_ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.accepted]

    async def handle_MAIL(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        options: Any,
    ) -> str:
        answer = self.sender.pop(0) if self.sender else OK
        if answer == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: Any,
    ) -> str:
        waiting = self.rcpt[address]
        answer = waiting.pop(0) if waiting else OK
        if answer == DROP:
            server.transport.abort()
        if answer == OK:
            envelope.rcpt_tos.append(address)
        if answer.startswith("421"):
            await server.push(answer)
            server.transport.close()
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        waiting = self.data[envelope.rcpt_tos[0]]
        answer = waiting.pop(0) if waiting else OK
        if answer == HANG:
            await asyncio.Event().wait()
        if answer in (OK, DROP):
            self.accepted.append(message_from_bytes(envelope.content or b""))
            self.recipients.append(list(envelope.rcpt_tos))
            self.connections.add(session.peer)
            self.was_secure.append(session.ssl is not None)
            self.on_accepted()
        if answer == DROP:
            server.transport.abort()
        return answer


def _authenticate(
    server: Any, session: Any, envelope: Any, mechanism: str, data: Any
) -> AuthResult:
    right = isinstance(data, LoginPassword) and data == LoginPassword(
        USER.encode(), PASSWORD.encode()
    )
    # without handled=False a refused client is never answered (aiosmtpd 1.4)
    return AuthResult(success=right, handled=right)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def a_server(
    script: Script,
    *,
    certificate: Path | None = None,
    with_login: bool = False,
) -> Iterator[int]:
    """Run the server and give its port; with a certificate it wants STARTTLS."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    controller = Controller(
        script,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=context is not None,
        auth_required=with_login,
        auth_require_tls=True,
        authenticator=_authenticate if with_login else None,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def settings_for(port: int, **changes: Any) -> SmtpSettings:
    """Return settings for the loopback server, in clear unless told otherwise."""
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "username": None,
        "password": None,
        "timeout": 5,
        "ca_file": None,
    }
    return SmtpSettings(**values | changes)


def a_certificate(folder: Path) -> Path:
    """Write a self-signed certificate for 127.0.0.1 with its key; return the file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path
