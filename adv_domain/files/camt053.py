"""Which statements does a camt.053 file (.02 to .12) hold, and can they be trusted?

The file is streamed; entities, document types and network access are refused.
A file that is no sound XML gives faults and no statement.
"""

import re
from collections import Counter
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from adv_domain.files._camt_entry import (
    Entry,
    is_booked,
    read_entry,
    reference_of,
)
from adv_domain.files._camt_statement import (
    Head,
    balance_check,
    read_head,
    transactions_of,
)
from adv_domain.files._camt_values import Element, line_of
from adv_domain.files.bank import (
    BankFile,
    BankStatement,
    BankTransaction,
    FaultList,
    entry_name,
)

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d\d)\Z")
_VERSIONS = range(2, 13)


class _NotReadable(ValueError):
    """The document as a whole cannot be read; code and message become its fault."""

    def __init__(self, *, code: str, message: str, value: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.value = value


def read_camt053(stream: BinaryIO, *, name: str) -> BankFile:
    """Read every statement of the file; never raises on what the file holds."""
    faults = FaultList(name)
    reader = _Reader(faults)
    try:
        for event, element in etree.iterparse(
            stream,
            events=("start", "end"),
            tag=("{*}Document", "{*}Stmt", "{*}Ntry", "{*}BkToCstmrStmt"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            reader.take(event, element)
        reader.finish()
    except _NotReadable as problem:
        faults.add(problem.code, problem.message, value=problem.value)
        return BankFile((), tuple(faults.items))
    except (etree.XMLSyntaxError, LookupError, UnicodeError) as problem:
        row = getattr(problem, "lineno", 0) or 0
        faults.add(
            "not_xml",
            "the file is damaged or cut off; fetch it from the bank again",
            row=row,
            value=str(problem),
        )
        return BankFile((), tuple(faults.items))
    return BankFile(tuple(reader.statements), tuple(faults.items))


class _Reader:
    """Gathers statements while the document streams by."""

    def __init__(self, faults: FaultList) -> None:
        self.faults = faults
        self.statements: list[BankStatement] = []
        self._root_seen = False
        self._seen_keys: Counter[str] = Counter()
        self._start_statement()

    def take(self, event: str, element: Element) -> None:
        """Take one parser event of a document, statement or entry."""
        if not self._root_seen:
            self._check_root(element)
        name = etree.QName(element).localname
        if name == "Stmt":
            self._statement_event(event, element)
        elif name == "Ntry" and event == "end":
            self._entry(element)

    def finish(self) -> None:
        """Refuse a document in which no statement was seen."""
        if not self._root_seen:
            raise _NotReadable(
                code="not_camt053", message="the file is no bank statement (camt.053)"
            )
        if not self.statements:
            raise _NotReadable(
                code="no_statement", message="the file holds no bank statement"
            )

    def _check_root(self, element: Element) -> None:
        """Refuse document types (entity bombs) and what is no camt.053 we know."""
        self._root_seen = True
        tree = element.getroottree()
        if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
            raise _NotReadable(
                code="document_type",
                message="the file declares a document type, which bank files never do",
            )
        root = etree.QName(tree.getroot())
        version = _NAMESPACE.match(root.namespace or "")
        if root.localname != "Document" or tree.getroot() is not element:
            raise _NotReadable(
                code="not_camt053", message="the file is no bank statement (camt.053)"
            )
        if version is None or int(version[1]) not in _VERSIONS:
            raise _NotReadable(
                code="unsupported",
                message="unsupported: only camt.053.001.02 to .12 are read",
                value=root.namespace or "",
            )

    def _start_statement(self) -> None:
        self._head: Head | None = None
        self._inside = False
        self._seen_entries = 0
        self._entries = 0
        self._unread = 0
        self._booked_sum = Decimal(0)
        self._sound = True
        self._transactions: list[BankTransaction] = []
        self._previous: Element | None = None

    def _statement_event(self, event: str, element: Element) -> None:
        if event == "start":
            self._start_statement()
            self._inside = True
            return
        self.statements.append(self._statement(element))
        element.clear()
        self._start_statement()

    def _entry(self, element: Element) -> None:
        parent = element.getparent()
        if not self._inside or etree.QName(parent).localname != "Stmt":
            raise _NotReadable(
                code="not_camt053",
                message=f"line {line_of(element)}: an entry stands outside a statement",
            )
        self._seen_entries += 1
        head = self._head_of(parent)
        before = len(self.faults.items)
        if is_booked(element, self.faults):
            self._book(read_entry(element, self.faults), head)
        elif len(self.faults.items) > before:
            self._unread += 1
        if len(self.faults.items) > before:
            self._judge(element, since=before)
        # the parser still holds the current element, so the one before goes
        if self._previous is not None:
            parent.remove(self._previous)
        element.clear()
        self._previous = element

    def _judge(self, entry: Element, *, since: int) -> None:
        """Name the entry in its faults; all but a precision make it unsound."""
        new = self.faults.items[since:]
        if any(fault.code != "amount_precision" for fault in new):
            self._sound = False
        name = entry_name(reference_of(entry), self._seen_entries)
        self.faults.name(name, since=since)

    def _head_of(self, statement: Element) -> Head:
        if self._head is None:
            self._head = read_head(statement, self.faults)
        return self._head

    def _book(self, entry: Entry | None, head: Head) -> None:
        if entry is None:
            self._unread += 1
            return
        self._entries += 1
        if entry.currency != head.currency:
            self._unread += 1
            self.faults.add(
                "entry_currency",
                f"the entry is in {entry.currency}, the account in {head.currency}",
                row=entry.row,
                field="Amt",
                value=str(entry.amount),
            )
            return
        self._booked_sum += entry.amount
        self._transactions += transactions_of(
            entry, self._seen_entries, head, self._seen_keys
        )

    def _statement(self, element: Element) -> BankStatement:
        head = self._head_of(element)
        check = balance_check(element, head, self._booked_sum, self.faults)
        return BankStatement(
            row=head.row,
            account=head.account,
            statement_id=head.statement_id,
            sequence_no=head.sequence_no,
            currency=head.currency,
            opening=check.opening,
            closing=check.closing,
            closing_on=check.closing_on,
            entries=self._entries,
            booked_sum=self._booked_sum,
            balanced=check.balanced,
            difference=check.difference,
            sound=self._sound and head.complete,
            unread=self._unread,
            transactions=tuple(self._transactions),
        )
