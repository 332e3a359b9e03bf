"""What hash does an issued document carry, and does the chain still hold?

The text and hash of Veri*Factu's invoice records (AEAT, "Detalle de las
especificaciones técnicas para generación de la huella o hash de los registros de
facturación", v0.1.2 of 27 August 2024). The product is no certified system; it
chains its documents in exactly that form.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import product

FIRST_PREVIOUS_HASH = ""


@dataclass(frozen=True, slots=True)
class IssuedRecord:
    """What the hash of an issued document covers; amounts as they are written.

    kind is the record's TipoFactura (F1 invoice, R1 to R5 corrections).
    recorded_at is aware; its offset is part of the text.
    """

    issuer_tax_id: str
    document_no: str
    issued_on: date
    kind: str
    tax: str
    gross: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CancelledRecord:
    """What the hash of a cancellation covers."""

    issuer_tax_id: str
    document_no: str
    issued_on: date
    recorded_at: datetime


def amount_text(amount: Decimal) -> str:
    """Write an amount the way the chain stores it, with the digits it has."""
    return f"{amount:f}"


def record_text(record: IssuedRecord | CancelledRecord, *, previous_hash: str) -> str:
    """Return the text that is hashed: name=value joined by &, values stripped.

    previous_hash is empty for the first record of a chain. Raises ValueError for
    a recorded_at without offset.
    """
    fields: tuple[tuple[str, str], ...]
    if isinstance(record, IssuedRecord):
        fields = (
            ("IDEmisorFactura", record.issuer_tax_id),
            ("NumSerieFactura", record.document_no),
            ("FechaExpedicionFactura", _day_text(record.issued_on)),
            ("TipoFactura", record.kind),
            ("CuotaTotal", record.tax),
            ("ImporteTotal", record.gross),
            ("Huella", previous_hash),
            ("FechaHoraHusoGenRegistro", _moment_text(record.recorded_at)),
        )
    else:
        fields = (
            ("IDEmisorFacturaAnulada", record.issuer_tax_id),
            ("NumSerieFacturaAnulada", record.document_no),
            ("FechaExpedicionFacturaAnulada", _day_text(record.issued_on)),
            ("Huella", previous_hash),
            ("FechaHoraHusoGenRegistro", _moment_text(record.recorded_at)),
        )
    return "&".join(f"{name}={value.strip()}" for name, value in fields)


def text_hash(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes in capital hexadecimals."""
    return hashlib.sha256(text.encode()).hexdigest().upper()


def chained_hash(record: IssuedRecord | CancelledRecord, *, previous_hash: str) -> str:
    """Return the hash that the record carries behind the one before it."""
    return text_hash(record_text(record, previous_hash=previous_hash))


def is_chained(
    record: IssuedRecord | CancelledRecord, *, previous_hash: str, stored_hash: str
) -> bool:
    """Tell whether the stored hash is the record's, in any form of its amounts.

    123.1 and 123.10 are both accepted by the authority and hash differently, so
    that a record of another system is checked with all of them.
    """
    if chained_hash(record, previous_hash=previous_hash) == stored_hash:
        return True
    if isinstance(record, CancelledRecord):
        return False
    return any(
        chained_hash(other, previous_hash=previous_hash) == stored_hash
        for other in _other_spellings(record)
    )


def _other_spellings(record: IssuedRecord) -> list[IssuedRecord]:
    return [
        IssuedRecord(
            issuer_tax_id=record.issuer_tax_id,
            document_no=record.document_no,
            issued_on=record.issued_on,
            kind=record.kind,
            tax=tax,
            gross=gross,
            recorded_at=record.recorded_at,
        )
        for tax, gross in product(
            _amount_spellings(record.tax), _amount_spellings(record.gross)
        )
    ]


def _amount_spellings(text: str) -> list[str]:
    """Return the amount with every number of decimals that keeps its value."""
    whole, _, decimals = text.strip().partition(".")
    shortest = decimals.rstrip("0")
    padded = [shortest + "0" * extra for extra in range(max(1, 4 - len(shortest)))]
    return [f"{whole}.{digits}" if digits else whole for digits in padded]


def _day_text(on: date) -> str:
    return f"{on:%d-%m-}{on.year:04d}"


def _moment_text(at: datetime) -> str:
    if at.utcoffset() is None:
        raise ValueError("the moment of a chained record needs its offset")
    return at.isoformat(timespec="seconds")
