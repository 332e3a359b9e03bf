"""Which columns have the files of stock: what lies there, what will come in, and which
of our messages it got?"""

from decimal import Decimal

from adv_domain.files.fields import Field, day, flag, number, text
from adv_domain.files.file_kind import FileKind, needed
from adv_domain.rules.stock.acknowledgement_record import AcknowledgementRecord
from adv_domain.rules.stock.supply_records import ReceiptRecord, StockRecord

_ZERO = Decimal(0)

STOCK = FileKind(
    "stock",
    (
        needed("product", text(40)),
        Field("location", text(40), default="main"),
        needed("quantity", number()),
        Field("as_of", day()),
    ),
    StockRecord,
)

ACKNOWLEDGEMENTS = FileKind(
    "acknowledgements",
    (
        needed("message_id", text(120)),
        Field("accepted", flag(), default="yes"),
        Field("note", text(1_000)),
    ),
    AcknowledgementRecord,
)

RECEIPTS = FileKind(
    "receipts",
    (
        needed("product", text(40)),
        Field("location", text(40), default="main"),
        needed("receipt", text(80)),
        needed("quantity", number()),
        needed("expected_on", day()),
        Field("received_quantity", number(low=_ZERO)),
        Field("received_on", day()),
        Field("cancelled", flag(), default="no"),
    ),
    ReceiptRecord,
)
