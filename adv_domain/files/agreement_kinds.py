"""Which columns have the files of agreements that are no prices: year-end rebates?"""

from decimal import Decimal

from adv_domain.files.fields import Field, choice, currency, day, number, rate, text
from adv_domain.files.file_kind import FileKind, needed
from adv_domain.rules.credits.rebates import RebateRecord

REBATES = FileKind(
    "rebates",
    (
        needed("customer", text(40)),
        Field("currency", currency()),
        needed("valid_from", day()),
        needed("valid_to", day()),
        Field("threshold", number(decimals=3, low=Decimal(0)), default="0"),
        needed("rate_percent", rate()),
        Field("basis", choice("whole", "band"), default="whole"),
    ),
    RebateRecord,
)
