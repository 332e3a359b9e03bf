"""What news does a file of the stock department hold, and what is wrong in it?

CSV with the columns below, or another layout through a mapping; or JSON:

    {"messages": [{"message_id": "M1", "kind": "shipment", "order_no": "SO-1",
                   "date": "2025-03-04", "delivery_no": "D1", "carrier": "…",
                   "tracking": "…", "cause": "stock", "note": "…",
                   "told_at": "2025-03-04T17:10:00+01:00",
                   "lines": [{"line": 1, "quantity": "5", "unit": "C62",
                              "date": "2025-03-04"}]}]}

A message without lines, and a row without line, speak of every line of the order;
no quantity means all that is open, of a return all that left. The order is named by
order_no, or by customer and customer_ref; what names both must name the same.

An answer to a change that we asked about (change_accepted, change_refused) names our
message in answers, such as "S00000001/2", and needs nothing else; a refusal says why
in note.
"""

from collections.abc import Iterator
from decimal import Decimal

from adv_domain.files.fields import (
    Alias,
    Field,
    choice,
    day,
    number,
    text,
    whole,
)
from adv_domain.files.moments import moment
from adv_domain.files.rows import RowSource, Values
from adv_domain.rules.faults import FileFault
from adv_domain.rules.stock.entries import (
    DATED,
    GIVEN_UP,
    WHOLE_ORDER,
    DelayCause,
    EntryKind,
    StockEntry,
)

_MOST = Decimal(10) ** 9

FEEDBACK_FIELDS = (
    Field("message_id", text(80), required=True),
    Field("kind", choice(*EntryKind), required=True),
    Field("order_no", text(40)),
    Field("customer", text(40)),
    Field("customer_ref", text(80)),
    Field("line", whole(low=1)),
    Field("quantity", number(low=Decimal(0), high=_MOST)),
    Field("unit", text(12)),
    Field("date", day()),
    Field(
        "cause",
        choice(*DelayCause),
        default=DelayCause.STOCK,
        aliases=(Alias("reason"),),
    ),
    Field("note", text(500)),
    Field("delivery_no", text(80)),
    Field("carrier", text(80)),
    Field("tracking", text(80)),
    Field("answers", text(120)),
    Field("told_at", moment()),
)
FEEDBACK_COLUMNS = tuple(field.name for field in FEEDBACK_FIELDS)
ReadEntry = tuple[int, StockEntry | None, list[FileFault]]
"""Row number (in JSON: of the message), the entry or None, what is wrong."""


def read_feedback(source: RowSource) -> Iterator[ReadEntry]:
    """Yield each row of a CSV file as an entry or with its faults."""
    for row_no, values, faults in source.rows():
        if values is None:
            yield row_no, None, faults
        else:
            yield checked_entry(source.name, row_no, values)


def checked_entry(name: str, row_no: int, values: Values) -> ReadEntry:
    """Make the entry of the values in the order of FEEDBACK_FIELDS, or say why not."""
    entry = _entry(values, row_no)
    faults = [
        FileFault(name, row_no, field, code, message)
        for field, code, message in _wrong(entry)
    ]
    return row_no, None if faults else entry, faults


def _entry(values: Values, row_no: int) -> StockEntry:
    message_id, kind, order_no, customer, customer_ref, line, qty, unit = values[:8]
    on, cause, note, delivery_no, carrier, tracking, answers, told_at = values[8:]
    return StockEntry(
        message_id=message_id,
        kind=EntryKind(kind),
        order_no=order_no,
        customer=customer,
        customer_ref=customer_ref,
        line_no=line or WHOLE_ORDER,
        qty=qty,
        on=on,
        cause=DelayCause(cause),
        note=note,
        delivery_no=delivery_no,
        carrier=carrier,
        tracking=tracking,
        source_row=row_no,
        answers=answers,
        unit=unit,
        told_at=told_at,
    )


def _wrong(entry: StockEntry) -> Iterator[tuple[str, str, str]]:
    if entry.is_answer:
        yield from _wrong_answer(entry)
        return
    if entry.answers:
        remedy = "leave answers empty, or send change_accepted or change_refused"
        yield "answers", "not_expected", f"a {entry.kind} is no answer; {remedy}"
    if not entry.order_no and not (entry.customer and entry.customer_ref):
        remedy = "give order_no, or customer and customer_ref"
        yield "order_no", "missing", f"no order is named; {remedy}"
    if entry.on is None and entry.kind not in GIVEN_UP:
        yield "date", "missing", f"a {entry.kind} needs its date; fill it in"
    if entry.qty is not None and not entry.qty:
        yield "quantity", "not_positive", "quantity is zero; leave the row out"
    if entry.qty is not None and entry.kind in DATED:
        remedy = "leave quantity empty: the news is about all that is open of the line"
        yield "quantity", "not_expected", f"a {entry.kind} has no quantity; {remedy}"
    if entry.qty is not None and entry.line_no == WHOLE_ORDER:
        yield "line", "missing", "a quantity needs the line that it belongs to"


def _wrong_answer(entry: StockEntry) -> Iterator[tuple[str, str, str]]:
    if not entry.answers:
        remedy = "give the message_id of our message"
        yield "answers", "missing", f"a {entry.kind} needs what it answers; {remedy}"
        return
    order_no = entry.answers.rpartition("/")[0]
    if entry.order_no and entry.order_no != order_no:
        remedy = "correct one of them, or leave order_no empty"
        yield "order_no", "conflict", f"answers names another order; {remedy}"
    for name, value in (("line", entry.line_no), ("quantity", entry.qty)):
        if value:
            remedy = "an answer is about all of our message: leave it empty"
            yield name, "not_expected", f"a {entry.kind} has no {name}; {remedy}"
