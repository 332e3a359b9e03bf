"""How is a bank statement written in camt.053? For sample data and benchmarks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from adv_domain.rules.money import ZERO, minor_digits

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
    "<BkToCstmrStmt><GrpHdr><MsgId>{ref}</MsgId><CreDtTm>{on}T06:00:00</CreDtTm>"
    "</GrpHdr>"
)


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One booked movement: positive money in, negative money out.

    A reversal repeats the reference of what it takes back.
    """

    entry_ref: str
    amount: Decimal
    booked_on: date
    payer_name: str = ""
    payer_iban: str = ""
    structured_ref: str = ""
    text: str = ""
    end_to_end_id: str = "NOTPROVIDED"
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class StatementHead:
    """The account, the statement's own reference and its opening balance."""

    account: str
    statement_ref: str
    currency: str
    on: date
    opening: Decimal = ZERO


def camt053(head: StatementHead, entries: Iterable[StatementEntry]) -> bytes:
    """Write one statement whose balances agree with its entries."""
    listed = list(entries)
    closing = head.opening + sum([one.amount for one in listed], ZERO)
    parts = [
        _HEAD.format(ref=escape(head.statement_ref), on=head.on),
        f"<Stmt><Id>{escape(head.statement_ref)}</Id>",
        f"<CreDtTm>{head.on}T06:00:00</CreDtTm>",
        f"<Acct><Id><IBAN>{head.account}</IBAN></Id><Ccy>{head.currency}</Ccy></Acct>",
        _balance("OPBD", head.opening, head),
        _balance("CLBD", closing, head),
        *(_entry(one, head.currency) for one in listed),
        "</Stmt></BkToCstmrStmt></Document>",
    ]
    return "".join(parts).encode()


def _balance(code: str, amount: Decimal, head: StatementHead) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f"{_amount(amount, head.currency)}<Dt><Dt>{head.on}</Dt></Dt></Bal>"
    )


def _amount(amount: Decimal, currency: str) -> str:
    direction = "CRDT" if amount >= 0 else "DBIT"
    return (
        f'<Amt Ccy="{currency}">{abs(amount):.{minor_digits(currency)}f}</Amt>'
        f"<CdtDbtInd>{direction}</CdtDbtInd>"
    )


def _entry(one: StatementEntry, currency: str) -> str:
    reversal = "<RvslInd>true</RvslInd>" if one.is_reversal else ""
    structured = (
        f"<Strd><CdtrRefInf><Ref>{escape(one.structured_ref)}</Ref></CdtrRefInf></Strd>"
        if one.structured_ref
        else ""
    )
    free = f"<Ustrd>{escape(one.text)}</Ustrd>" if one.text else ""
    account = (
        f"<DbtrAcct><Id><IBAN>{one.payer_iban}</IBAN></Id></DbtrAcct>"
        if one.payer_iban
        else ""
    )
    return (
        f"<Ntry><NtryRef>{escape(one.entry_ref)}</NtryRef>"
        f"{_amount(one.amount, currency)}{reversal}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{one.booked_on}</Dt></BookgDt>"
        f"<ValDt><Dt>{one.booked_on}</Dt></ValDt>"
        f"<AcctSvcrRef>{escape(one.entry_ref)}</AcctSvcrRef>"
        "<NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{escape(one.end_to_end_id)}</EndToEndId></Refs>"
        f"<RltdPties><Dbtr><Pty><Nm>{escape(one.payer_name)}</Nm></Pty></Dbtr>{account}"
        f"</RltdPties><RmtInf>{structured}{free}</RmtInf>"
        "</TxDtls></NtryDtls></Ntry>"
    )
