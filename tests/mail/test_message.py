"""A message is complete, stable, and cannot be bent by what customers are called."""

from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy

import pytest

from adv_domain.mail.message import (
    Attachment,
    Draft,
    InvalidAddress,
    InvalidHeader,
    bare_addresses,
    build,
    checked_address,
)
from adv_domain.store.outbox import message_id_of

DRAFT = Draft(
    message_id=message_id_of("reminder:C1:EUR:2026-03-10"),
    dated_at=datetime(2026, 3, 10, 6, 0, tzinfo=UTC),
    sender="Cobros Nervión <cobros@nervion.example.com>",
    to=("Łukasz <lukasz@kunde.example.com>",),
    subject="Requerimiento de pago: 1.234,56 €",
    text="Línea\n" + "x" * 2000 + "\n",
    html="<p>Línea</p>",
    reply_to="adv@nervion.example.com",
    references=("<one@adv.invalid>", "<two@adv.invalid>"),
    attachments=(Attachment(filename="factura ñ.pdf", content=b"%PDF-1.7"),),
    kind="reminder",
    business_date=date(2026, 3, 9),
)


def test_a_message_can_be_read_back_whole() -> None:
    message = message_from_bytes(build(DRAFT).as_bytes(), policy=policy.default)
    assert message["Subject"] == DRAFT.subject
    assert message["Message-ID"] == DRAFT.message_id
    assert message["In-Reply-To"] == "<two@adv.invalid>"
    assert message["References"] == "<one@adv.invalid> <two@adv.invalid>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "adv@nervion.example.com"
    assert message["Date"].datetime == DRAFT.dated_at
    assert message["X-ADV-Business-Date"] == "2026-03-09"
    text = message.get_body(("plain",)).get_content()
    assert text.replace("\r\n", "\n") == DRAFT.text
    assert message.get_body(("html",)).get_content().strip() == DRAFT.html
    [attachment] = message.iter_attachments()
    assert attachment.get_filename() == "factura ñ.pdf"
    assert attachment.get_content() == b"%PDF-1.7"


def test_the_same_draft_always_makes_the_same_bytes() -> None:
    assert build(DRAFT).as_bytes() == build(DRAFT).as_bytes()


def test_no_line_of_a_message_is_longer_than_smtp_allows() -> None:
    assert max(map(len, build(DRAFT).as_bytes().split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hola\r\nBcc: thief@example.com"},
        {"subject": "Hola\nBcc: thief@example.com"},
        {"subject": "Hola\u2028Bcc: thief@example.com"},
        {"message_id": "<a@b>\r\nBcc: thief@example.com"},
        {"message_id": "no brackets"},
        {"references": ("<a:b@c>",)},
        {"kind": "reminder\nBcc: thief@example.com"},
        {"attachments": (Attachment(filename="a\r\nb.pdf", content=b""),)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_no_line_break_enters_a_header(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidHeader):
        build(replace(DRAFT, **changes))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b",
        "a@example.com\r\nBcc: thief@example.com",
        "Name\r\nBcc: x <a@example.com>",
        "a@example.com, b@example.com",
        "ñandú@example.com",
        "a b@example.com",
    ],
)
def test_an_address_that_cannot_work_is_refused_before_any_send(address: str) -> None:
    with pytest.raises(InvalidAddress):
        build(replace(DRAFT, to=(address,)))


def test_an_international_domain_is_written_in_ascii() -> None:
    assert checked_address("Ana <ana@peña.example.com>").addr_spec == (
        "ana@xn--pea-8ma.example.com"
    )


def test_a_name_with_signs_keeps_its_address() -> None:
    message = build(replace(DRAFT, to=('"Pérez, S.L." <cobros@perez.example.com>',)))
    assert bare_addresses(message, "To") == ["cobros@perez.example.com"]
