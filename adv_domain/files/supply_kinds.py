"""Which columns have the files of what lies in stock and of what will come in?"""

from decimal import Decimal

from adv_domain.files.fields import Field, day, flag, number, text
from adv_domain.files.file_kind import FileKind, needed
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
