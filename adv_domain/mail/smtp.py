"""Did the mail server take this message: yes, not now, never, or nobody knows?

One connection is kept for many messages. Commands are given one by one rather than
through sendmail, because what an error means depends on how far the message got: up
to DATA nothing was handed over, after it the answer alone decides.
"""

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from types import TracebackType
from typing import Self

import aiosmtplib
from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from adv_domain.mail.message import bare_addresses
from adv_domain.mail.outcome import Ending, MailConfigurationError, SendResult
from adv_domain.settings import SmtpSettings

# RFC 4954: the server wants a login, stronger than ours or over TLS
_LOGIN_WANTED = frozenset({530, 534, 535, 538})
_TOO_LARGE = 552


class SmtpSender:
    """A mail server, connected when the first message goes and kept until closed."""

    repeatable = False

    def __init__(self, settings: SmtpSettings) -> None:
        """Prepare the client; nothing is opened yet."""
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None
        # a thread of its own: the caller may be inside an event loop (Prefect)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="smtp")
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        """Open the sender; the connection waits for the first message."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye to the server and end the thread."""
        self._thread.submit(self._close).result()
        self._thread.shutdown()

    def send(self, message: EmailMessage) -> SendResult:
        """Hand one message to the server; raises MailConfigurationError."""
        return self._thread.submit(self._runner.run, self._send(message)).result()

    def _close(self) -> None:
        try:
            self._runner.run(self._quit())
        finally:
            self._runner.close()

    async def _quit(self) -> None:
        if self._client is None or not self._client.is_connected:
            return
        try:
            await self._client.quit()
        except (SMTPException, OSError):
            self._client.close()

    async def _send(self, message: EmailMessage) -> SendResult:
        reused = self._client is not None and self._client.is_connected
        result = await self._attempt(message)
        if reused and result.unreachable:
            # the server closed an idle connection: nothing was handed over yet
            return await self._attempt(message)
        return result

    async def _attempt(self, message: EmailMessage) -> SendResult:
        try:
            client = await self._connected()
            refused = await _envelope(client, message)
        except SMTPException as error:
            return await self._not_taken(error)
        except OSError as error:
            return await self._not_taken(SMTPServerDisconnected(str(error)))
        return await self._content(client, message, refused)

    async def _content(
        self, client: aiosmtplib.SMTP, message: EmailMessage, refused: str
    ) -> SendResult:
        try:
            await client.data(message.as_bytes())
        except SMTPDataError as error:
            if error.code // 100 in (4, 5):
                return await self._not_taken(error)
            return self._lost(str(error))
        except (SMTPException, OSError) as error:
            return self._lost(str(error))
        return SendResult(Ending.SENT, detail=refused)

    def _lost(self, cause: str) -> SendResult:
        if self._client is not None:
            self._client.close()
        detail = f"no answer after the message was handed over: {cause}"
        return SendResult(Ending.UNKNOWN, detail=detail)

    async def _not_taken(self, error: SMTPException) -> SendResult:
        """Say what an error before the handover means, and tidy the connection."""
        await self._reset(error)
        if not isinstance(error, SMTPResponseException):
            return SendResult(Ending.RETRY, detail=str(error), unreachable=True)
        detail = f"{error.code} {error.message}"
        if _is_configuration(error):
            raise MailConfigurationError(
                f"the mail server refuses us: {detail}"
            ) from error
        if error.code // 100 == 5:
            return SendResult(Ending.FAILED, detail=detail)
        return SendResult(Ending.RETRY, detail=detail)

    async def _reset(self, error: SMTPException) -> None:
        if self._client is None or not self._client.is_connected:
            return
        if not isinstance(error, SMTPResponseException):
            self._client.close()
            return
        try:
            await self._client.rset()
        except (SMTPException, OSError):
            self._client.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        self._client = _client(self._settings)
        try:
            await self._client.connect()
        except (SMTPException, OSError) as error:
            raise _connection_fault(error) from error
        return self._client


async def _envelope(client: aiosmtplib.SMTP, message: EmailMessage) -> str:
    """Name sender and recipients; return who was refused beside one accepted.

    A message whose To addresses are all refused does not go to its copies alone.
    """
    sender = bare_addresses(message, "From")[0]
    await client.mail(sender, encoding="ascii")
    main = await _refusals(client, bare_addresses(message, "To"))
    if len(main) == len(bare_addresses(message, "To")):
        raise next((each for each in main if each.code // 100 == 4), main[0])
    copies = await _refusals(client, bare_addresses(message, "Cc"))
    return "; ".join(
        f"{each.recipient} refused: {each.code} {each.message}"
        for each in [*main, *copies]
    )


async def _refusals(
    client: aiosmtplib.SMTP, addresses: list[str]
) -> list[SMTPRecipientRefused]:
    refused = []
    for address in addresses:
        try:
            await client.rcpt(address)
        except SMTPRecipientRefused as error:
            refused.append(error)
    return refused


def _is_configuration(error: SMTPResponseException) -> bool:
    if error.code in _LOGIN_WANTED:
        return True
    refused_sender = isinstance(error, SMTPSenderRefused)
    return refused_sender and error.code // 100 == 5 and error.code != _TOO_LARGE


def _client(settings: SmtpSettings) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        username=settings.username,
        password=settings.password,
        timeout=settings.timeout,
        use_tls=settings.tls == "tls",
        start_tls=settings.tls == "starttls",
        tls_context=None if settings.tls == "none" else _tls_context(settings),
    )


def _tls_context(settings: SmtpSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise MailConfigurationError(
            f"cannot read the certificates in {settings.ca_file}: {error}"
        ) from error


def _connection_fault(error: SMTPException | OSError) -> Exception:
    """Tell a server that is away from one that our settings do not fit.

    A bad certificate comes as SSLError and not as an SMTPException; a server without
    STARTTLS or AUTH as a bare SMTPException (seen with aiosmtplib 5.1).
    """
    secured = _ssl_error(error)
    if secured is not None and not isinstance(secured, ssl.SSLEOFError):
        return MailConfigurationError(f"no secure connection: {secured}")
    if isinstance(error, SMTPResponseException):
        detail = f"{error.code} {error.message}"
        if error.code // 100 == 5:
            return MailConfigurationError(f"the mail server refuses us: {detail}")
        return SMTPServerDisconnected(detail)
    if isinstance(error, OSError | SMTPTimeoutError):
        return SMTPServerDisconnected(str(error) or type(error).__name__)
    return MailConfigurationError(str(error))


def _ssl_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__
    return None
