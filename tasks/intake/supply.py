"""Is what a file says lies in stock, or will come, a product of ours?"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from adv_domain.rules.faults import PRODUCT_NOT_HERE, FieldFault
from adv_domain.store.intake.order_intake import product_ids
from tasks.intake.checked_rows import CheckedRow


def unknown_products(
    connection: Connection, rows: Sequence[CheckedRow], _on: date
) -> list[FieldFault | None]:
    """Tell of the rows whose product is not known here.

    They are kept: a warehouse counts parts that nobody sells, and a product may come
    after its stock.
    """
    codes = [row["product_code"] for row, _ in rows]
    known = product_ids(connection, set(codes))
    return [None if code in known else _told(code) for code in codes]


def _told(code: str) -> FieldFault:
    message = (
        f"{code} is not among our products; kept, and counts for no order until it is: "
        "correct the code, or import the product"
    )
    return "product", PRODUCT_NOT_HERE, message
