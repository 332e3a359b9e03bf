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
    given_reference,
    line_of,
    parts,
    reference,
    said,
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
    stated = child(entry, "Sts")
    status = "" if stated is None else text(stated, "Cd") or said(stated)
    if not status:
        faults.add(
            "entry_status",
            "the entry has no status and is not counted as booked",
            row=line_of(entry),
            field="Sts",
        )
    return status == "BOOK"


def reference_of(entry: Element) -> str:
    """Return the bank's reference of an entry, else the statement's own, else none."""
    return reference(entry, "AcctSvcrRef") or reference(entry, "NtryRef")


def read_entry(entry: Element, faults: FaultList) -> Entry | None:
    """Read a booked entry; None, with the fault noted, where it cannot be."""
    has = parts(entry)
    read = amount_of(has.get("Amt"), faults)
    booked_on = day_of(has.get("BookgDt")) or day_of(has.get("ValDt"))
    booked = None if read is None else signed(read[0], said(has.get("CdtDbtInd")))
    if read is None or booked is None or booked_on is None:
        _note_incomplete(entry, booked_on, faults)
        return None
    reversal = said(has.get("RvslInd")) in {"true", "1"}
    money_in = (booked >= 0) != reversal
    return Entry(
        row=line_of(entry),
        amount=booked,
        currency=read[1],
        booked_on=booked_on,
        value_on=day_of(has.get("ValDt")) or booked_on,
        entry_reference=given_reference(said(has.get("NtryRef"))),
        servicer_reference=given_reference(said(has.get("AcctSvcrRef"))),
        reversal=reversal,
        details=_details(entry, (booked, read[1]), money_in, faults),
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
    found = [
        part for box in children(entry, "NtryDtls") for part in children(box, "TxDtls")
    ]
    if not found:
        return (_detail(entry, entry, booked[0], money_in),)
    amounts = [_detail_amount(part, booked, faults) for part in found]
    if len(found) == 1 and amounts[0] is None:
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
    if len(found) == 1:
        amounts = [booked[0]]
    return tuple(
        _detail(part, entry, amount or _ZERO, money_in)
        for part, amount in zip(found, amounts, strict=True)
    )


def _detail_amount(
    part: Element, booked: tuple[Decimal, str], faults: FaultList
) -> Decimal | None:
    """Return the detail's signed amount in the entry's currency, if it states one."""
    has = parts(part)
    for name, *path in _AMOUNT_PATHS:
        box = has.get(name)
        found = None if box is None else child(box, *path)
        if found is None or found.get("Ccy") != booked[1]:
            continue
        read = amount_of(found, faults)
        if read is None:
            return None
        own = signed(read[0], said(has.get("CdtDbtInd")))
        return own if own is not None else read[0].copy_sign(booked[0])
    return None


def _detail(part: Element, entry: Element, amount: Decimal, money_in: bool) -> Detail:
    has = parts(part)
    parties = has.get("RltdPties")
    party = {} if parties is None else parts(parties)
    role = "Dbtr" if money_in else "Cdtr"
    info = has.get("RmtInf")
    refs = has.get("Refs")
    return Detail(
        row=line_of(part),
        amount=amount,
        end_to_end_id="" if refs is None else reference(refs, "EndToEndId"),
        structured_references=() if info is None else _structured_references(part),
        remittance=_remittance(info, has.get("AddtlTxInf"), entry),
        counterparty_name=_name_of(party.get(role)),
        counterparty_iban=account_no(party.get(role + "Acct")),
        return_reason=_return_reason(has.get("RtrInf")),
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


def _remittance(info: Element | None, note: Element | None, entry: Element) -> str:
    """Return the payer's free text, else the bank's own description."""
    lines = [] if info is None else children(info, "Ustrd")
    words = " ".join(said(line) for line in lines if line.text)
    return words or said(note) or text(entry, "AddtlNtryInf")


def _name_of(party: Element | None) -> str:
    if party is None:
        return ""
    found = text(party, "Nm") or text(party, "Pty", "Nm")
    return " ".join(found.split())


def _return_reason(info: Element | None) -> str:
    """Return why the bank sent the money back (an ISO return code and its text)."""
    if info is None:
        return ""
    code = text(info, "Rsn", "Cd") or text(info, "Rsn", "Prtry")
    words = [code] + [said(line) for line in children(info, "AddtlInf")]
    return " ".join(word for word in words if word) or "returned"
