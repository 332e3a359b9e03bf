"""Small camt.053 files for tests: entries with good defaults, balances that agree."""

from decimal import Decimal

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
    "<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>"
)


def booked(amount, *, text="", iban="", e2e="", ref="", reason="", day="2026-02-20"):
    """Return one booked entry as (signed amount, XML)."""
    money = Decimal(amount)
    indicator = "CRDT" if money > 0 else "DBIT"
    role = "Dbtr" if money > 0 or reason else "Cdtr"
    account = f"<{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>" if iban else ""
    back = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else ""
    xml = (
        f'<Ntry><Amt Ccy="EUR">{abs(money)}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>'
        + ("<RvslInd>true</RvslInd>" if reason else "")
        + f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        + (f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else "")
        + f"<NtryDtls><TxDtls><Refs><EndToEndId>{e2e or 'NOTPROVIDED'}</EndToEndId>"
        + f"</Refs><RltdPties>{account}</RltdPties>"
        + f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>{back}</TxDtls></NtryDtls></Ntry>"
    )
    return money, xml


def camt(*entries, sid="S1", closing=None):
    """Return a file with one statement of the entries; it balances unless told."""
    total = sum((money for money, _xml in entries), Decimal("0.00"))
    balances = ((("OPBD", Decimal("0.00"))), ("CLBD", Decimal(closing or total)))
    parts = [_HEAD, f"<Stmt><Id>{sid}</Id><Acct><Id><IBAN>ES9121000418450200051332"]
    parts.append("</IBAN></Id><Ccy>EUR</Ccy></Acct>")
    for code, amount in balances:
        indicator = "CRDT" if amount >= 0 else "DBIT"
        parts.append(
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="EUR">{abs(amount)}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>'
            "<Dt><Dt>2026-02-28</Dt></Dt></Bal>"
        )
    parts += [xml for _money, xml in entries]
    parts.append("</Stmt></BkToCstmrStmt></Document>")
    return "".join(parts).encode()
