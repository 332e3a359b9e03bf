"""A camt.053 file is read to the cent, or refused with a reason."""

import io
import json
import random
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from adv_domain.files.bank_formats import read_bank_file
from flows.commands.bank import bank

SHARED = Path(__file__).parents[3] / "shared" / "data" / "bank"
CAMT = sorted((SHARED / "camt").glob("camt053*.xml")) if SHARED.is_dir() else []
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared bank files are not beside this project"
)


def balance(code, amount, indicator="CRDT", currency="EUR"):
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>'
        "<Dt><Dt>2026-01-31</Dt></Dt></Bal>"
    )


def entry(
    amount="10.00",
    indicator="CRDT",
    *,
    status="<Sts>BOOK</Sts>",
    head="",
    details="",
    currency="EUR",
    date="<BookgDt><Dt>2026-01-30</Dt></BookgDt>",
):
    return (
        f'<Ntry>{head}<Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{indicator}</CdtDbtInd>{status}{date}{details}</Ntry>"
    )


def details(*parts):
    return (
        "<NtryDtls>" + "".join(f"<TxDtls>{p}</TxDtls>" for p in parts) + "</NtryDtls>"
    )


def statement(*entries, opening="0.00", closing="10.00", sid="S1", balances=None):
    booked = balance("OPBD", opening) + balance("CLBD", closing)
    return (
        f"<Stmt><Id>{sid}</Id><Acct><Id><IBAN>ES91 2100 0418 4502 0005 1332</IBAN></Id>"
        f"<Ccy>EUR</Ccy></Acct>{booked if balances is None else balances}"
        f"{''.join(entries)}</Stmt>"
    )


def document(*statements, version="08", doctype=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<Document '
        f'xmlns="{NAMESPACE}{version}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId></GrpHdr>{''.join(statements)}"
        "</BkToCstmrStmt></Document>"
    ).encode()


def read(data, **limits):
    return read_bank_file(io.BytesIO(data), name="bank.xml", **limits)


def codes(found):
    return [fault.code for fault in found.faults]


@needs_shared
@pytest.mark.parametrize(
    "path",
    [p for p in CAMT if p.with_suffix(".json").exists()],
    ids=lambda p: p.stem,
)
def test_shared_files_say_what_their_expectation_says(path):
    found = read_bank_file(io.BytesIO(path.read_bytes()), name=path.name)
    told = json.loads(path.with_suffix(".json").read_text())
    last = [s for s in found.statements if s.transactions][-1]
    expected = told["getEntries"][-1]
    minor = Decimal(expected["getAmount"]["getAmount"]).scaleb(-2)
    assert last.transactions[-1].amount == minor
    assert last.currency == expected["getAmount"]["getCurrency"]["getCode"]
    account = expected["getRecord"]["getAccount"]["getIdentification"]
    assert last.account == account
    booked = expected["getBookingDate"]["0"][:10]
    assert last.transactions[-1].booked_on.isoformat() == booked
    balances = {}
    for one in expected["getRecord"]["getBalances"]:
        # OPBD comes before PRCD, and both are "opening" there
        balances.setdefault(one["getType"], one["getAmount"]["getAmount"])
    for kind, read_as in (("opening", last.opening), ("closing", last.closing)):
        if kind in balances:
            assert read_as == Decimal(balances[kind]).scaleb(-2)


@needs_shared
@pytest.mark.parametrize(
    ("file", "balanced", "fault"),
    [
        ("camt053.v2.multi.statement.xml", [True, True], []),
        ("camt053.v2.five.decimals.xml", [False], ["balance_off"]),
        ("camt053.v2.all-balance-types.xml", [False], ["balance_off"]),
        ("camt053.v2.minimal.xml", [False], ["balance_currency"]),
        ("camt053.v2.with-account-name.xml", [False], ["balance_missing"]),
        ("camt053.v3.xml", [False], ["details_sum", "balance_currency"]),
        ("camt053.v2.wrong.xml", [], ["no_statement"]),
        ("camt054.v8.xml", [], ["unsupported"]),
    ],
)
def test_shared_files_balance_or_say_why_not(file, balanced, fault):
    found = read_bank_file(io.BytesIO((SHARED / "camt" / file).read_bytes()), name=file)
    assert [s.balanced for s in found.statements] == balanced
    assert codes(found) == fault


@needs_shared
@pytest.mark.parametrize(
    "path", sorted((SHARED / "mt940").glob("*.sta")), ids=lambda p: p.stem
)
def test_other_formats_are_refused_by_name(path):
    found = read_bank_file(io.BytesIO(path.read_bytes()), name=path.name)
    assert found.statements == ()
    assert codes(found) == ["unsupported"]
    assert "MT940" in found.faults[0].message


@pytest.mark.parametrize("version", [f"{n:02}" for n in range(2, 13)])
def test_every_version_is_read_alike(version):
    found = read(document(statement(entry()), version=version))
    assert (found.statements[0].balanced, found.faults) == (True, ())


@pytest.mark.parametrize(
    ("status", "counted"),
    [
        ("<Sts>BOOK</Sts>", 1),
        ("<Sts><Cd>BOOK</Cd></Sts>", 1),
        ("<Sts>PDNG</Sts>", 0),
        ("<Sts><Cd>INFO</Cd></Sts>", 0),
    ],
)
def test_only_booked_entries_are_money(status, counted):
    found = read(document(statement(entry(status=status))))
    assert found.statements[0].entries == counted
    assert found.statements[0].balanced is (counted == 1)


def test_a_batch_entry_is_booked_detail_by_detail():
    parts = details(
        '<Amt Ccy="EUR">4.00</Amt>',
        '<AmtDtls><TxAmt><Amt Ccy="EUR">6.00</Amt></TxAmt></AmtDtls>',
    )
    only = read(document(statement(entry(details=parts)))).statements[0]
    assert [t.amount for t in only.transactions] == [Decimal("4.00"), Decimal("6.00")]
    assert (only.entries, only.sound, only.balanced) == (1, True, True)
    assert len({t.key for t in only.transactions}) == 2


def test_details_that_do_not_add_up_make_the_statement_unsound():
    parts = details('<Amt Ccy="EUR">4.00</Amt>', '<Amt Ccy="EUR">5.00</Amt>')
    found = read(document(statement(entry(details=parts))))
    assert codes(found) == ["details_sum"]
    assert found.faults[0].value == "-1.00"
    assert not found.statements[0].sound


def test_a_single_detail_in_a_foreign_currency_takes_the_entry_amount():
    parts = details('<Amt Ccy="SEK">112.00</Amt>')
    only = read(document(statement(entry(details=parts)))).statements[0]
    assert only.transactions[0].amount == Decimal("10.00")
    assert only.sound


def test_a_reversal_keeps_the_direction_that_the_bank_gave():
    back = entry(
        indicator="DBIT",
        head="",
        details=details(
            "<RltdPties><Dbtr><Nm>Ana</Nm></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000"
            "</IBAN></Id></DbtrAcct></RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
        ),
    ).replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    only = read(document(statement(back, opening="10.00", closing="0.00"))).statements[
        0
    ]
    assert only.balanced
    returned = only.transactions[0]
    assert (returned.amount, returned.reversal) == (Decimal("-10.00"), True)
    assert returned.counterparty_iban == "DE89370400440532013000"
    assert returned.return_reason == "AC04"


def test_structured_reference_stands_apart_from_free_text():
    parts = details(
        "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf>"
        "<Ustrd>thanks for</Ustrd><Ustrd>everything</Ustrd><Strd><RfrdDocInf><Nb>F-7"
        "</Nb></RfrdDocInf><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd>"
        "</RmtInf>"
    )
    one = read(document(statement(entry(details=parts)))).statements[0].transactions[0]
    assert one.end_to_end_id == ""
    assert one.structured_references == ("RF18539007547034", "F-7")
    assert one.remittance == "thanks for everything"


def test_true_twins_in_one_file_stay_two_and_keep_their_keys():
    data = document(statement(entry(), entry(), closing="20.00"))
    keys = [t.key for t in read(data).statements[0].transactions]
    assert len(set(keys)) == 2
    assert [t.key for t in read(data).statements[0].transactions] == keys


def test_an_entry_with_the_banks_reference_has_one_key_in_overlapping_statements():
    one = entry(head="").replace("<BookgDt>", "<AcctSvcrRef>B77</AcctSvcrRef><BookgDt>")
    first = read(document(statement(one, sid="day"))).statements[0].transactions[0]
    second = read(document(statement(one, sid="week"))).statements[0].transactions[0]
    assert first.key == second.key


def test_the_previous_closing_balance_opens_where_no_opening_is_given():
    balances = balance("PRCD", "5.00") + balance("CLBD", "15.00")
    found = read(document(statement(entry(), balances=balances)))
    assert (found.statements[0].opening, codes(found)) == (Decimal("5.00"), [])


def test_more_decimals_than_the_currency_has_are_a_fault_if_they_matter():
    exact = read(document(statement(entry("10.00000"))))
    assert codes(exact) == []
    lossy = read(document(statement(entry("10.00400"))))
    assert codes(lossy) == ["amount_precision"]
    assert lossy.statements[0].transactions[0].amount == Decimal("10.00")
    assert lossy.statements[0].balanced


def test_a_yen_and_a_dinar_account_keep_their_digits():
    for currency, amount in (("JPY", "1500"), ("TND", "1.235")):
        data = document(
            statement(
                entry(amount, currency=currency),
                balances=balance("OPBD", "0", currency=currency)
                + balance("CLBD", amount, currency=currency),
            )
        ).replace(b"<Ccy>EUR</Ccy>", f"<Ccy>{currency}</Ccy>".encode())
        only = read(data).statements[0]
        assert (only.balanced, str(only.booked_sum)) == (True, amount)


BOMB = (
    '<!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
GOOD = document(statement(entry()))
BROKEN = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t ", "empty"),
    "text": (b"hello, this is no bank file", "not_a_bank_file"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "not_a_bank_file"),
    "zip": (b"PK\x03\x04" + bytes(60), "not_a_bank_file"),
    "gzip": (b"\x1f\x8b\x08" + bytes(40), "not_a_bank_file"),
    "nul bytes": (bytes(200), "not_a_bank_file"),
    "mt940": (b":20:REF\r\n:25:ES91\r\n", "unsupported"),
    "norma 43": (
        b"11" + b"21000418" + b"4502000513" + b"260101260131" + b"2",
        "unsupported",
    ),
    "cfonb": (b"0130004    00821EUR2 ", "unsupported"),
    "ofx": (b"OFXHEADER:100\r\n", "unsupported"),
    "html": (b"<html><body>login</body></html>", "not_camt053"),
    "only a bracket": (b"<", "not_xml"),
    "only a declaration": (b'<?xml version="1.0"?>', "not_xml"),
    "cut in an entry": (GOOD[: GOOD.index(b"</Ntry>")], "not_xml"),
    "cut after statement": (GOOD[: GOOD.index(b"</BkToCstmrStmt>")], "not_xml"),
    "cut in a tag": (GOOD[:-3], "not_xml"),
    "text after the end": (GOOD + b"<more/>", "not_xml"),
    "two documents": (GOOD + GOOD, "not_xml"),
    "bad bytes": (GOOD.replace(b"S1", b"\xff\xfe"), "not_xml"),
    "unknown encoding": (GOOD.replace(b"UTF-8", b"X-NONE"), "not_xml"),
    "wrong encoding": (GOOD.replace(b"UTF-8", b"UTF-16"), "not_xml"),
    "mismatched tag": (GOOD.replace(b"</Stmt>", b"</Smt>"), "not_xml"),
    "undefined entity": (GOOD.replace(b"S1", b"&nobody;"), "not_xml"),
    "control character": (GOOD.replace(b"S1", b"&#0;"), "not_xml"),
    "entity bomb": (
        document(statement(entry(), sid="&c;"), doctype=BOMB),
        "document_type",
    ),
    "outside entity": (
        document(statement(entry(), sid="&x;"), doctype=OUTSIDE),
        "document_type",
    ),
    "bare doctype": (
        document(statement(), doctype="<!DOCTYPE Document>"),
        "document_type",
    ),
    "deep nesting": (GOOD.replace(b"S1", b"<a>" * 400 + b"</a>" * 400), "not_xml"),
    "wrong root": (GOOD.replace(b"Document", b"Dokument"), "not_camt053"),
    "no namespace": (GOOD.replace(NAMESPACE.encode() + b"08", b""), "unsupported"),
    "version 01": (document(statement(entry()), version="01"), "unsupported"),
    "version 13": (document(statement(entry()), version="13"), "unsupported"),
    "camt.052": (GOOD.replace(b"camt.053", b"camt.052"), "unsupported"),
    "camt.054": (GOOD.replace(b"camt.053", b"camt.054"), "unsupported"),
    "no statement": (document(), "no_statement"),
    "entry without statement": (document(entry()), "not_camt053"),
    "no account": (GOOD.replace(b"Acct>", b"Akct>"), "statement_incomplete"),
    "no id": (GOOD.replace(b"<Id>S1</Id>", b""), "statement_incomplete"),
    "no balances": (document(statement(entry(), balances="")), "balance_missing"),
    "no closing": (
        document(statement(entry(), balances=balance("OPBD", "0"))),
        "balance_missing",
    ),
    "off by a cent": (document(statement(entry("10.01"))), "balance_off"),
    "pending counted": (
        document(statement(entry(status="<Sts>PDNG</Sts>"))),
        "balance_off",
    ),
    "balance sign": (
        document(
            statement(
                entry(), balances=balance("OPBD", "0") + balance("CLBD", "10", "DBIT")
            )
        ),
        "balance_off",
    ),
    "balance direction": (
        document(
            statement(
                entry(), balances=balance("OPBD", "0", "X") + balance("CLBD", "10")
            )
        ),
        "balance_missing",
    ),
    "foreign balance": (
        document(
            statement(
                entry(),
                balances=balance("OPBD", "0") + balance("CLBD", "10", currency="USD"),
            )
        ),
        "balance_currency",
    ),
    "foreign entry": (document(statement(entry(currency="USD"))), "entry_currency"),
    "negative amount": (document(statement(entry("-10.00"))), "amount_unreadable"),
    "comma amount": (document(statement(entry("10,00"))), "amount_unreadable"),
    "exponent": (document(statement(entry("1e1"))), "amount_unreadable"),
    "not a number": (document(statement(entry("NaN"))), "amount_unreadable"),
    "infinite": (document(statement(entry("Infinity"))), "amount_unreadable"),
    "no amount text": (document(statement(entry(""))), "amount_unreadable"),
    "huge amount": (document(statement(entry("9" * 40))), "amount_unreadable"),
    "other digits": (document(statement(entry("١٠"))), "amount_unreadable"),
    "amount with a child": (
        document(statement(entry("10<b/>.00"))),
        "amount_unreadable",
    ),
    "no currency": (
        GOOD.replace(b'<Ntry><Amt Ccy="EUR">', b"<Ntry><Amt>"),
        "amount_unreadable",
    ),
    "odd currency": (document(statement(entry(currency="euro"))), "amount_unreadable"),
    "no amount": (
        GOOD.replace(b'<Ntry><Amt Ccy="EUR">10.00</Amt>', b"<Ntry>"),
        "entry_incomplete",
    ),
    "no direction": (document(statement(entry(indicator=""))), "entry_incomplete"),
    "odd direction": (
        document(statement(entry(indicator="CREDIT"))),
        "entry_incomplete",
    ),
    "no date": (document(statement(entry(date=""))), "entry_incomplete"),
    "odd date": (
        document(statement(entry(date="<BookgDt><Dt>31/01/2026</Dt></BookgDt>"))),
        "entry_incomplete",
    ),
    "no status": (document(statement(entry(status=""))), "entry_status"),
    "detail amount": (
        document(statement(entry(details=details('<Amt Ccy="EUR">x</Amt>', "")))),
        "amount_unreadable",
    ),
}


@pytest.mark.parametrize(("data", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_gives_faults_and_nothing_to_book(data, code):
    found = read(data)
    assert code in codes(found)
    assert not any(s.balanced and s.sound for s in found.statements)
    assert all(fault.message and fault.file == "bank.xml" for fault in found.faults)


def test_one_bad_statement_does_not_hide_the_good_one():
    data = document(statement(entry()), statement(entry(), sid="S2", closing="11.00"))
    found = read(data)
    assert [s.balanced for s in found.statements] == [True, False]
    assert found.statements[1].difference == Decimal("1.00")


def test_a_file_beyond_the_limit_is_not_read():
    assert codes(read(GOOD, max_bytes=100)) == ["too_large"]


def test_cut_or_flipped_bytes_never_raise():
    dice = random.Random(7)
    for _ in range(400):
        data = bytearray(GOOD)
        if dice.random() < 0.5:
            del data[dice.randrange(len(data)) :]
        for _ in range(dice.randrange(1, 6)):
            if data:
                data[dice.randrange(len(data))] = dice.randrange(256)
        read(bytes(data))


def test_inspect_prints_the_agreed_form(tmp_path):
    path = tmp_path / "bank.xml"
    path.write_bytes(GOOD)
    result = CliRunner().invoke(bank, ["inspect", str(path), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output) == {
        "statements": [
            {
                "account": "ES9121000418450200051332",
                "currency": "EUR",
                "opening": "0.00",
                "closing": "10.00",
                "entries": 1,
                "transactions": 1,
                "booked_sum": "10.00",
                "balanced": True,
            }
        ],
        "faults": [],
    }


def test_inspect_of_a_bad_file_is_a_business_failure(tmp_path):
    path = tmp_path / "bank.xml"
    path.write_bytes(BROKEN["off by a cent"][0])
    result = CliRunner().invoke(bank, ["inspect", str(path), "--json"])
    assert result.exit_code == 1
    told = json.loads(result.output)
    assert told["statements"][0]["balanced"] is False
    assert told["faults"][0]["code"] == "balance_off"
    plain = CliRunner().invoke(bank, ["inspect", str(path)])
    assert "NOT balanced" in plain.output


def test_inspect_of_what_is_no_file_is_a_usage_error(tmp_path):
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    for path in (tmp_path, tmp_path / "gone", tmp_path / "absent.xml"):
        result = CliRunner().invoke(bank, ["inspect", str(path), "--json"])
        assert result.exit_code == 2, path
