"""What leaves by mail: one message, complete and checked, from its parts.

Pure: the Message-ID and the date are given, the boundaries come from the Message-ID,
so that the same outbox row always makes the same bytes.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

KIND_HEADER = "X-ADV-Kind"
DAY_HEADER = "X-ADV-Business-Date"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_WITH_NAME = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]+)>\s*")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    filename: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a message is made of.

    Addresses are "a@b.c" or "Name <a@b.c>". references are the Message-IDs of the
    earlier mails of the same matter, oldest first; the last one is replied to.
    kind and business_date tell a person who sorts mails what this one is about.
    """

    message_id: str
    dated_at: datetime
    sender: str
    to: Sequence[str]
    subject: str
    text: str
    html: str = ""
    cc: Sequence[str] = ()
    reply_to: str = ""
    references: Sequence[str] = ()
    attachments: Sequence[Attachment] = ()
    kind: str = ""
    business_date: date | None = None


class InvalidAddress(Exception):
    """An address that no mail can be sent to or from."""

    def __init__(self, *, address: str, cause: str) -> None:
        """Name the address and what is wrong with it."""
        self.address = address
        self.cause = cause
        super().__init__(f"invalid mail address {address!r}: {cause}")


class InvalidHeader(Exception):
    """A header value that would break the message: a line break or a bad id."""

    def __init__(self, *, header: str, value: str) -> None:
        """Name the header and the value."""
        self.header = header
        self.value = value
        super().__init__(f"{header} cannot hold {value!r}")


def build(draft: Draft) -> EmailMessage:
    """Build the message: text and HTML alternatives, attachments, threading headers.

    Auto-Submitted keeps out-of-office robots silent (RFC 3834). Raises
    InvalidAddress, InvalidHeader.
    """
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = _message_id("Message-ID", draft.message_id)
    message["Date"] = format_datetime(draft.dated_at)
    message["From"] = checked_address(draft.sender)
    message["To"] = [checked_address(address) for address in draft.to]
    if draft.cc:
        message["Cc"] = [checked_address(address) for address in draft.cc]
    if draft.reply_to:
        message["Reply-To"] = checked_address(draft.reply_to)
    message["Subject"] = _one_line("Subject", draft.subject)
    message["Auto-Submitted"] = "auto-generated"
    _mark(message, draft)
    _fill(message, draft)
    return message


def checked_address(address: str) -> Address:
    """Return the address with its display name; raises InvalidAddress.

    Only the form is checked, nothing is looked up. An international domain is
    written in its ASCII form.
    """
    # costs 50 ms at start-up, and most commands send no mail
    from email_validator import EmailNotValidError, validate_email

    if _CONTROL.search(address):
        raise InvalidAddress(address=address, cause="it holds a control character")
    match = _WITH_NAME.fullmatch(address)
    name = match["name"].strip('" ') if match else ""
    bare = match["address"] if match else address.strip()
    try:
        valid = validate_email(bare, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as fault:
        raise InvalidAddress(address=address, cause=str(fault)) from fault
    return Address(display_name=name, addr_spec=valid.ascii_email or valid.normalized)


def bare_addresses(message: EmailMessage, header: str) -> list[str]:
    """Return the bare addresses of a From, To or Cc header."""
    value = message[header]
    return [] if value is None else [one.addr_spec for one in value.addresses]


def _mark(message: EmailMessage, draft: Draft) -> None:
    if draft.kind:
        message[KIND_HEADER] = _one_line(KIND_HEADER, draft.kind)
    if draft.business_date:
        message[DAY_HEADER] = draft.business_date.isoformat()
    if draft.references:
        known = [_message_id("References", each) for each in draft.references]
        message["In-Reply-To"] = known[-1]
        message["References"] = " ".join(known)


def _fill(message: EmailMessage, draft: Draft) -> None:
    message.set_content(draft.text, cte="quoted-printable")
    if draft.html:
        message.add_alternative(draft.html, subtype="html", cte="quoted-printable")
    for attachment in draft.attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=main,
            subtype=sub,
            filename=_one_line("Content-Disposition", attachment.filename),
            # all our texts are UTF-8; unsaid, a reader takes them for ASCII
            params={"charset": "utf-8"} if main == "text" else None,
        )
    for number, part in enumerate(_multiparts(message)):
        seed = f"{draft.message_id} {number}".encode()
        part.set_boundary("=_" + hashlib.sha256(seed).hexdigest()[:32])


def _multiparts(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        if part.is_multipart() and isinstance(part, EmailMessage):
            yield part


def _message_id(header: str, value: str) -> str:
    if not _MESSAGE_ID.fullmatch(value):
        raise InvalidHeader(header=header, value=value)
    return value


def _one_line(header: str, value: str) -> str:
    if _CONTROL.search(value):
        raise InvalidHeader(header=header, value=value)
    return value
