"""Which movements does one booked entry of a camt.053 statement hold?

One transaction per TxDtls, one for an entry without details. The entry's own
amount is what moved on the account: details that do not add up to it are a
fault and are not trusted.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from adv_domain.files._camt_values import (
    Element,
    account_no,
    amount_of,
    child,
    children,
    day_of,
    line_of,
    reference,
    signed,
    text,
)
from adv_domain.files.bank import FaultList

_AMOUNT_PATHS = (
    ("Amt",),
    ("AmtDtls", "TxAmt", "Amt"),
    ("AmtDtls", "CntrValAmt", "Amt"),
    ("AmtDtls", "InstdAmt", "Amt"),
)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Detail:
    """What one TxDtls, or an entry without any, says about a movement."""

    row: int
    amount: Decimal
    end_to_end_id: str
    structured_references: tuple[str, ...]
    remittance: str
    counterparty_name: str
    counterparty_iban: str
    return_reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A booked entry and its details; amount is signed, as booked."""

    row: int
    amount: Decimal
    currency: str
    booked_on: date
    value_on: date
    entry_reference: str
    servicer_reference: str
    reversal: bool
    details: tuple[Detail, ...]


def is_booked(entry: Element, faults: FaultList) -> bool:
    """Say whether the entry is money: status BOOK, as text (.02) or code (.04 on)."""
    status = text(entry, "Sts", "Cd") or text(entry, "Sts")
    if not status:
        faults.add(
            "entry_status",
            "the entry has no status and is not counted as booked",
            row=line_of(entry),
            field="Sts",
        )
    return status == "BOOK"


def read_entry(entry: Element, faults: FaultList) -> Entry | None:
    """Read a booked entry; None, with the fault noted, where it cannot be."""
    read = amount_of(child(entry, "Amt"), faults)
    booked_on = day_of(child(entry, "BookgDt")) or day_of(child(entry, "ValDt"))
    booked = None if read is None else signed(read[0], text(entry, "CdtDbtInd"))
    if read is None or booked is None or booked_on is None:
        _note_incomplete(entry, booked_on, faults)
        return None
    currency = read[1]
    reversal = text(entry, "RvslInd") in {"true", "1"}
    money_in = (booked >= 0) != reversal
    return Entry(
        row=line_of(entry),
        amount=booked,
        currency=currency,
        booked_on=booked_on,
        value_on=day_of(child(entry, "ValDt")) or booked_on,
        entry_reference=reference(entry, "NtryRef"),
        servicer_reference=reference(entry, "AcctSvcrRef"),
        reversal=reversal,
        details=_details(entry, (booked, currency), money_in, faults),
    )


def _note_incomplete(entry: Element, booked_on: date | None, faults: FaultList) -> None:
    missing = {"Amt": child(entry, "Amt") is None, "BookgDt": booked_on is None}
    missing["CdtDbtInd"] = signed(_ZERO, text(entry, "CdtDbtInd")) is None
    for field in (name for name, is_missing in missing.items() if is_missing):
        faults.add(
            "entry_incomplete",
            f"the entry lacks a readable {field}; ask the bank for the file again",
            row=line_of(entry),
            field=field,
            value=text(entry, field),
        )


def _details(
    entry: Element, booked: tuple[Decimal, str], money_in: bool, faults: FaultList
) -> tuple[Detail, ...]:
    parts = [
        part for box in children(entry, "NtryDtls") for part in children(box, "TxDtls")
    ]
    if not parts:
        return (_detail(entry, entry, booked[0], money_in),)
    amounts = [_detail_amount(part, booked, faults) for part in parts]
    if len(parts) == 1 and amounts[0] is None:
        amounts = [booked[0]]
    total = sum((amount for amount in amounts if amount is not None), _ZERO)
    if None in amounts or total != booked[0]:
        faults.add(
            "details_sum",
            f"the details add up to {total}, the entry is {booked[0]} {booked[1]}",
            row=line_of(entry),
            field="TxDtls",
            value=str(total - booked[0]),
        )
    if len(parts) == 1:
        amounts = [booked[0]]
    return tuple(
        _detail(part, entry, amount or _ZERO, money_in)
        for part, amount in zip(parts, amounts, strict=True)
    )


def _detail_amount(
    part: Element, booked: tuple[Decimal, str], faults: FaultList
) -> Decimal | None:
    """Return the detail's signed amount in the entry's currency, if it states one."""
    indicator = text(part, "CdtDbtInd")
    for path in _AMOUNT_PATHS:
        found = child(part, *path)
        if found is None or found.get("Ccy") != booked[1]:
            continue
        read = amount_of(found, faults)
        if read is None:
            return None
        own = signed(read[0], indicator)
        return own if own is not None else read[0].copy_sign(booked[0])
    return None


def _detail(part: Element, entry: Element, amount: Decimal, money_in: bool) -> Detail:
    parties = child(part, "RltdPties")
    role = "Dbtr" if money_in else "Cdtr"
    return Detail(
        row=line_of(part),
        amount=amount,
        end_to_end_id=reference(part, "Refs", "EndToEndId"),
        structured_references=_structured_references(part),
        remittance=_remittance(part, entry),
        counterparty_name=_party_name(parties, role),
        counterparty_iban=_party_account(parties, role),
        return_reason=_return_reason(part),
    )


def _structured_references(part: Element) -> tuple[str, ...]:
    """Return creditor references first, then the numbers of documents referred to."""
    boxes = [box for info in children(part, "RmtInf") for box in children(info, "Strd")]
    if not boxes:
        return ()
    creditor = [reference(box, "CdtrRefInf", "Ref") for box in boxes]
    documents = [
        reference(document, "Nb")
        for box in boxes
        for document in children(box, "RfrdDocInf")
    ]
    return tuple(dict.fromkeys(found for found in creditor + documents if found))


def _remittance(part: Element, entry: Element) -> str:
    """Return the payer's free text, else the bank's own description."""
    info = child(part, "RmtInf")
    lines = [] if info is None else children(info, "Ustrd")
    said = " ".join(line.text.strip() for line in lines if line.text)
    return said or text(part, "AddtlTxInf") or text(entry, "AddtlNtryInf")


def _party_name(parties: Element | None, role: str) -> str:
    if parties is None:
        return ""
    found = text(parties, role, "Nm") or text(parties, role, "Pty", "Nm")
    return " ".join(found.split())


def _party_account(parties: Element | None, role: str) -> str:
    return "" if parties is None else account_no(child(parties, role + "Acct"))


def _return_reason(part: Element) -> str:
    """Return why the bank sent the money back (an ISO return code and its text)."""
    info = child(part, "RtrInf")
    if info is None:
        return ""
    code = text(info, "Rsn", "Cd") or text(info, "Rsn", "Prtry")
    words = [code] + [(line.text or "").strip() for line in children(info, "AddtlInf")]
    return " ".join(word for word in words if word) or "returned"
