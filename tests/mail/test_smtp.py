"""A real server's answers end each message in the right state."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from adv_domain.mail.message import Draft, build
from adv_domain.mail.outcome import Ending, MailConfigurationError, SendResult
from adv_domain.mail.smtp import SmtpSender
from adv_domain.settings import SmtpSettings
from tests.mail.smtp_server import (
    DROP,
    HANG,
    OK,
    PASSWORD,
    USER,
    Script,
    a_certificate,
    a_server,
    free_port,
    settings_for,
)


def a_message(
    to: str = "a@example.com", *, key: str = "k1", cc: str = ""
) -> EmailMessage:
    return build(
        Draft(
            message_id=f"<{key}@adv.invalid>",
            dated_at=datetime(2026, 3, 10, 6, 0, tzinfo=UTC),
            sender="ADV <adv@example.com>",
            to=(to,),
            cc=(cc,) if cc else (),
            subject="Factura nº 1",
            text="Cañón\n.\n..dots\n",
            html="<p>Cañón</p>",
        )
    )


def _sent(settings: SmtpSettings, *messages: EmailMessage) -> list[SendResult]:
    with SmtpSender(settings) as sender:
        return [sender.send(message) for message in messages]


def test_a_message_arrives_whole_over_starttls_with_a_login(tmp_path: Path) -> None:
    script, certificate = Script(), a_certificate(tmp_path)
    with a_server(script, certificate=certificate, with_login=True) as port:
        [result] = _sent(
            settings_for(
                port,
                tls="starttls",
                username=USER,
                password=PASSWORD,
                ca_file=str(certificate),
            ),
            a_message(),
        )
    assert result == SendResult(Ending.SENT)
    [message] = script.accepted
    assert message["Message-ID"] == "<k1@adv.invalid>"
    assert message.get_payload()[0].get_payload(decode=True).decode() == (  # type: ignore[union-attr]
        "Cañón\r\n.\r\n..dots\r\n"
    )
    assert script.was_secure == [True]


def test_many_messages_share_one_connection() -> None:
    script = Script()
    with a_server(script) as port:
        results = _sent(
            settings_for(port), *(a_message(key=f"k{number}") for number in range(5))
        )
    assert {result.ending for result in results} == {Ending.SENT}
    assert len(script.connections) == 1


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        pytest.param("451 4.7.1 greylisted", Ending.RETRY, id="451 comes back"),
        pytest.param("450 mailbox busy", Ending.RETRY, id="450 comes back"),
        pytest.param("550 5.1.1 no such user", Ending.FAILED, id="550 is final"),
        pytest.param("421 closing", Ending.RETRY, id="421 comes back"),
        pytest.param(DROP, Ending.RETRY, id="dropped before DATA comes back"),
    ],
)
def test_an_answer_to_the_recipient_decides_and_the_next_message_goes_on(
    answer: str, ending: Ending
) -> None:
    script = Script()
    script.rcpt["a@example.com"] = [answer]
    with a_server(script) as port:
        first, second = _sent(
            settings_for(port), a_message(), a_message("b@example.com", key="k2")
        )
    assert first.ending is ending
    assert second.ending is Ending.SENT
    assert script.message_ids == ["<k2@adv.invalid>"]


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        pytest.param("452 too much mail", Ending.RETRY, id="452 to the content"),
        pytest.param("554 spam", Ending.FAILED, id="554 to the content"),
        pytest.param(DROP, Ending.UNKNOWN, id="no answer after the content"),
    ],
)
def test_an_answer_to_the_content_decides(answer: str, ending: Ending) -> None:
    script = Script()
    script.data["a@example.com"] = [answer]
    with a_server(script) as port:
        first, second = _sent(
            settings_for(port), a_message(), a_message("b@example.com", key="k2")
        )
    assert first.ending is ending
    assert second.ending is Ending.SENT


def test_a_server_that_hangs_after_the_content_leaves_it_unknown() -> None:
    script = Script()
    script.data["a@example.com"] = [HANG]
    with a_server(script) as port:
        first, second = _sent(
            settings_for(port, timeout=0.5),
            a_message(),
            a_message("b@example.com", key="k2"),
        )
    assert first.ending is Ending.UNKNOWN
    assert second.ending is Ending.SENT


def test_a_refused_copy_does_not_stop_the_mail_and_is_told() -> None:
    script = Script()
    script.rcpt["copy@example.com"] = ["550 no such user"]
    with a_server(script) as port:
        [result] = _sent(settings_for(port), a_message(cc="copy@example.com"))
    assert result.ending is Ending.SENT
    assert result.detail == "copy@example.com refused: 550 no such user"
    assert script.recipients == [["a@example.com"]]


def test_a_mail_whose_addressee_is_refused_does_not_go_to_its_copy() -> None:
    script = Script()
    script.rcpt["a@example.com"] = ["550 no such user"]
    with a_server(script) as port:
        [result] = _sent(settings_for(port), a_message(cc="copy@example.com"))
    assert result.ending is Ending.FAILED
    assert script.accepted == []


def test_a_connection_that_the_server_closed_between_two_messages_is_made_anew() -> (
    None
):
    script = Script()
    with a_server(script) as port, SmtpSender(settings_for(port)) as sender:
        assert sender.send(a_message()).ending is Ending.SENT
        script.sender.append("421 idle too long")
        first = sender.send(a_message(key="k2"))
        assert (first.ending, first.detail) == (Ending.RETRY, "421 idle too long")
        assert sender.send(a_message(key="k2")).ending is Ending.SENT
    assert len(script.connections) == 2


def test_nobody_listening_is_worth_another_try() -> None:
    [result] = _sent(settings_for(free_port()), a_message())
    assert (result.ending, result.unreachable) == (Ending.RETRY, True)


@contextmanager
def _silent_server() -> Iterator[int]:
    """Accept connections and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def _accept() -> None:
            try:
                while True:
                    held.append(server.accept()[0])
            except OSError:
                return

        thread = threading.Thread(target=_accept, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in held:
            one.close()


def test_a_server_that_hangs_is_left_after_the_timeout() -> None:
    with _silent_server() as port:
        [result] = _sent(settings_for(port, timeout=0.2), a_message())
    assert (result.ending, result.unreachable) == (Ending.RETRY, True)


def test_a_bad_certificate_stops_everything(tmp_path: Path) -> None:
    script, certificate = Script(), a_certificate(tmp_path)
    with (
        a_server(script, certificate=certificate) as port,
        pytest.raises(MailConfigurationError, match="no secure connection"),
    ):
        _sent(settings_for(port, tls="starttls"), a_message())
    assert script.accepted == []


def test_a_bad_login_stops_everything_and_the_password_is_not_told(
    tmp_path: Path,
) -> None:
    script, certificate = Script(), a_certificate(tmp_path)
    with (
        a_server(script, certificate=certificate, with_login=True) as port,
        pytest.raises(MailConfigurationError, match="535") as caught,
    ):
        _sent(
            settings_for(
                port,
                tls="starttls",
                username=USER,
                password="wrong horse",
                ca_file=str(certificate),
            ),
            a_message(),
        )
    assert "horse" not in str(caught.value)


def test_nothing_goes_in_clear_where_starttls_was_asked_for() -> None:
    script = Script()
    with (
        a_server(script) as port,
        pytest.raises(MailConfigurationError, match="STARTTLS"),
    ):
        _sent(settings_for(port, tls="starttls"), a_message())
    assert script.accepted == []


def test_nothing_goes_in_clear_where_tls_was_asked_for() -> None:
    script = Script()
    with a_server(script) as port, pytest.raises(MailConfigurationError):
        _sent(settings_for(port, tls="tls"), a_message())
    assert script.accepted == []


def test_a_server_without_login_is_a_wrong_setting() -> None:
    script = Script()
    with a_server(script) as port, pytest.raises(MailConfigurationError, match="AUTH"):
        _sent(settings_for(port, username=USER, password=PASSWORD), a_message())


def test_a_server_that_wants_a_login_is_a_wrong_setting(tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    settings: dict[str, str] = {"tls": "starttls", "ca_file": str(certificate)}
    with (
        a_server(Script(), certificate=certificate, with_login=True) as port,
        pytest.raises(MailConfigurationError, match="530"),
    ):
        _sent(settings_for(port, **settings), a_message())


def test_a_refused_sender_is_a_wrong_setting() -> None:
    script = Script(sender=["550 sender not allowed", OK])
    with (
        a_server(script) as port,
        pytest.raises(MailConfigurationError, match="sender not allowed"),
    ):
        _sent(settings_for(port), a_message())


def test_a_missing_ca_file_is_a_wrong_setting(tmp_path: Path) -> None:
    settings = settings_for(1, tls="starttls", ca_file=str(tmp_path / "none.pem"))
    with pytest.raises(MailConfigurationError, match="certificates"):
        _sent(settings, a_message())


def test_tls_from_the_first_byte_is_spoken_where_asked_for(tmp_path: Path) -> None:
    """The server is a bare TLS socket: it sees our EHLO, so the handshake held."""
    certificate = a_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    heard: list[bytes] = []

    def _serve(server: socket.socket) -> None:
        with context.wrap_socket(server.accept()[0], server_side=True) as secure:
            secure.sendall(b"220 hello\r\n")
            heard.append(secure.recv(200))
            secure.sendall(b"421 not now\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server,))
        thread.start()
        port = server.getsockname()[1]
        settings = settings_for(port, tls="tls", ca_file=str(certificate))
        [result] = _sent(settings, a_message())
        thread.join()
    assert heard[0].startswith(b"EHLO")
    assert result.ending is Ending.RETRY
