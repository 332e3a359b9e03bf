"""What a document needs for an e-invoice: legal ids, addresses of machines, charges,
exemptions, and a copy of the orders and deliveries that it covers.
"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from adv_domain.store.columns import AMOUNT, KEY, UNIT, JsonText

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ROWS_AT_ONCE = 500


def upgrade() -> None:
    _master_data()
    _documents()
    _copy_what_is_covered(op.get_bind())


def _master_data() -> None:
    # in plain SQL, which both databases understand: SQLite's way round ALTER makes the
    # table anew, and other tables refer to these
    op.drop_column("company", "logo")
    op.add_column("company", sa.Column("legal_id", sa.String(60)))
    op.add_column("company", sa.Column("registration", sa.String(300)))
    op.add_column("company", sa.Column("endpoint_id", sa.String(80)))
    _add_choice("company", "vat_due", ("supply", "payment", "debits"), default="supply")
    op.add_column("company", sa.Column("legal_lines", JsonText))
    op.add_column("customer", sa.Column("legal_id", sa.String(60)))
    _add_choice("customer", "einvoice", ("none", "facturx", "ubl"))
    _add_choice("product", "nature", ("goods", "service"), default="goods")


def _add_choice(
    table: str, column: str, values: tuple[str, ...], *, default: str | None = None
) -> None:
    """Add a column that holds one of the values."""
    listed = ", ".join(f"'{value}'" for value in values)
    needed = f"DEFAULT '{default}' NOT NULL" if default else ""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(8) {needed} "
        f"CONSTRAINT ck_{table}_{column}_known CHECK ({column} IN ({listed}))"
    )


def _documents() -> None:
    for table in ("tax_rate", "invoice_tax"):
        op.add_column(table, sa.Column("exemption_code", sa.String(30)))
        op.add_column(table, sa.Column("exemption_reason", sa.String(200)))
    op.add_column("invoice", sa.Column("covers", JsonText))
    op.create_table(
        "invoice_charge",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("charge_no", sa.Integer, nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("base", AMOUNT, nullable=True),
        sa.Column("rate", UNIT, nullable=True),
        sa.Column("tax_category", sa.String(40), nullable=False),
        sa.Column("tax_rate", UNIT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invoice_charge"),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name="fk_invoice_charge_invoice_id_invoice"
        ),
        sa.UniqueConstraint(
            "invoice_id", "charge_no", name="uq_invoice_charge_invoice_id_charge_no"
        ),
    )


def _copy_what_is_covered(connection: sa.Connection) -> None:
    """Copy the orders and delivery notes that documents so far only pointed at."""
    orders: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for row in connection.execute(sa.text(_ORDERS)):
        orders[row.invoice_id][row.order_no] = [
            row.order_no,
            row.customer_ref,
            row.buyer_reference or "",
        ]
    deliveries: dict[int, dict[str, None]] = defaultdict(dict)
    for row in connection.execute(sa.text(_DELIVERIES)):
        deliveries[row.invoice_id][row.delivery_no] = None
    invoice = sa.table("invoice", sa.column("id"), sa.column("covers", JsonText))
    update = (
        sa.update(invoice)
        .where(invoice.c.id == sa.bindparam("key"))
        .values(covers=sa.bindparam("covered", type_=JsonText))
    )
    covered = [
        {
            "key": invoice_id,
            "covered": {
                "orders": list(found.values()),
                "deliveries": list(deliveries[invoice_id]),
            },
        }
        for invoice_id, found in orders.items()
    ]
    for start in range(0, len(covered), _ROWS_AT_ONCE):
        connection.execute(update, covered[start : start + _ROWS_AT_ONCE])


_ORDERS = """
SELECT DISTINCT invoice_line.invoice_id, sales_order.id, sales_order.order_no,
       sales_order.customer_ref, sales_order.buyer_reference
  FROM invoice_line
  JOIN order_line ON order_line.id = invoice_line.order_line_id
  JOIN sales_order ON sales_order.id = order_line.order_id
 ORDER BY invoice_line.invoice_id, sales_order.id
"""
_DELIVERIES = """
SELECT DISTINCT invoice_line.invoice_id, delivery.id, delivery.delivery_no
  FROM delivery_line
  JOIN delivery ON delivery.id = delivery_line.delivery_id
  JOIN invoice_line ON invoice_line.id = delivery_line.invoice_line_id
 ORDER BY invoice_line.invoice_id, delivery.id
"""
